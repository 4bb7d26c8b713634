"""What stood at a moment, by what is kept of what came after it: sheets, entries, verdicts, groups, rules. Pure.

An act is done at its moment: what is asked for a moment knows every act of that moment.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from games.cycles.rules import CycleState
from games.groups.rules import GroupState, RegistrationState
from games.journal.rules import Kind
from games.judging.rules.voting import Poll
from games.rounds.rules import Clock
from games.submissions.rules import COUNTS, SubmissionState

OUT: Final[Mapping[str, SubmissionState]] = {
    Kind.SUBMISSION_WITHDRAWN: SubmissionState.WITHDRAWN,
    Kind.SUBMISSION_DISQUALIFIED: SubmissionState.DISQUALIFIED,
}


class Told(NamedTuple):
    """An entry of the journal, in the order in which they were written."""

    kind: str
    subject: str
    at: datetime
    group: int | None
    payload: Mapping[str, Any]


# --- Sheets ---------------------------------------------------------------------------------------------------------------------------


class Span(NamedTuple):
    """A final sheet as it was before it was opened again: when its judge finished it, and until when that counted."""

    final: datetime | None
    until: datetime


def stood(spans: Sequence[Span], final: datetime | None, when: datetime) -> int | None:
    """Which of the spans of a sheet counted at a moment; their number: the sheet as it is now, final since `final`; None: nothing of it.

    A sheet that was corrected keeps when it was finished, and begins anew where the span before ends.
    """
    before: datetime | None = None
    for number, one in enumerate(spans):
        if _since(one.final, before) <= when < one.until:
            return number
        before = one.until
    return len(spans) if _since(final, before) <= when else None


def _since(final: datetime | None, before: datetime | None) -> datetime:
    """When a span begins; one without a time always was."""
    known = [one for one in (final, before) if one is not None]
    return max(known) if known else ALWAYS


ALWAYS: Final = datetime.fromisoformat("0001-01-02T00:00:00+00:00")


# --- Entries --------------------------------------------------------------------------------------------------------------------------


class Turn(NamedTuple):
    """What happened to an entry: it was taken out (`out` says how), or counts again, with an earlier version where `version` says so."""

    at: datetime
    out: SubmissionState | None = None
    version: int | None = None


def entry_state(now: SubmissionState, turns: Iterable[Turn], when: datetime, *, handed_in: bool) -> SubmissionState:
    """The state of an entry at a moment; SUBMITTED stands for every state that counts. `handed_in`: there was a version by then.

    Of one that was taken out and has come back, nobody knows when, what it is now is told.
    """
    moved = sorted(turns, key=lambda one: one.at)
    there = SubmissionState.SUBMITTED if handed_in else SubmissionState.DRAFT
    if not any(one.out for one in moved):
        return now if now in OUT.values() else there
    if now in COUNTS and moved[-1].out is not None:
        return there
    last = next((one for one in reversed(moved) if one.at <= when), None)
    return there if last is None or last.out is None else last.out


def version_then(versions: Mapping[int, datetime], turns: Iterable[Turn], when: datetime) -> int:
    """The number of the version that counted at a moment, of those handed in by then: the last, or an earlier one made to count since."""
    given = [(at, number) for number, at in versions.items()]
    given += [(one.at, one.version) for one in turns if one.version is not None and one.version in versions]
    return max((one for one in given if one[0] <= when), key=lambda one: one[0])[1]


# --- Attempts -------------------------------------------------------------------------------------------------------------------------


def verdict_then(verdict: str, value: int | None, later: Mapping[str, Any] | None) -> tuple[str, int | None]:
    """Verdict and value of an attempt at a moment, by the first judgement after it (its payload); None: there was none.

    What was not written down with older judgements is told as it is now.
    """
    if later is None:
        return verdict, value
    return later.get("before", ""), later.get("value_before", value)


# --- Groups ---------------------------------------------------------------------------------------------------------------------------


class Part(NamedTuple):
    """A group as it is now. `settled`: of its registration, if it has one; `decided`: when the first decision about its results was taken."""

    state: GroupState
    made: datetime
    registered: bool = False
    settled: datetime | None = None
    decided: datetime | None = None


def took_part(group: Part, told: Iterable[Told], when: datetime) -> bool:
    """Whether a group took part at a moment. `told`: what the journal says of one that has left."""
    if group.state is GroupState.PENDING:
        return False
    if group.state is not GroupState.WITHDRAWN:
        return (group.settled or group.made) <= when
    left = next((one.at for one in told if one.kind == Kind.GROUP_LEFT), None)
    if left is None or (group.decided is not None and group.decided <= when):
        return group.decided is not None  # brought in as one that had left, or results know of it
    let_in = [one.at for one in told if one.kind == Kind.GROUP_SETTLED and one.payload["state"] == RegistrationState.ACCEPTED]
    if not let_in and (group.decided is not None or not group.registered):
        let_in = [group.made]
    return any(at <= when < left for at in let_in)


# --- Rules, rounds, votes of an audience ----------------------------------------------------------------------------------------------


def design_then(amended: Sequence[Told], when: datetime, now: int) -> int:
    """The number of the rules in force at a moment: those before the first amendment that came later; `now` where none did."""
    later = next((one for one in amended if one.at > when), None)
    return now if later is None else max(1, int(later.payload["number"]) - 1)


def state_then(changed: Sequence[Told], when: datetime, now: str) -> str:
    """The state of the cycle at a moment."""
    later = next((one for one in changed if one.at > when), None)
    return now if later is None else str(CycleState(later.payload["from"]))


def poll_then(poll: Poll, decided: tuple[str, datetime] | None, cycle_state: str, when: datetime) -> Poll:
    """An audience's vote as it stood at a moment: by the last decision about it by then, and what had happened to its round."""
    return replace(
        poll,
        now=when,
        cycle_state=cycle_state,
        clock=clock_then(poll.clock, when),
        published_at=_by(poll.published_at, when),
        decided=decided,
    )


def clock_then(clock: Clock, when: datetime) -> Clock:
    """The times of a round without what happened later."""
    return replace(
        clock,
        passed_at=_by(clock.passed_at, when),
        opened_at=_by(clock.opened_at, when),
        locked_at=_by(clock.locked_at, when),
        closed_at=_by(clock.closed_at, when),
    )


def _by(at: datetime | None, when: datetime) -> datetime | None:
    return at if at is not None and at <= when else None


def refused_then(settled: Iterable[Told], when: datetime) -> dict[int, bool]:
    """Id of a ballot that people looked at by then → whether they refused it."""
    return {int(one.payload["ballot"]): not one.payload["counts"] for one in settled if one.at <= when}
