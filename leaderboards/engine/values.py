"""Named values of a group on a board: read from the cells when an order or an award asks for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from leaderboards.engine.names import Kind, ValueName
from leaderboards.engine.numbers import total
from leaderboards.engine.outcome import Cell, Fate, Value

type CellsByRound = Mapping[str, Mapping[str, tuple[Cell, ...]]]
"""round -> group -> cells."""

GAVE = frozenset({Fate.COUNTED, Fate.ADJUSTED, Fate.PULLED, Fate.CLIPPED, Fate.DROPPED})


@dataclass(frozen=True, slots=True)
class Standing:
    """What a board knows of a group before it is ranked: its score and what each round counted."""

    score: Fraction | None
    counted: Mapping[str, Fraction | None]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads named values on one board. `rounds` are the board's rounds in time, `numbers` the place in time of every round of the cycle."""

    cells: CellsByRound
    scores: Mapping[tuple[str, str], Fraction | None]
    rounds: tuple[str, ...]
    numbers: Mapping[str, int]
    entered: Mapping[str, frozenset[str]]
    low: bool

    def value(self, name: ValueName, group: str, standing: Standing) -> Value | None:
        """The value, None if the group has none."""
        match name.kind:
            case Kind.SCORE:
                return standing.score
            case Kind.ROUND:
                return self.scores.get((name.round or "", group))
            case Kind.REACHED:
                return self._reached(group)
            case Kind.IMPROVEMENT:
                return self._improvement(group)
            case Kind.COUNTBACK:
                values = [value for value in standing.counted.values() if value is not None]
                return tuple(sorted(values, reverse=not self.low)) or None
            case _:
                cells = self._cells(group, name.round)
                return _tally(cells, name) if name.kind is Kind.TALLY else _inside(cells, name)

    def _cells(self, group: str, only: str | None) -> list[Cell]:
        rounds = self.rounds if only is None else (only,)
        return [cell for key in rounds for cell in self.cells.get(key, {}).get(group, ())]

    def _reached(self, group: str) -> Fraction:
        """The number of the last round of the board that the group took part in, 0 without one."""
        took = [self.numbers[key] + 1 for key in self.rounds if group in self.entered.get(key, frozenset())]
        return Fraction(max(took, default=0))

    def _improvement(self, group: str) -> Fraction | None:
        """Last round minus first, of the rounds that scored the group; None with fewer than two."""
        scored = [score for key in self.rounds if (score := self.scores.get((key, group))) is not None]
        return scored[-1] - scored[0] if len(scored) > 1 else None


def _tally(cells: Iterable[Cell], name: ValueName) -> Fraction:
    """How many challenges were judged, or have full marks."""
    count = sum(cell.full if name.name == "full_marks" else cell.score is not None for cell in cells)
    return Fraction(count)


def _inside(cells: Iterable[Cell], name: ValueName) -> Value | None:
    """The plain sum of a challenge's score, or of a value inside the cells; lists are joined; None if no cell has it."""
    if name.kind is Kind.CHALLENGE:
        return _sum(cell.score for cell in cells if cell.challenge == name.name)
    key, _, suffix = name.name.partition(".")
    if suffix == "countback":
        given = [mark for cell in cells for mark in _given(cell, key)]
        return tuple(sorted(given, reverse=True)) or None
    if suffix == "count":
        marked = [cell for cell in cells if any(fold.criterion == key for fold in cell.folds)]
        return Fraction(sum(mark > 0 for cell in marked for mark in _given(cell, key))) if marked else None
    if key == "last":
        return _sum(_latest(cells))
    return _sum(cell.values.get(name.name) for cell in cells)


def _sum(values: Iterable[Fraction | None]) -> Fraction | None:
    present = [value for value in values if value is not None]
    return total(present) if present else None


def _latest(cells: Iterable[Cell]) -> Iterable[Fraction]:
    """The time of the last solve, round by round: clocks of different rounds cannot be compared, so they add up."""
    last: dict[str, Fraction] = {}
    for cell in cells:
        value = cell.values.get("last")
        if value is not None:
            last[cell.round] = max(value, last.get(cell.round, value))
    return last.values()


def _given(cell: Cell, criterion: str) -> Iterable[Fraction]:
    """The marks given on a criterion that took part in its fold, also those adjusted, pulled or dropped."""
    for fold in cell.folds:
        if fold.criterion == criterion:
            yield from (mark.given for mark in fold.marks if mark.fate in GAVE and mark.given is not None)
