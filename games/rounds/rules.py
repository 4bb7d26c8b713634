"""The state of a round is a function of its row and the time, nothing else. `queries.with_state` is its SQL twin."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from games.errors import Conflict, Invalid
from games.playbooks.rules import Visibility


class RoundState(StrEnum):
    """planned → open → locked → closed; `judging` and `published` are flags beside it."""

    PLANNED = "planned"
    OPEN = "open"
    LOCKED = "locked"
    CLOSED = "closed"


VISIBILITY_ORDER = tuple(Visibility)


def widens(current: Visibility, wanted: Visibility) -> bool:
    """Whether `wanted` shows more than `current`."""
    return VISIBILITY_ORDER.index(wanted) > VISIBILITY_ORDER.index(current)


class Widening(NamedTuple):
    """A step of the ladder: from a time on, or with an event, others see more."""

    to: Visibility
    begins: datetime | None = None
    on: str = ""


def widest_due(steps: Iterable[Widening], now: datetime, happened: Collection[str]) -> Visibility | None:
    """The most that the steps show at `now`; None when none is due. `happened`: the events that were."""
    due = [one.to for one in steps if one.on in happened or (one.begins is not None and one.begins <= now)]
    return max(due, key=VISIBILITY_ORDER.index, default=None)


def next_widening(steps: Iterable[Widening], now: datetime) -> datetime | None:
    """The next time at which more is shown; events come when they come."""
    return min((one.begins for one in steps if one.begins is not None and one.begins > now), default=None)


@dataclass(frozen=True, slots=True)
class Clock:
    """The times that decide the state of a round. None: not set.

    `opens_at`/`closes_at` come from the Design, `extended_to` from a decision for everybody, `passed_at` is when the gate before a
    gated round was decided, `opened_at`/`locked_at`/`closed_at` are decisions or imports that overrule the plan.
    """

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    extended_to: datetime | None = None
    gated: bool = False
    passed_at: datetime | None = None
    opened_at: datetime | None = None
    locked_at: datetime | None = None
    closed_at: datetime | None = None


def deadline(clock: Clock) -> datetime | None:
    """When entries stop: the later of the plan and its extension, or the earlier lock by decision."""
    if clock.locked_at is not None:
        return clock.locked_at
    if clock.closes_at is None or clock.extended_to is None:
        return clock.closes_at
    return max(clock.closes_at, clock.extended_to)


def state_of(clock: Clock, now: datetime) -> RoundState:
    """The state at `now`. An end belongs to what follows: at the deadline itself the round is locked."""
    if clock.closed_at is not None and clock.closed_at <= now:
        return RoundState.CLOSED
    end = deadline(clock)
    begun = clock.opened_at if clock.opened_at is not None else clock.opens_at
    if begun is None or begun > now or (clock.gated and (clock.passed_at is None or clock.passed_at > now)):
        return RoundState.PLANNED
    if end is not None and end <= now:
        return RoundState.LOCKED
    return RoundState.OPEN


def has_opened(clock: Clock, now: datetime) -> bool:
    """Whether the round took entries, be it over by now; one that a gate closed before it began never did."""
    until = now if clock.closed_at is None else min(now, clock.closed_at)
    return state_of(replace(clock, closed_at=None), until) is not RoundState.PLANNED


GATE_OPTIONS = ("go", "no_go")
STEPS = {
    RoundState.PLANNED: (RoundState.OPEN, RoundState.LOCKED, RoundState.CLOSED),
    RoundState.OPEN: (RoundState.LOCKED, RoundState.CLOSED),
    RoundState.LOCKED: (RoundState.CLOSED,),
    RoundState.CLOSED: (),
}


def steps_due(settled: RoundState, clock: Clock, now: datetime) -> tuple[RoundState, ...]:
    """The states a round went through from what was settled to what it is now; none when it did not go forward.

    A round closed before it began (a gate that said no) was neither open nor locked.
    """
    state, ahead = state_of(clock, now), STEPS[settled]
    if state not in ahead:
        return ()
    if clock.closed_at is not None and state is RoundState.CLOSED and settled is RoundState.PLANNED:
        return ahead if has_opened(clock, now) else (RoundState.CLOSED,)
    return ahead[: ahead.index(state) + 1]


def group_deadline(clock: Clock, until: datetime | None) -> datetime | None:
    """When entries of one group stop. Its own extension is a promise: neither the plan nor a lock makes it shorter."""
    end = deadline(clock)
    return end if until is None or end is None else max(end, until)


def accepts(clock: Clock, until: datetime | None, now: datetime) -> bool:
    """Whether a group with the extension `until` (None: none) may hand in at `now`."""
    state = state_of(clock, now)
    return state is RoundState.OPEN or (state is RoundState.LOCKED and until is not None and now < until)


def restricted(rounds: Iterable[str], cuts_to: Collection[str], key: str) -> bool:
    """Whether a cut leads into the round or into one before it: then only entrants on its list are in."""
    for one in rounds:
        if one in cuts_to:
            return True
        if one == key:
            return False
    return False


class RoundNotOpen(Conflict):
    """The round does not take entries: it has not opened, or its deadline has passed."""

    code = "round_not_open"


class CycleNotRunning(Conflict):
    """The cycle is paused, cancelled or closed."""

    code = "cycle_not_running"


class NotEntrant(Conflict):
    """The group is not in this round."""

    code = "not_entrant"


class RoundRefused(Conflict):
    """The round is in a state in which this cannot be done."""

    code = "round_refused"


class VisibilityNarrows(Conflict):
    """Visibility only widens: what was shown cannot be unseen."""

    code = "visibility_narrows"


class ExtensionTooShort(Invalid):
    """An extension must be later than the deadline it extends."""

    code = "extension_too_short"


class GateRefused(Conflict):
    """The gate cannot be decided: there is none, it was decided before, or the choice is not among the options."""

    code = "gate_refused"
