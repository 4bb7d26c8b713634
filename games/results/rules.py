"""The steps of a recompute run, in order; when it may be tried again; what its plan holds; what a preview says of a cut. Pure."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, NotRequired, TypedDict

from games.errors import Conflict
from games.groups.rules import UNNAMED
from leaderboards.engine.facts import Facts
from leaderboards.engine.freezes import held_back
from leaderboards.engine.outcome import CutResult, Row, RowStatus
from leaderboards.engine.spec import LIVE_FORMATS, CutSpec, Scoring


class RunKind(StrEnum):
    """`settle` goes the whole way after a round; `refresh` brings live boards up to date."""

    SETTLE = "settle"
    REFRESH = "refresh"


class RunState(StrEnum):
    """waiting → running → done; failed keeps the reason and may be asked again."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Step(StrEnum):
    """Between rounds: lock → results → standings → snapshot → awards → cut → notify. Each commits, then queues the next."""

    LOCK = "lock"
    RESULTS = "results"
    STANDINGS = "standings"
    SNAPSHOT = "snapshot"
    AWARDS = "awards"
    CUT = "cut"
    NOTIFY = "notify"


UNPUBLISHED: Final = (Step.LOCK, Step.RESULTS, Step.STANDINGS)
LEASE: Final = timedelta(seconds=120)
APART: Final = timedelta(milliseconds=250)
IDLE_SHARE: Final = 2  # the next refresh begins no earlier than twice as long as the last one took
TRIES: Final = 5
OPEN: Final = (RunState.WAITING.value, RunState.RUNNING.value)


def steps_of(kind: RunKind, *, publish: bool = True) -> tuple[Step, ...]:
    """The steps of a run. A settle that does not publish ends with the standings."""
    if kind is RunKind.REFRESH:
        return (Step.RESULTS, Step.STANDINGS)
    return tuple(Step) if publish else UNPUBLISHED


def next_step(kind: RunKind, step: Step, *, publish: bool = True) -> Step | None:
    """The step after `step`, or None at the end."""
    steps = steps_of(kind, publish=publish)
    position = steps.index(step) + 1
    return steps[position] if position < len(steps) else None


def wait_after(kind: RunKind, tries: int) -> timedelta | None:
    """How long to wait after so many failed tries of a step; None: give up. A refresh never does: somebody looks at a board that is late."""
    if kind is RunKind.SETTLE and tries >= TRIES:
        return None
    return timedelta(seconds=2 ** min(tries, TRIES - 1))


class WinnerPlan(TypedDict):
    """Who earned an award, at which place (number text), with how many cents."""

    group: str
    place: str
    cents: int


class PassPlan(TypedDict):
    """Whom an award passed by to the next: at which place, and why (`has`, `declined`)."""

    group: str
    place: str
    why: str


class AwardPlan(TypedDict):
    """An award as it was computed with the standings that were published."""

    key: str
    board: str
    budget: int
    unallocated: int
    winners: list[WinnerPlan]
    passed: NotRequired[list[PassPlan]]


class CutPlan(TypedDict):
    """Who a cut lets into a round."""

    board: str
    to: str
    through: list[str]
    wildcards: list[str]


class Plan(TypedDict):
    """What the later steps of a settle run do, fixed when its standings were written."""

    awards: list[AwardPlan]
    cuts: list[CutPlan]
    entrants: dict[str, list[str]]
    problems: list[str]


def empty_plan() -> Plan:
    """Nothing to give, nobody to move."""
    return Plan(awards=[], cuts=[], entrants={}, problems=[])


def progress(kind: RunKind, step: Step, state: RunState, *, publish: bool) -> dict[str, Any]:
    """How far a run is: {step, done, of}."""
    steps = steps_of(kind, publish=publish)
    done = len(steps) if state is RunState.DONE else steps.index(step)
    return {"step": step.value, "done": done, "of": len(steps)}


class RoundStillOpen(Conflict):
    """Results are settled only after the deadline."""

    code = "round_still_open"


class SettleRunning(Conflict):
    """The round is being settled already."""

    code = "settle_running"


class TieUndecided(Conflict):
    """A tie at a cut waits for a decision, so nothing was published."""

    code = "tie_undecided"


class FactsChanged(Conflict):
    """Something changed between the preview and its publication, so nothing was published."""

    code = "facts_changed"


class LeaseLost(Exception):
    """Somebody else runs this step now: what was done here is rolled back."""


def without_names(rows: Sequence[Row], unnamed: Mapping[str, str]) -> Sequence[Row]:
    """Rows for everybody: the groups in `unnamed` (key → what stands for it) keep place and score, and lose key and name."""
    if not unnamed:
        return rows
    return [replace(row, group=unnamed[row.group], name=UNNAMED) if row.group in unnamed else row for row in rows]


def known_facts(scoring: Scoring, facts: Facts, published: Collection[str]) -> Facts:
    """What everybody may know: the work of published rounds, and of tasks that are shown as they happen. Decisions and points stay.

    Attempts that a frozen board holds back wait on every board: a second one without a freeze would tell what the first hides.
    """
    live = {
        (round_.key, one.key)
        for one in scoring.challenges
        if one.format in LIVE_FORMATS
        for round_ in scoring.rounds
        if one.in_round(round_.key)
    }

    held = {unit: moment for unit, moment in held_back(scoring).items() if unit[0] not in published}

    def known(round_key: str, challenge: str) -> bool:
        return round_key in published or (round_key, challenge) in live

    return replace(
        facts,
        submissions=tuple(one for one in facts.submissions if known(one.round, one.challenge)),
        marks=tuple(one for one in facts.marks if known(one.round, one.challenge)),
        attempts=facts.attempts.told(known, held),
        votes=tuple(one for one in facts.votes if known(one.round, one.challenge)),
    )


# --- Before it counts -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """What would be different for one group: (place, score, status) published last and to be published. None: not on the board."""

    group: str
    name: str
    bracket: str
    before: tuple[str, str, str] | None
    after: tuple[str, str, str] | None


def changes_between(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]], unnamed: Mapping[str, str] | None = None
) -> list[Change]:
    """The rows that differ in place, score or status: `before` as a snapshot keeps them, `after` as they are shown.

    `unnamed`: key of a group → what stands for it in a snapshot.
    """
    old = {(row["entry"], row["line"]): row for row in before}
    found = []
    for row in after:
        was = old.pop(((unnamed or {}).get(row["group"], row["group"]), row["line"]), None)
        told = (row["place"], row["score"], row["status"])
        if was is None or (was["place"], was["score"], was["status"]) != told:
            earlier = None if was is None else (was["place"], was["score"], was["status"])
            found.append(Change(row["group"], row["name"], row["bracket"], earlier, told))
    gone = [
        Change(key, row["name"], row["bracket"], (row["place"], row["score"], row["status"]), None)
        for (key, _), row in old.items()
    ]
    return found + gone


@dataclass(frozen=True, slots=True)
class CutLine:
    """A cut before it counts: who goes on, who is tied across the line, how many of these may pass (`slots`), wildcards used and allowed.

    `edge`: groups that share the last place through, or the first one not, where the rules settle that tie by themselves (`ties`).
    """

    board: str
    to: str
    ties: str
    through: list[str]
    wildcards: list[str]
    undecided: list[str]
    edge: list[str]
    slots: int
    allowed: int


def line_of(spec: CutSpec, cut: CutResult, rows: Sequence[Row], *, undecided: bool) -> CutLine:
    """The line of a cut with what has to be said about it. `rows` are those of its board."""
    tied = list(cut.undecided) if undecided else []
    edge: list[str] = []
    slots = 0
    for placed in _within(rows):
        size = _size(spec, placed)
        if not 0 < size < len(placed) or placed[size - 1].place != placed[size].place:
            continue
        sharing = [row.group for row in placed if row.place == placed[size].place]
        if any(group in tied for group in sharing):
            slots += size - sum(1 for row in placed[:size] if row.place != placed[size].place)
        else:
            edge += sharing
    return CutLine(
        spec.board, spec.to, spec.ties.value, list(cut.through), list(cut.wildcards), tied, edge, slots, spec.wildcards
    )


def _within(rows: Sequence[Row]) -> list[list[Row]]:
    """The placed rows of each bracket, best first."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.status is RowStatus.RANKED:
            found.setdefault(row.within, []).append(row)
    return list(found.values())


def _size(spec: CutSpec, placed: Sequence[Row]) -> int:
    """How many of a bracket the rule lets on, ties apart; 0 where it does not count heads."""
    if spec.share is not None:
        return math.ceil(spec.share * len(placed))
    if isinstance(spec.first, dict):
        return spec.first.get(placed[0].within, 0)
    return spec.first or 0
