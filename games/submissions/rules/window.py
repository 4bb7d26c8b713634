"""When a group may hand in: the cycle runs, the round is open for this group, the group takes part."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from games.cycles.rules import CycleState
from games.errors import TooMany
from games.groups.rules import GroupState
from games.rounds.rules import Clock, CycleNotRunning, NotEntrant, RoundNotOpen, RoundState, group_deadline, state_of
from leaderboards.engine.language import gettext as _

TAKES_ENTRIES: Final = frozenset({CycleState.ENROLLING, CycleState.RUNNING})


class TooLate(RoundNotOpen):
    """After the deadline. The message says both times."""

    code = "too_late"


class CapReached(TooMany):
    """Every entry or attempt that the rules allow is used."""

    code = "cap_reached"
    retry_after = 24 * 3600  # asking again helps only if the rules change


@dataclass(frozen=True, slots=True)
class Occasion:
    """All that decides whether a group may hand in at one moment.

    `until` is the group's own extension, `entered` whether it is on the list of entrants, `restricted` whether that list decides,
    `left` whether a decision took it out. `division` is the task's, empty for all. `lent`: another team hands in for it, by agreement.
    """

    now: datetime
    cycle_state: str
    clock: Clock
    group_state: str = GroupState.ACTIVE.value
    until: datetime | None = None
    entered: bool = True
    restricted: bool = False
    left: bool = False
    division: str = ""
    group_division: str = ""
    lent: bool = False


def check_open(at: Occasion) -> None:
    """Refuse, with the reason, unless the group may hand in now.

    Raises CycleNotRunning, NotEntrant, RoundNotOpen, or TooLate, which says both times.
    """
    check_cycle(at.cycle_state)
    check_entrant(at)
    state = state_of(at.clock, at.now)
    if state is RoundState.PLANNED:
        raise RoundNotOpen(_not_begun(at.clock))
    if state is RoundState.CLOSED:
        msg = _("The round is closed: nothing in it changes any more.")
        raise RoundNotOpen(msg)
    end = group_deadline(at.clock, at.until)
    if end is not None and end <= at.now:
        msg = _(
            "Too late: entries closed at {clock_text}; this arrived at {clock_text2}.",
            clock_text=clock_text(end),
            clock_text2=clock_text(at.now),
        )
        raise TooLate(msg)


def check_cycle(state: str) -> None:
    """Refuse unless the cycle takes entries and attempts in this state."""
    if state not in TAKES_ENTRIES:
        msg = _(
            "The cycle is {state}: entries are taken only while it is {enrolling} or {running}.",
            state=state,
            enrolling=CycleState.ENROLLING,
            running=CycleState.RUNNING,
        )
        raise CycleNotRunning(msg)


def check_entrant(at: Occasion) -> None:
    """Refuse a group that is not in the round, or not in the division of the task."""
    if at.group_state != GroupState.ACTIVE:
        msg = _("The team is {group_state}; only an active team hands in.", group_state=at.group_state)
        raise NotEntrant(msg)
    if at.left or (at.restricted and not at.entered):
        msg = _("The team is not in this round.")
        raise NotEntrant(msg)
    if at.division and at.division != at.group_division:
        msg = _(
            'This task is for division "{division}"; the team is in "{group_division}".',
            division=at.division,
            group_division=at.group_division or _("none"),
        )
        raise NotEntrant(msg)
    if at.lent:
        msg = _("Another team hands in for yours here: you agreed to a joint entry. Withdraw from it to hand in yourselves.")
        raise NotEntrant(msg)


def _not_begun(clock: Clock) -> str:
    begun = clock.opened_at or clock.opens_at
    if clock.gated and clock.passed_at is None:
        return _("The round has not begun: the decision at its gate is still open.")
    return (
        _("The round has not begun: it opens at {clock_text}.", clock_text=clock_text(begun))
        if begun
        else _("The round has not begun, and no time is set for it.")
    )


def elapsed_ms(clock: Clock, now: datetime) -> int:
    """Whole milliseconds since the round opened; 0 if the opening is unknown or still to come."""
    begun = clock.opened_at or clock.opens_at
    return 0 if begun is None else max((now - begun) // timedelta(milliseconds=1), 0)


def clock_text(moment: datetime) -> str:
    """A moment to the millisecond: 2027-03-01 17:00:00.000 UTC."""
    return _(
        "{astimezone:%Y-%m-%d %H:%M:%S}.{microsecond:03} UTC",
        astimezone=moment.astimezone(UTC),
        microsecond=moment.microsecond // 1000,
    )
