"""Ideas and what came from what as a graph of lanes: one row per idea, sources above, a line from each source to what grew from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

ROW: Final = 56
"""Height of a row, in sixteenths of a rem: the list beside the drawing has rows of the same height."""
LANE: Final = 22
EDGE: Final = 14
WIDEST: Final = 132
"""All lanes together are never wider: many lanes stand closer."""
BEND: Final = 22


class Dot(NamedTuple):
    """Where an idea is drawn. `here`: the one whose lineage it is; `masked`: one that may not be seen."""

    x: int
    y: int
    here: bool
    masked: bool


class Line(NamedTuple):
    """The path from a source to what grew from it, and what was done with it."""

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Dots and lines in a box of `width` × `height` sixteenths of a rem."""

    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    width: int
    height: int

    @property
    def width_rem(self) -> str:
        """Width as a length that grows with the reader's letters."""
        return f"{self.width / 16:g}rem"

    @property
    def height_rem(self) -> str:
        """The same for the height."""
        return f"{self.height / 16:g}rem"


def graph(nodes: Sequence[int], links: Sequence[tuple[int, int, str]], *, here: int) -> Graph:
    """Lay out `nodes` (keys, every source before what grew from it) with their `links` (source, target, kind). Keys below zero are masked."""
    rows = {key: number for number, key in enumerate(nodes)}
    kept = [(source, target, kind) for source, target, kind in links if source in rows and target in rows]
    lanes = _lanes(nodes, rows, kept)
    count = max(lanes.values(), default=0) + 1
    step = min(LANE, WIDEST // max(count - 1, 1))

    def place(key: int) -> tuple[int, int]:
        return EDGE + step * lanes[key], ROW * rows[key] + ROW // 2

    dots = tuple(Dot(*place(key), here=key == here, masked=key < 0) for key in nodes)
    lines = tuple(Line(_path(place(source), place(target)), kind) for source, target, kind in kept)
    return Graph(dots, lines, width=2 * EDGE + step * (count - 1), height=ROW * len(nodes))


def _lanes(nodes: Sequence[int], rows: dict[int, int], links: Sequence[tuple[int, int, str]]) -> dict[int, int]:
    """Key → lane. The last that grew from an idea goes on in its lane; others get the first that is free as long as they need it."""
    last: dict[int, int] = {}
    sources: dict[int, list[int]] = {}
    for source, target, _ in links:
        last[source] = max(last.get(source, 0), rows[target])
        sources.setdefault(target, []).append(source)
    lanes: dict[int, int] = {}
    busy: list[int] = []  # lane → the row until which it is taken
    for row, key in enumerate(nodes):
        ends = [lanes[source] for source in sources.get(key, ()) if last[source] == row]
        lane = min(ends) if ends else next((lane for lane, until in enumerate(busy) if until < row), len(busy))
        if lane == len(busy):
            busy.append(row)
        busy[lane] = last.get(key, row)
        lanes[key] = lane
    return lanes


def _path(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Down in the lane of the source, then over to the target in the last row."""
    (x, y), (far_x, far_y) = start, end
    if x == far_x:
        return f"M{x} {y}V{far_y}"
    turn = far_y - ROW
    return f"M{x} {y}V{max(turn, y)}C{x} {far_y - BEND} {far_x} {far_y - ROW + BEND} {far_x} {far_y}"
