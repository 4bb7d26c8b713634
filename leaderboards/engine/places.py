"""Places: equal values share; numbered 1224, 1223 or fractional; and points that places are worth."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Literal

from leaderboards.engine.numbers import total
from leaderboards.engine.spec import PlaceStyle

type PointTable = Literal["borda"] | tuple[Fraction, ...]


def numbered[T](ties: Iterable[Sequence[T]], style: PlaceStyle) -> list[Fraction]:
    """The place of each tie, best first: 1224 counts all that are better, 1223 the ties that are better, fractional the mean (O-RANK)."""
    places, before = [], 0
    for number, tie in enumerate(ties, start=1):
        if style is PlaceStyle.DENSE:
            place = Fraction(number)
        elif style is PlaceStyle.FRACTIONAL:
            place = before + Fraction(len(tie) + 1, 2)
        else:
            place = Fraction(before + 1)
        places.append(place)
        before += len(tie)
    return places


def tied[T: Hashable](values: Mapping[T, Fraction], *, low: bool) -> list[list[T]]:
    """Keys in order of their values, best first, equal values together."""
    found: dict[Fraction, list[T]] = {}
    for key, value in values.items():
        found.setdefault(value, []).append(key)
    return [found[value] for value in sorted(found, reverse=not low)]


def place_points[T: Hashable](table: PointTable, values: Mapping[T, Fraction], *, low: bool) -> dict[T, Fraction]:
    """Points by place; ties share the mean of the places they fill; beyond the table 0. Borda: how many stand behind."""
    count = len(values)
    worth = tuple(Fraction(count - place) for place in range(1, count + 1)) if table == "borda" else table
    points, before = {}, 0
    for tie in tied(values, low=low):
        share = total(worth[before : before + len(tie)]) / len(tie)
        points.update(dict.fromkeys(tie, share))
        before += len(tie)
    return points
