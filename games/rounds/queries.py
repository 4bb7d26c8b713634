"""Reads of rounds: their state in SQL, deadlines with extensions, and who may enter."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Greatest

from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of
from games.cycles.rules import CycleState, DecisionKind
from games.groups.models import Group
from games.groups.rules import GroupState
from games.rounds.models import Entrant, Extension, Round
from games.rounds.rules import (
    CycleNotRunning,
    NotEntrant,
    RoundNotOpen,
    RoundState,
    accepts,
    deadline,
    group_deadline,
    restricted,
    state_of,
)
from leaderboards.engine.language import gettext as _

TAKES_ENTRIES = frozenset({CycleState.ENROLLING.value, CycleState.RUNNING.value})


def begun_q(now: datetime, path: str = "") -> Q:
    """The round has begun and its gate, if any, was passed. `path` leads to the round, ending in __.

    Only positive conditions: a negated one would be unknown, not true, where a time is not set.
    """
    begun = Q(**{f"{path}opened_at__lte": now}) | Q(**{f"{path}opened_at__isnull": True, f"{path}opens_at__lte": now})
    return begun & (Q(**{f"{path}gated": False}) | Q(**{f"{path}passed_at__lte": now}))


def ended_q(now: datetime, path: str = "") -> Q:
    """The deadline has passed: the lock by decision, else the plan and its extension."""
    extended = Q(**{f"{path}extended_to__isnull": True}) | Q(**{f"{path}extended_to__lte": now})
    return Q(**{f"{path}locked_at__lte": now}) | (
        Q(**{f"{path}locked_at__isnull": True, f"{path}closes_at__lte": now}) & extended
    )


def with_state(rounds: QuerySet[Round], now: datetime) -> QuerySet[Round]:
    """Rounds annotated with `state` and `ends_at`: the SQL twin of `rules.state_of` and `rules.deadline`."""
    state = Case(
        When(closed_at__lte=now, then=Value(RoundState.CLOSED.value)),
        When(begun_q(now) & ended_q(now), then=Value(RoundState.LOCKED.value)),
        When(begun_q(now), then=Value(RoundState.OPEN.value)),
        default=Value(RoundState.PLANNED.value),
        output_field=CharField(),
    )
    ends = Case(
        When(locked_at__isnull=False, then=F("locked_at")),
        When(Q(closes_at__isnull=True) | Q(extended_to__isnull=True), then=F("closes_at")),
        default=Greatest("closes_at", "extended_to"),
    )
    columns = {"state": state, "ends_at": ends}
    return rounds.annotate(**columns)


def in_state(rounds: QuerySet[Round], state: RoundState, now: datetime) -> QuerySet[Round]:
    """Only the rounds that are in `state` at `now`."""
    return with_state(rounds, now).filter(Q(state=state.value))


def rounds_of(cycle: Cycle, now: datetime) -> QuerySet[Round]:
    """The rounds of a cycle in order of time, with `state` and `ends_at`."""
    return with_state(Round.objects.filter(cycle=cycle), now).order_by("number")


def timed(round_: Any, now: datetime) -> Any:
    """A round that came with another row, with `state` and `ends_at` as `rounds_of` gives them. No statement."""
    round_.state, round_.ends_at = state_of(round_.clock, now).value, deadline(round_.clock)
    return round_


def extension_until(round_: Round, group: Group) -> datetime | None:
    """How long the group's own extension lasts; None without one."""
    return Extension.objects.filter(round=round_, group=group).values_list("until", flat=True).first()


def extensions_of(round_: Round) -> Mapping[int, datetime]:
    """Every group's own extension: id of the group → until."""
    return dict(Extension.objects.filter(round=round_).values_list("group_id", "until"))


def deadline_for(round_: Round, group: Group, now: datetime | None = None) -> datetime | None:  # noqa: ARG001 same shape as its friends
    """When entries of this group stop, its own extension included; None: no end is set."""
    return group_deadline(round_.clock, extension_until(round_, group))


def is_restricted(round_: Round) -> bool:
    """Whether a cut stands before this round, so that only groups on its list are in."""
    design = design_of(round_.cycle)
    return restricted((one.key for one in design.rounds), {cut.to for cut in design.cuts}, round_.key)


def left_by_decision(round_: Round) -> QuerySet[Decision]:
    """Decisions that take a group out of this round, here or in a round before: stop, withdraw, disqualify."""
    return _left(round_.cycle_id, Round.objects.filter(cycle_id=round_.cycle_id, number__lte=round_.number))


def left_by_decision_of_row(round_: str) -> QuerySet[Decision]:
    """The same inside another statement: `round_` is the path from its row to the round."""
    outer = OuterRef(OuterRef(f"{round_}__cycle_id")), OuterRef(OuterRef(f"{round_}__number"))
    return _left(OuterRef(f"{round_}__cycle_id"), Round.objects.filter(cycle_id=outer[0], number__lte=outer[1]))


def _left(cycle_id: Any, until_here: QuerySet[Round]) -> QuerySet[Decision]:
    kinds = [DecisionKind.STOP.value, DecisionKind.WITHDRAW.value, DecisionKind.DISQUALIFY.value]
    here = Q(round="") | Q(round__in=until_here.values("key"))
    return Decision.objects.filter(here, cycle_id=cycle_id, kind__in=kinds, revoked_at__isnull=True)


def entrants_of(round_: Round) -> QuerySet[Group]:
    """The groups that are in the round, by key."""
    left = left_by_decision(round_).values("group")
    groups = Group.objects.filter(cycle_id=round_.cycle_id, state=GroupState.ACTIVE.value).exclude(key__in=left)
    if is_restricted(round_):
        groups = groups.filter(Exists(Entrant.objects.filter(round=round_, group=OuterRef("pk"))))
    return groups.order_by("key")


def may_enter(round_: Round, group: Group) -> bool:
    """Whether the group is in the round at all; the clock is asked apart."""
    return entrants_of(round_).filter(pk=group.pk).exists()


def check_entry(round_: Round, group: Group, *, now: datetime) -> None:
    """Refuse unless the group may hand in now. Raises CycleNotRunning, RoundNotOpen or NotEntrant, each with the reason."""
    over = state_of(round_.clock, now) in {RoundState.LOCKED, RoundState.CLOSED}
    check_entry_until(round_, group, extension_until(round_, group) if over else None, now=now)


def check_entry_until(round_: Round, group: Group, own: datetime | None, *, now: datetime) -> None:
    """The same for whoever knows how long the group's own extension lasts."""
    if round_.cycle.state not in TAKES_ENTRIES:
        message = _("The cycle is {state}: it takes no entries now.", state=round_.cycle.state)
        raise CycleNotRunning(message)
    if not accepts(round_.clock, own, now):
        if state_of(round_.clock, now) is RoundState.PLANNED:
            message = _('Round "{round}" has not opened.', round=round_.key)
        else:
            end = group_deadline(round_.clock, own)
            last = (
                _("took entries until {astimezone:%Y-%m-%d %H:%M:%S} UTC", astimezone=end.astimezone(UTC))
                if end and end <= now
                else _("is closed")
            )
            message = _('Round "{round}" {last}.', round=round_.key, last=last)
        raise RoundNotOpen(message)
    if not may_enter(round_, group):
        message = _('"{group}" is not in the round "{round}".', group=group.name, round=round_.name)
        raise NotEntrant(message)
