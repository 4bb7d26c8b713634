"""Places that could be, and how far judges lie from each other: a bar from low to high with a mark on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

WIDTH: Final = 1000
LEAST: Final = 12  # so that a place that is sure is still seen


@dataclass(frozen=True, slots=True)
class Bar:
    """In a box 0 to 1000 wide: the bar begins at `x`, is `width` wide, the mark stands at `at`."""

    x: int
    width: int
    at: int


def place_bar(place: int, low: int, high: int, *, of: int) -> Bar:
    """A place with the interval it could be in, among `of` places: the first on the left."""
    slot = Fraction(WIDTH, max(of, 1))
    begin, end = int((low - 1) * slot), int(high * slot)
    width = max(end - begin, LEAST)
    return Bar(min(begin, WIDTH - width), width, int((Fraction(place) - Fraction(1, 2)) * slot))


def reach_of(values: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    """How far a scale around zero must reach for these (value, half width) to fit; 1 where all are zero."""
    return max((abs(value) + half for value, half in values), default=Fraction(0)) or Fraction(1)


def offset_bar(value: Fraction, half: Fraction, *, reach: Fraction) -> Bar:
    """A value above or below zero, with its error on both sides, on a scale from -reach to reach: zero in the middle."""

    def place(one: Fraction) -> int:
        return int((min(max(one / reach, Fraction(-1)), Fraction(1)) + 1) * WIDTH / 2)

    begin, end = place(value - half), place(value + half)
    width = max(end - begin, LEAST)
    return Bar(min(begin, WIDTH - width), width, place(value))
