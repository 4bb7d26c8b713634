"""What the engine answers: a cell per (round, challenge, group), round scores, boards, who goes on, awards; with everything that explains them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from leaderboards.engine.checks import Problem

type Value = Fraction | tuple[Fraction, ...]
"""A named value: a number, or a list of numbers (countback) that is compared from its first entry on."""


class Fate(StrEnum):
    """What became of a mark."""

    COUNTED = "counted"
    ADJUSTED = "adjusted"  # the judge's severity was taken off
    PULLED = "pulled"
    CLIPPED = "clipped"  # adjusted, then pulled
    DROPPED = "dropped"
    RECUSED = "recused"
    ABSENT = "absent"
    NOT_MARKED = "not_marked"
    INCOMPLETE = "incomplete"


class UsedMark(NamedTuple):
    """A mark (or a whole sheet) on its way: the value given and the value that entered the fold, None if it did not."""

    judge: str
    given: Fraction | None
    used: Fraction | None
    fate: Fate


class Folded(NamedTuple):
    """A panel's work on one criterion, or on whole sheets (criterion ""): the marks, the centre of the band, the value, weight x value."""

    panel: str
    criterion: str
    marks: tuple[UsedMark, ...]
    centre: Fraction | None
    value: Fraction | None
    weighted: Fraction | None


@dataclass(frozen=True, slots=True)
class JudgeOffsets:
    """How much a panel's judges mark higher than the others, on one criterion or on whole sheets (criterion ""): taken off their marks.

    `why`: the reason in words why nothing is taken off. `lam`: from it anybody solves for the offsets again; None: all agree.
    """

    panel: str
    criterion: str
    why: str
    lam: Fraction | None
    offsets: Mapping[str, Fraction]
    warnings: tuple[str, ...] = ()


class StepTaken(NamedTuple):
    """One adjustment: the verb, what it was done with (a number or a field), and the score after it."""

    verb: str
    by: str
    amount: Fraction
    after: Fraction


class Unscored(StrEnum):
    """Why a cell has no score."""

    NO_MARKS = "no_marks"
    QUORUM = "quorum"
    FIELD = "field"
    NO_ATTEMPT = "no_attempt"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"


@dataclass(frozen=True, slots=True)
class Cell:
    """One group in one challenge of one round: its score and every named value behind it."""

    round: str
    challenge: str
    group: str
    score: Fraction | None
    values: Mapping[str, Fraction | None] = field(default_factory=dict)
    folds: tuple[Folded, ...] = ()
    steps: tuple[StepTaken, ...] = ()
    unscored: Unscored | None = None
    full: bool = False
    pending: int = 0


class RowStatus(StrEnum):
    """Whether a row has a place, and why not."""

    RANKED = "ranked"
    UNSCORED = "unscored"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a board. `keys` are the order values, `rounds` what each round counted, `values` every named value that a rule asks for."""

    place: Fraction | None
    group: str
    name: str
    score: Fraction | None
    status: RowStatus = RowStatus.RANKED
    within: str = ""
    keys: tuple[Value | None, ...] = ()
    values: Mapping[str, Value | None] = field(default_factory=dict)
    rounds: Mapping[str, Fraction | None] = field(default_factory=dict)
    pending: int = 0


@dataclass(frozen=True, slots=True)
class BoardResult:
    """A computed board. `frozen` tells that later attempts are held back as pending."""

    key: str
    title: str
    audience: str
    order: tuple[str, ...]
    rows: tuple[Row, ...]
    frozen: bool = False

    def row(self, group: str) -> Row | None:
        """The first row of a group."""
        return next((row for row in self.rows if row.group == group), None)


@dataclass(frozen=True, slots=True)
class CutResult:
    """Who a cut lets into its round: by place, by wildcard; and tied groups that a decision must still settle."""

    board: str
    to: str
    through: tuple[str, ...]
    wildcards: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()


class Winner(NamedTuple):
    """A group that earns an award, with its place and its cents, if any."""

    group: str
    place: Fraction | None
    cents: int


class PassWhy(StrEnum):
    """Why an award passed a group by: it has another prize of the set, or it declined, or a decision says so."""

    HAS = "has"
    DECLINED = "declined"


class Passed(NamedTuple):
    """A group that an award passed by to the next. It keeps its place."""

    group: str
    place: Fraction | None
    why: PassWhy


@dataclass(frozen=True, slots=True)
class AwardResult:
    """An award: sum of the winners' cents + `unallocated` == `budget`, always. `passed`: whom it passed by, best first."""

    key: str
    kind: str
    winners: tuple[Winner, ...]
    budget: int = 0
    unallocated: int = 0
    passed: tuple[Passed, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything computed from one Scoring and one Facts. `frozen` holds what the public sees of boards with a freeze.

    `offsets`: (round, challenge, panel, criterion) → what was taken off the marks of a panel that adjusts for severity.
    """

    cells: Mapping[tuple[str, str, str], Cell]
    rounds: Mapping[tuple[str, str], Fraction | None]
    entrants: Mapping[str, tuple[str, ...]]
    boards: Mapping[str, BoardResult]
    frozen: Mapping[str, BoardResult]
    cuts: tuple[CutResult, ...]
    awards: tuple[AwardResult, ...]
    problems: tuple[Problem, ...] = ()
    offsets: Mapping[tuple[str, str, str, str], JudgeOffsets] = field(default_factory=dict)

    def board(self, key: str, *, frozen: bool = False) -> BoardResult:
        """The board as it stands, or as it was at its freeze (the same board if it has none)."""
        return self.frozen.get(key, self.boards[key]) if frozen else self.boards[key]
