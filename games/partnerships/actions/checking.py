"""What must hold when teams propose to join forces, and once more when the last of them agrees."""

from collections.abc import Sequence
from typing import Any

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.groups.models import Group, Membership
from games.groups.queries import named_alike
from games.groups.rules import GroupState, NameTaken, clean_group_name
from games.journal.queries import db_now
from games.partnerships.models import Partner
from games.partnerships.queries import AGREED, busy_in, rounds_ahead
from games.partnerships.rules import PartnershipInvalid, PartnershipRefused, check_deadline, check_sizes
from games.rounds.models import Entrant, Round
from games.rounds.queries import is_restricted, left_by_decision, may_enter
from games.rounds.rules import RoundState, state_of
from leaderboards.engine.language import gettext as _

ON = frozenset({CycleState.ENROLLING.value, CycleState.RUNNING.value, CycleState.PAUSED.value})


def check_teams(cycle: Cycle, groups: Sequence[Group]) -> None:
    """Refuse teams of other cycles, that take no part, and groups of different kinds."""
    if cycle.state not in ON:
        message = _("The cycle is {state}: its teams stay as they are.", state=cycle.state)
        raise PartnershipRefused(message)
    for one in groups:
        if one.cycle_id != cycle.pk:
            raise PartnershipInvalid(_("Teams of one cycle join forces: a team is of another."), where="partners")
        if one.state != GroupState.ACTIVE.value:
            message = _('"{name}" does not take part (any more).', name=one.name)
            raise PartnershipRefused(message, where="partners")
    if len({one.kind for one in groups}) > 1:
        raise PartnershipInvalid(_("Only teams of one kind join forces."), where="partners")


def check_merger(cycle: Cycle, lead: Group, groups: Sequence[Group], name: str) -> str:
    """Refuse a merger that the rules of the cycle, the time or the field of the next round do not allow. Returns the clean new name, or ""."""
    rules, now = design_of(cycle).registration, db_now()
    check_deadline(allowed=rules.mergers, until=rules.mergers_until, now=now)
    if len({one.division for one in groups}) > 1:
        raise PartnershipRefused(_("These teams are in different divisions, which are ranked apart: they cannot become one."))
    busy = busy_in(groups, now)
    if busy is not None:
        on = _("is open") if state_of(busy.clock, now) is RoundState.OPEN else _("is being judged")
        message = _('Teams merge between rounds: "{busy}" {on}.', busy=busy.name, on=on)
        raise PartnershipRefused(message)
    people = Membership.objects.filter(group__in=[one.pk for one in groups], until__isnull=True)
    check_sizes(people.values("person_id").distinct().count(), rules.max_members)
    _check_ahead(cycle, lead, groups)
    return _clean(cycle, lead, name)


def _clean(cycle: Cycle, lead: Group, name: str) -> str:
    if not name.strip():
        return ""
    clean = clean_group_name(name, design_of(cycle).registration.names)
    other = named_alike(cycle, clean, division=lead.division)
    if other is not None and other.pk != lead.pk:
        message = _(
            'There is a team named "{clean}" already; a team that was merged keeps its name for its history.', clean=clean
        )
        raise NameTaken(message, where="name")
    return "" if clean == lead.name else clean


def _check_ahead(cycle: Cycle, lead: Group, groups: Sequence[Group]) -> None:
    """The lead has to be one that can play on."""
    ahead = rounds_ahead(cycle, db_now())
    if not ahead:
        raise PartnershipRefused(_("No round is ahead in which you could play together."))
    for one in ahead:
        if left_by_decision(one).filter(group=lead.key).exists():
            message = _(
                '"{lead}" is out of "{name}" by a decision: another of you has to be the team that goes on.',
                lead=lead.name,
                name=one.name,
            )
            raise PartnershipRefused(message, where="lead")
        if is_restricted(one) and one is ahead[0]:
            _check_list(cycle, one, lead, groups)


def _check_list(cycle: Cycle, round_: Round, lead: Group, groups: Sequence[Group]) -> None:
    listed = set(Entrant.objects.filter(round=round_).values_list("group_id", flat=True))
    if not listed:
        message = _('Who goes on to "{round}" is not settled yet: join forces when it is.', round=round_.name)
        raise PartnershipRefused(message)
    sent = [one for one in groups if one.pk in listed]
    if sent and lead.pk not in listed and not cut_leads_to(cycle, round_):
        message = _(
            '"{sent}" goes on to "{round}" and "{lead}" does not: let "{sent}" be the team that goes on.',
            sent=sent[0].name,
            round=round_.name,
            lead=lead.name,
        )
        raise PartnershipRefused(message, where="lead")


def cut_leads_to(cycle: Cycle, round_: Round) -> bool:
    """Whether a cut leads right into this round, so that a team may be invited beside those that passed it."""
    return any(cut.to == round_.key for cut in design_of(cycle).cuts)


def check_joint(cycle: Cycle, challenge: Challenge, lead: Group, groups: Sequence[Group]) -> None:
    """Refuse a joint entry to a task that is over, that the lead may not answer, or for which one of the teams has another agreed already."""
    round_ = challenge.round
    if round_.cycle_id != cycle.pk:
        raise PartnershipInvalid(_("The task is of another cycle."), where="challenge")
    if state_of(round_.clock, db_now()) not in {RoundState.PLANNED, RoundState.OPEN}:
        message = _('"{round}" takes no entries any more.', round=round_.name)
        raise PartnershipRefused(message)
    if challenge.division and challenge.division != lead.division:
        message = _(
            'This task is for division "{division}": "{lead}" is in another.', division=challenge.division, lead=lead.name
        )
        raise PartnershipRefused(message, where="lead")
    if not may_enter(round_, lead) and not _unsettled(round_):
        message = _('"{lead}" is not in the round "{round}": another of you has to hand in.', lead=lead.name, round=round_.name)
        raise PartnershipRefused(message, where="lead")
    held: Any = Partner.objects.filter(group__in=[one.pk for one in groups], partnership__challenge=challenge)
    taken = held.filter(partnership__state=AGREED).select_related("group").first()
    if taken is not None:
        message = _('"{group}" has agreed to a joint entry to this task already.', group=taken.group.name)
        raise PartnershipRefused(message, where="partners")


def _unsettled(round_: Round) -> bool:
    """Who goes on to the round is not known yet."""
    return is_restricted(round_) and not Entrant.objects.filter(round=round_).exists()
