"""Delta: which rows changed between two versions of a board, {board, version, from, rows}."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from leaderboards.engine.canonical import Json, row_content
from leaderboards.engine.outcome import Row

type Key = tuple[str, int]
"""(group, number of its row): a board of records has several rows of one group."""


class Line(NamedTuple):
    """A row in its position (from 0) on the board; `number` counts the rows of the same group."""

    position: int
    number: int
    row: Row


@dataclass(frozen=True, slots=True)
class Delta:
    """Lines that are new, changed or moved, and those that are gone."""

    board: str
    version: int
    since: int
    lines: tuple[Line, ...]
    gone: tuple[Key, ...]

    def message(self) -> dict[str, Json]:
        """The delta as data, numbers as number texts."""
        rows: list[Json] = [{"position": position, "line": number, **row_content(row)} for position, number, row in self.lines]
        gone: list[Json] = [{"group": group, "line": number} for group, number in self.gone]
        return {"board": self.board, "version": self.version, "from": self.since, "rows": rows, "gone": gone}


def delta(board: str, before: Iterable[Row], after: Iterable[Row], *, since: int) -> Delta | None:
    """What a reader of version `since` must change to show `after`; None if nothing."""
    old, new = _lines(before), _lines(after)
    changed = tuple(line for key, line in new.items() if old.get(key) != line)
    gone = tuple(key for key in old if key not in new)
    return Delta(board, since + 1, since, changed, gone) if changed or gone else None


def applied(before: Iterable[Row], change: Delta) -> tuple[Row, ...]:
    """The rows after a delta: what a reader does with it."""
    lines = {key: line for key, line in _lines(before).items() if key not in change.gone}
    lines.update({(line.row.group, line.number): line for line in change.lines})
    return tuple(line.row for line in sorted(lines.values(), key=lambda line: line.position))


def _lines(rows: Iterable[Row]) -> dict[Key, Line]:
    seen: Counter[str] = Counter()
    found: dict[Key, Line] = {}
    for position, row in enumerate(rows):
        number = seen[row.group]
        found[row.group, number] = Line(position, number, row)
        seen[row.group] += 1
    return found
