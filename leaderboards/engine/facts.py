"""What happened, as the engine takes it: plain frozen rows under text keys. The order of rows never matters."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from itertools import chain
from typing import NamedTuple


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


class Attempt(NamedTuple):
    """A try, `at_ms` milliseconds after the round opened. An empty verdict is pending. `sequence` orders tries of the same millisecond."""

    round: str
    challenge: str
    group: str
    at_ms: int
    verdict: str = ""
    value: Fraction | None = None
    sequence: int = 0


@dataclass(slots=True)
class Column:
    """The tries at one (round, challenge). A contest has many, and many readers at once: so no try is an object until it is read."""

    round: str
    challenge: str
    group: list[str] = field(default_factory=list)
    at_ms: "array[int]" = field(default_factory=lambda: array("q"))
    verdict: list[str] = field(default_factory=list)
    value: list[Fraction | None] = field(default_factory=list)
    sequence: list[int] = field(default_factory=list)

    def add(self, one: Attempt) -> None:
        """One more."""
        self.group.append(one.group)
        self.at_ms.append(one.at_ms)
        self.verdict.append(one.verdict)
        self.value.append(one.value)
        self.sequence.append(one.sequence)

    def __iter__(self) -> Iterator[Attempt]:
        return self.rows(range(len(self.group)))

    def rows(self, places: Iterable[int]) -> Iterator[Attempt]:
        """The tries at these places."""
        where = self.round, self.challenge
        columns = self.group, self.at_ms, self.verdict, self.value, self.sequence
        group, at_ms, verdict, value, sequence = columns
        return (Attempt(*where, group[at], at_ms[at], verdict[at], value[at], sequence[at]) for at in places)

    def by_group(self) -> dict[str, "Own"]:
        """Each group's own, in order of time."""
        places: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        for at, group in enumerate(self.group):
            places[group].append(at)
        for group, own in places.items():
            if len(own) > 1:
                places[group] = array("I", sorted(own, key=self._moment))
        return {group: Own(self, own) for group, own in places.items()}

    def _moment(self, at: int) -> tuple[int, int, str, str]:
        """In order of time; what stands at the same moment in the same place is told apart by the row itself."""
        return self.at_ms[at], self.sequence[at], self.verdict[at], str(self.value[at])

    def held_back(self, moment: int) -> "Column":
        """The same, with tries from this millisecond on as they are while they wait."""
        kept = [at < moment for at in self.at_ms]
        if all(kept):
            return self
        verdict = [one if keep else "" for one, keep in zip(self.verdict, kept, strict=True)]
        value = [one if keep else None for one, keep in zip(self.value, kept, strict=True)]
        return replace(self, verdict=verdict, value=value)


@dataclass(frozen=True, slots=True)
class Own:
    """One group's tries at one (round, challenge), in order of time."""

    column: Column
    places: "array[int]"

    def __iter__(self) -> Iterator[Attempt]:
        return self.column.rows(self.places)


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


class Attempts:
    """All tries of a cycle, by (round, challenge)."""

    def __init__(self, rows: Iterable[Attempt] = ()) -> None:
        columns: dict[tuple[str, str], Column] = {}
        for one in rows:
            unit = one.round, one.challenge
            column = columns.get(unit)
            if column is None:
                column = columns[unit] = Column(*unit)
            column.add(one)
        self.columns: Mapping[tuple[str, str], Column] = columns

    def __iter__(self) -> Iterator[Attempt]:
        return chain.from_iterable(self.columns.values())

    def __len__(self) -> int:
        return sum(len(one.group) for one in self.columns.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Attempts) and self.columns == other.columns

    __hash__ = None  # type: ignore[assignment] # compared, never looked up

    def told(self, known: Callable[[str, str], bool], held: Mapping[tuple[str, str], int]) -> "Attempts":
        """Those at what is known; of what is held back, tries from its moment on wait."""
        found = Attempts()
        found.columns = {
            unit: column.held_back(held[unit]) if unit in held else column
            for unit, column in self.columns.items()
            if known(*unit)
        }
        return found


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the engine needs to know of a cycle beside its rules."""

    groups: tuple[Group, ...] = ()
    submissions: tuple[Submission, ...] = ()
    marks: tuple[Mark, ...] = ()
    attempts: Attempts = field(default_factory=Attempts)
    votes: tuple[Vote, ...] = ()
    decisions: tuple[Decision, ...] = ()
    points: tuple[Points, ...] = ()
