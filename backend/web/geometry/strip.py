"""Marks of several judges on one scale: a dot each, those that are equal above each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

WIDTH: Final = 320
RADIUS: Final = 10
STEP: Final = 22
EDGE: Final = 34
FOOT: Final = 12
MOST_TICKS: Final = 21


class Given(NamedTuple):
    """A mark: what stands in its dot, how it is said, its value; `own`: of whoever looks."""

    sign: str
    said: str
    value: Fraction
    own: bool = False


class Dot(NamedTuple):
    """Where a mark is drawn."""

    x: int
    y: int
    sign: str
    own: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """A scale with its dots, in a box of `width` × `height`; `rail`: height of the line, from `start` to `end`; `ticks`: steps of the scale."""

    dots: tuple[Dot, ...]
    ticks: tuple[int, ...]
    height: int
    rail: int
    summary: str
    width: int = WIDTH
    start: int = EDGE
    end: int = WIDTH - EDGE


def strip(marks: Sequence[Given], low: Fraction, high: Fraction, *, step: Fraction | None = None) -> Strip:
    """Place the marks between `low` and `high`, left to right; what lies outside stands at the end. Many steps are not drawn, only the ends."""
    span = high - low or Fraction(1)

    def place(value: Fraction) -> int:
        share = min(max((value - low) / span, Fraction(0)), Fraction(1))
        return EDGE + round(share * (WIDTH - 2 * EDGE))

    stacked: dict[int, int] = {}
    places: list[tuple[int, int, Given]] = []
    for one in sorted(marks, key=lambda mark: (mark.value, mark.own, mark.sign)):
        x = place(one.value)
        level = max((count for at, count in stacked.items() if abs(at - x) < 2 * RADIUS), default=0)
        stacked[x] = level + 1
        places.append((x, level, one))
    rail = FOOT + STEP * max((level for _, level, _ in places), default=0)
    dots = tuple(Dot(x, rail - STEP * level, one.sign, one.own) for x, level, one in places)
    count = int(span / step) + 1 if step else 0
    ticks = (
        tuple(place(low + step * number) for number in range(count))
        if step and 1 < count <= MOST_TICKS
        else (place(low), place(high))
    )
    summary = "; ".join(one.said for _, _, one in places)
    return Strip(dots, ticks, rail + FOOT, rail, summary)
