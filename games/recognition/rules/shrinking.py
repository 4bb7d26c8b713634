"""What the n-th act of a day is worth, exactly. Pure."""

from collections.abc import Iterable
from fractions import Fraction
from math import floor
from typing import Final

_WHOLE: Final = Fraction(1)
FREE: Final = 2
"""So many acts with one partner count in full; those after them shrink."""


def worths(base: int, ratio: Fraction | None, weights: Iterable[Fraction]) -> list[Fraction]:
    """Exact worth of each act of a day, in order: base * weight * ratio^(n - 1). Without `ratio` none shrinks by its number."""
    power, found = Fraction(1), []
    for weight in weights:
        found.append(base * weight * power)
        power = power if ratio is None else power * ratio
    return found


def weight_of(partner_ratio: Fraction | None, repeats: int) -> Fraction:
    """What is left of an act whose partner counted `repeats` times before: all of the first two, then a share of a share."""
    if partner_ratio is None or repeats < FREE:
        return _WHOLE
    return partner_ratio ** (repeats - FREE + 1)


def whole(exact: Iterable[Fraction]) -> list[int]:
    """Whole points that add up: after each act the sum of them is the exact sum, rounded down (science.md 6: 10, 5, 2.5, 1.25 is 18)."""
    given, total, found = 0, Fraction(0), []
    for one in exact:
        total += one
        found.append(floor(total) - given)
        given = floor(total)
    return found
