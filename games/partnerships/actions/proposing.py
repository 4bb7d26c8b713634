"""A team proposes to others: to become one between rounds, or to hand in one entry to a task. Who may act for it the edge asks."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from games.challenges.models import Challenge
from games.cycles.actions import locked
from games.groups.models import Group
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.models import Person
from games.partnerships.actions.checking import check_joint, check_merger, check_teams
from games.partnerships.models import Partner, Partnership
from games.partnerships.rules import (
    NOTE,
    AnswerState,
    PartnershipInvalid,
    PartnershipKind,
    PartnershipRefused,
    PartnershipState,
    check_parts,
)
from leaderboards.engine.language import gettext as _


@transaction.atomic
def propose_merger(
    *,
    group: Group,
    lead: Group,
    shares: Mapping[int, int],
    by: Any,
    person: Person | None = None,
    name: str = "",
    note: str = "",
) -> Partnership:
    """`group` proposes that the teams of `shares` (id → basis points of credit, 10,000 together) become one: `lead`, under `name` if given.

    Every other team has to agree. Raises PartnershipInvalid, PartnershipRefused, NameTaken, RegistrationRefused for a bad name.
    """
    cycle, groups = _checked(group, lead, shares, note)
    clean = check_merger(cycle, lead, groups, name)
    return _proposed(PartnershipKind.MERGER, group, lead, shares, by=by, person=person, note=note, name=clean)


@transaction.atomic
def propose_joint(
    *,
    group: Group,
    lead: Group,
    challenge: Challenge,
    shares: Mapping[int, int],
    by: Any,
    person: Person | None = None,
    note: str = "",
) -> Partnership:
    """`group` proposes that the entry of `lead` to `challenge` is that of all teams of `shares`. On boards it counts for the lead.

    Raises PartnershipInvalid, PartnershipRefused.
    """
    cycle, groups = _checked(group, lead, shares, note)
    task = Challenge.objects.select_related("round__cycle").get(pk=challenge.pk)
    check_joint(cycle, task, lead, groups)
    return _proposed(PartnershipKind.JOINT, group, lead, shares, by=by, person=person, note=note, challenge=task)


def _checked(group: Group, lead: Group, shares: Mapping[int, int], note: str) -> tuple[Any, list[Group]]:
    """The cycle, its row held, and the teams as they are now."""
    if len(note) > NOTE or "\0" in note:
        message = _("At most {note} characters, and no null character.", note=NOTE)
        raise PartnershipInvalid(message, where="note")
    check_parts(lead.pk, shares)
    if group.pk not in shares:
        raise PartnershipInvalid(_("Your own team is one of those that join forces."), where="partners")
    cycle = locked(group.cycle)
    groups = list(Group.objects.filter(pk__in=list(shares)).select_related("cycle").order_by("pk"))
    if len(groups) < len(shares):
        raise PartnershipInvalid(_("There is no such team."), where="partners")
    check_teams(cycle, groups)
    return cycle, groups


def _proposed(
    kind: PartnershipKind, group: Group, lead: Group, shares: Mapping[int, int], *, by: Any, person: Person | None, **words: Any
) -> Partnership:
    open_ = Partnership.objects.filter(kind=kind.value, state=PartnershipState.PROPOSED.value, challenge=words.get("challenge"))
    same = [one for one in open_.filter(partners__group=group).prefetch_related("partners") if _teams(one) == set(shares)]
    if same:
        raise PartnershipRefused(_("There is such a proposal between you already: answer it or withdraw it first."))
    last = Partnership.objects.filter(cycle=group.cycle_id).aggregate(last=Max("number"))["last"] or 0
    now = db_now()
    words["note"] = words["note"].strip()
    made = Partnership.objects.create(
        cycle_id=group.cycle_id, number=last + 1, kind=kind.value, lead=lead, by=person, proposed_at=now, **words
    )
    for pk, points in sorted(shares.items()):
        own = {"answer": AnswerState.AGREED.value, "answered_at": now, "by": person} if pk == group.pk else {}
        Partner.objects.create(partnership=made, group_id=pk, basis_points=points, **own)
    journal(Kind.PARTNERSHIP_PROPOSED, made, group, by=by, shares={str(pk): points for pk, points in sorted(shares.items())})
    return made


def _teams(one: Partnership) -> set[int]:
    return {partner.group_id for partner in one.partners.all()}


def journal(kind: Kind, partnership: Partnership, group: Group, *, by: Any, **more: object) -> None:
    """Note what happened: numbers and ids, no words."""
    payload = {"partnership": partnership.number, "kind": partnership.kind, "lead": partnership.lead_id, **more}
    subject = f"partnership:{partnership.pk}"
    record(kind, cycle_id=partnership.cycle_id, by=by, group_id=group.pk, subject=subject, payload=payload)
