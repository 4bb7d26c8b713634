"""What goes from whom to whom, as bands between two columns: on the left who gave, on the right who took, each as tall as its count."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final, NamedTuple

WIDTH: Final = 720
HEIGHT: Final = 460
"""All bars of a column and the gaps between them are about so tall, however many there are."""
NAME: Final = 190
BAR: Final = 10
GAP: Final = 12
THINNEST: Final = 2.0
THICKEST: Final = 36.0
"""One act is never drawn taller: the first flow of a cycle is a band, not a wall."""
LEAST: Final = 20
"""A name needs so much height."""


class Bar(NamedTuple):
    """Somebody in a column: `number` in the order given, top, height, and how much goes out or comes in."""

    number: int
    top: int
    height: int
    size: int

    @property
    def middle(self) -> int:
        """Where the name stands."""
        return self.top + self.height // 2


class Band(NamedTuple):
    """From one to another: the outline, and who."""

    path: str
    source: int
    target: int
    size: int


@dataclass(frozen=True, slots=True)
class Bands:
    """Two columns and what goes between them, in a box of `width` × `height`."""

    left: tuple[Bar, ...]
    right: tuple[Bar, ...]
    bands: tuple[Band, ...]
    height: int
    width: int = WIDTH
    name: int = NAME
    bar: int = BAR

    @property
    def right_bar(self) -> int:
        """Where the bars on the right begin."""
        return self.width - self.name - self.bar

    @property
    def right_name(self) -> int:
        """Where the names on the right begin."""
        return self.width - self.name + GAP

    @property
    def left_name(self) -> int:
        """Where the names on the left end."""
        return self.name - GAP


def bands(pairs: Sequence[tuple[int, int, int]]) -> Bands:
    """Lay out (source, target, count > 0): numbers name people. The largest stand on top; each pair stands once."""
    given, taken = Counter[int](), Counter[int]()
    for source, target, count in pairs:
        given[source] += count
        taken[target] += count
    rows = max(len(given), len(taken), 1)
    unit = min(max((HEIGHT - GAP * (rows - 1)) / max(given.total(), 1), THINNEST), THICKEST)
    left, right = _column(given, unit), _column(taken, unit)
    tops = {("out", one.number): one.top + _slack(one, unit) for one in left}
    tops |= {("in", one.number): one.top + _slack(one, unit) for one in right}
    order = {one.number: row for row, one in enumerate(right)}
    rank = {one.number: row for row, one in enumerate(left)}
    drawn: list[Band] = []
    for source, target, count in sorted(pairs, key=lambda one: (rank[one[0]], order[one[1]])):
        thick = count * unit
        start, end = tops["out", source], tops["in", target]
        tops["out", source], tops["in", target] = start + thick, end + thick
        drawn.append(Band(_path(start, end, thick), source, target, count))
    bottom = max((one.top + one.height for one in (*left, *right)), default=0)
    return Bands(left, right, tuple(drawn), height=bottom)


def _column(counts: Counter[int], unit: float) -> tuple[Bar, ...]:
    top = 0
    found: list[Bar] = []
    for number, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        height = max(ceil(count * unit), LEAST)
        found.append(Bar(number, top, height, count))
        top += height + GAP
    return tuple(found)


def _slack(bar: Bar, unit: float) -> float:
    """Where a bar is taller than what goes through it, that stands in its middle."""
    return (bar.height - bar.size * unit) / 2


def _path(start: float, end: float, thick: float) -> str:
    """A band that leaves level and arrives level."""
    x, far = NAME + BAR, WIDTH - NAME - BAR
    bend = (x + far) // 2
    a, b, c, d = (round(one, 1) for one in (start, end, end + thick, start + thick))
    return f"M{x} {a}C{bend} {a} {bend} {b} {far} {b}V{c}C{bend} {c} {bend} {d} {x} {d}Z"
