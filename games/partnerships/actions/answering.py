"""A team agrees to a proposal or declines it; either side withdraws. The last agreement settles it."""

from typing import Any

from django.db import transaction

from games.cycles.actions import locked
from games.groups.models import Group
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.models import Person
from games.partnerships.actions.checking import check_joint, check_merger, check_teams
from games.partnerships.actions.merging import merge
from games.partnerships.actions.proposing import journal
from games.partnerships.models import Partner, Partnership
from games.partnerships.rules import AnswerState, PartnershipKind, PartnershipRefused, PartnershipState
from games.rounds.rules import RoundState, state_of
from leaderboards.engine.language import gettext as _


def held(partnership: Partnership) -> Partnership:
    """The partnership read again; its cycle's row is held until the transaction ends."""
    locked(partnership.cycle)
    rows = Partnership.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("cycle", "lead", "challenge__round__cycle").get(pk=partnership.pk)


@transaction.atomic
def answer(*, partnership: Partnership, group: Group, agree: bool, by: Any, person: Person | None = None) -> Partnership:
    """`group` agrees or declines. When the last one agrees, teams merge, or the entry is joint; one that declines ends the proposal.

    Raises PartnershipRefused when it was settled or answered before, and all that forbade to propose it, asked once more.
    """
    row = held(partnership)
    if row.state != PartnershipState.PROPOSED.value:
        message = _("This proposal is {state} already.", state=row.state)
        raise PartnershipRefused(message)
    said = AnswerState.AGREED if agree else AnswerState.DECLINED
    asked = Partner.objects.filter(partnership=row, group=group, answer=AnswerState.ASKED.value)
    if not asked.update(answer=said.value, answered_at=db_now(), by=person):
        raise PartnershipRefused(_("Your team has answered before."))
    journal(Kind.PARTNERSHIP_ANSWERED, row, group, by=by, answer=said.value)
    if not agree:
        return _settled(row, PartnershipState.DECLINED, group, by=by)
    if not Partner.objects.filter(partnership=row).exclude(answer=AnswerState.AGREED.value).exists():
        _conclude(row, group, by=by)
    return row


def _conclude(row: Partnership, group: Group, *, by: Any) -> None:
    groups = list(Group.objects.filter(partnerships__partnership=row).select_related("cycle").order_by("pk"))
    cycle = row.cycle
    check_teams(cycle, groups)
    if row.kind == PartnershipKind.MERGER.value:
        check_merger(cycle, row.lead, groups, row.name)
        _settled(row, PartnershipState.AGREED, group, by=by)
        merge(row, groups, by=by)
        return
    assert row.challenge is not None, "a joint entry has a task"
    check_joint(cycle, row.challenge, row.lead, groups)
    _settled(row, PartnershipState.AGREED, group, by=by)


def _settled(row: Partnership, state: PartnershipState, group: Group, *, by: Any) -> Partnership:
    row.state, row.settled_at = state.value, db_now()
    row.save(update_fields=["state", "settled_at"])
    journal(Kind.PARTNERSHIP_SETTLED, row, group, by=by, state=state.value)
    return row


@transaction.atomic
def withdraw(*, partnership: Partnership, group: Group, by: Any) -> Partnership:
    """A team takes a proposal back; or, while the round takes entries, leaves a joint entry: then each hands in for itself again.

    Teams that have merged stay one. Raises PartnershipRefused.
    """
    row = held(partnership)
    if row.state == PartnershipState.AGREED.value:
        _check_joint_open(row)
    elif row.state != PartnershipState.PROPOSED.value:
        message = _("This proposal is {state} already.", state=row.state)
        raise PartnershipRefused(message)
    return _settled(row, PartnershipState.WITHDRAWN, group, by=by)


def _check_joint_open(row: Partnership) -> None:
    if row.challenge is None:
        raise PartnershipRefused(_("Teams that have merged stay one: whoever wants to go may leave the team."))
    if state_of(row.challenge.round.clock, db_now()) not in {RoundState.PLANNED, RoundState.OPEN}:
        raise PartnershipRefused(_("The round is over: what was handed in together stays so."))
