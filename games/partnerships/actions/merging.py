"""Teams become one: people move over, history stays under its own name, the lead stands where one of them was sent."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from games.cycles.actions import record_decision
from games.cycles.models import Cycle
from games.cycles.rules import DecisionKind
from games.groups.actions import fill_places, rename
from games.groups.actions.members import add_member, held_group
from games.groups.models import Group, JoinRequest, Membership
from games.groups.rules import GroupState, JoinState
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.actions import withdraw_invitations
from games.organizations.models import Invitation
from games.partnerships.models import Partnership
from games.partnerships.queries import AGREED, rounds_ahead
from games.partnerships.rules import PartnershipKind, PartnershipState
from games.playbooks.rules import Capability
from games.rounds.models import Entrant, Round
from games.rounds.queries import is_restricted


@transaction.atomic
def merge(partnership: Partnership, groups: Sequence[Group], *, by: Any) -> Group:
    """The teams of an agreed merger become its lead. What each handed in, was given and told stays its own, and readable by its members."""
    lead = held_group(partnership.lead)
    others = [one for one in groups if one.pk != lead.pk]
    _enter(partnership.cycle, lead, others, by=by)
    for one in others:
        _take_in(partnership, one, lead, by=by)
    _end_others(partnership, others)
    if partnership.name:
        lead = rename(lead, name=partnership.name, by=by)
    fill_places(partnership.cycle)
    return lead


def _take_in(partnership: Partnership, group: Group, lead: Group, *, by: Any) -> None:
    """One team goes into the lead; teams that went into it before belong to the lead now."""
    group.state, group.merged_into, group.invite_code = GroupState.MERGED.value, lead, ""
    group.save(update_fields=["state", "merged_into", "invite_code"])
    Group.objects.filter(merged_into=group).update(merged_into=lead)
    JoinRequest.objects.filter(group=group, state=JoinState.ASKED.value).update(
        state=JoinState.REFUSED.value, settled_at=db_now()
    )
    _uninvite(group, by=by)
    _move_people(group, lead, by=by)
    payload = {"group": group.key, "into": lead.key, "partnership": partnership.number}
    record(Kind.GROUP_MERGED, cycle_id=group.cycle_id, by=by, group_id=group.pk, subject=f"group:{group.pk}", payload=payload)


def _uninvite(group: Group, *, by: Any) -> None:
    """Places kept for people who have not come end with the team, and so do their links if they wait nowhere else."""
    now = db_now()
    open_ = Invitation.objects.filter(accepted_at__isnull=True, expires_at__gt=now, person__user__isnull=True)
    waiting = Membership.objects.filter(group=group, until__isnull=True, person__in=open_.values("person_id"))
    for one in waiting.select_related("person"):
        one.until = now
        one.save(update_fields=["until"])
        payload, subject = {"role": one.role}, f"person:{one.person_id}"
        record(Kind.MEMBER_LEFT, cycle_id=group.cycle_id, group_id=group.pk, by=by, subject=subject, payload=payload)
        if not Membership.objects.filter(person=one.person, until__isnull=True).exists():
            withdraw_invitations(one.person, by=by)


def _move_people(group: Group, lead: Group, *, by: Any) -> None:
    """Members of the one are members of the lead. Their place in the team that was stays in the record, and lets them read its history."""
    for one in Membership.objects.filter(group=group, until__isnull=True).select_related("person").order_by("since", "pk"):
        plays = Capability.SUBMIT in one.capabilities or Capability.CAPTAIN in one.capabilities
        follows = not plays and Capability.FOLLOW in one.capabilities
        capability = Capability.FOLLOW if follows else Capability.SUBMIT
        add_member(lead, one.person, by=by, capability=capability, affiliation=one.affiliation)


def _enter(cycle: Cycle, lead: Group, others: Sequence[Group], *, by: Any) -> None:
    """The others leave the rounds ahead; where one of them was sent on, the lead stands in. Decisions, so that results say the same."""
    names = ", ".join(f'"{one.name}"' for one in others)
    ahead = rounds_ahead(cycle, db_now())
    for one in ahead:
        _stand_in(one, lead, others, names, by=by)
    for group in others:
        reason = f'Joined forces with "{lead.name}".'
        record_decision(cycle, DecisionKind.STOP, by=by, round=ahead[0].key, group=group.key, reason=reason)


def _stand_in(round_: Round, lead: Group, others: Sequence[Group], names: str, *, by: Any) -> None:
    if not is_restricted(round_):
        return
    rows = Entrant.objects.filter(round=round_)
    sent = rows.filter(group__in=[one.pk for one in others])
    if not sent.exists():
        return
    sent.delete()
    if rows.filter(group=lead).exists():
        return
    now = db_now()
    record_decision(
        round_.cycle, DecisionKind.ADVANCE, by=by, round=round_.key, group=lead.key, reason=f"Joined forces with {names}."
    )
    Entrant.objects.create(round=round_, group=lead, via="invited", at=now)
    payload, subject = {"round": round_.key, "group": lead.key, "via": "invited"}, f"round:{round_.pk}"
    record(Kind.GROUP_ADVANCED, cycle_id=round_.cycle_id, by=by, group_id=lead.pk, subject=subject, payload=payload, at=now)


def _end_others(partnership: Partnership, others: Sequence[Group]) -> None:
    """Proposals to teams that are gone end, and so do joint entries of theirs to rounds that are ahead."""
    now = db_now()
    touching = Partnership.objects.filter(partners__group__in=[one.pk for one in others]).exclude(pk=partnership.pk)
    open_ = touching.filter(state=PartnershipState.PROPOSED.value)
    ahead = [one.pk for one in rounds_ahead(partnership.cycle, now)]
    joint = touching.filter(kind=PartnershipKind.JOINT.value, state=AGREED, challenge__round__in=ahead)
    gone = {*open_.values_list("pk", flat=True), *joint.values_list("pk", flat=True)}
    Partnership.objects.filter(pk__in=gone).update(state=PartnershipState.WITHDRAWN.value, settled_at=now)
