"""What happened, as the engine takes it: plain frozen rows under text keys. The order of rows never matters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction


class MarkState(StrEnum):
    """Why a mark has no value."""

    GIVEN = ""
    RECUSED = "recused"
    ABSENT = "absent"


class DecisionKind(StrEnum):
    """What an organizer may decide beside the marks. No decision writes a place or a score."""

    ADVANCE = "advance"
    STOP = "stop"
    WITHDRAW = "withdraw"
    DISQUALIFY = "disqualify"
    EQUAL = "equal"
    BREAK = "break"
    AWARD = "award"
    FORGO = "forgo"


@dataclass(frozen=True, slots=True)
class Group:
    """Who competes. `columns` holds every further column of the groups table, such as division."""

    key: str
    name: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Submission:
    """A group's answer; of several versions the highest counts. Status `withdrawn` or `disqualified` leaves the challenge unscored."""

    round: str
    challenge: str
    group: str
    version: int = 1
    at: datetime | None = None
    status: str = "submitted"
    fields: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of one judge for one criterion; `value` is None if recused, absent or empty."""

    round: str
    challenge: str
    group: str
    judge: str
    criterion: str
    value: Fraction | None
    state: str = MarkState.GIVEN


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try, `at_ms` milliseconds after the round opened. An empty verdict is pending. `sequence` orders tries of the same millisecond."""

    round: str
    challenge: str
    group: str
    at_ms: int
    verdict: str = ""
    value: Fraction | None = None
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Vote:
    """A judge's comparison of two groups: outcome `a`, `b`, `tie` or empty; `count` equal votes in one row.

    `ranking`: the judge's ranked list that implies it, if one does; all votes of a list name it.
    """

    round: str
    challenge: str
    judge: str
    a: str
    b: str
    outcome: str = ""
    count: int = 1
    ranking: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A recorded choice. `round` is always the first round it takes effect in; `value` is the number of a break or the key of an award."""

    kind: str
    group: str
    round: str = ""
    board: str = ""
    other: str = ""
    value: str = ""
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Points:
    """The points a group has earned by its acts so far; a group without a row has 0.

    Of them: what came back to it from others' work on its ideas (`came`), and what it earned by work that builds on others (`built`).
    """

    group: str
    amount: Fraction
    came: Fraction = Fraction(0)
    built: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the engine needs to know of a cycle beside its rules."""

    groups: tuple[Group, ...] = ()
    submissions: tuple[Submission, ...] = ()
    marks: tuple[Mark, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    votes: tuple[Vote, ...] = ()
    decisions: tuple[Decision, ...] = ()
    points: tuple[Points, ...] = ()
