"""The state of a round is a function of its row and the time, nothing else. `queries.with_state` is its SQL twin."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RoundState(StrEnum):
    """planned → open → locked → closed; `judging` and `published` are flags beside it."""

    PLANNED = "planned"
    OPEN = "open"
    LOCKED = "locked"
    CLOSED = "closed"


class Visibility(StrEnum):
    """What of a round others may see. It only widens."""

    SEALED = "sealed"  # the team, its judges, organizers
    SCORES = "scores"  # boards and scores
    SUMMARIES = "summaries"  # titles, summaries, feedback in short
    FULL = "full"  # whole entries and marks
    FORKABLE = "forkable"  # and others may build on them


VISIBILITY_ORDER = tuple(Visibility)


def widens(current: Visibility, wanted: Visibility) -> bool:
    """Whether `wanted` shows more than `current`."""
    return VISIBILITY_ORDER.index(wanted) > VISIBILITY_ORDER.index(current)


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
