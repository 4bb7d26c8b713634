"""Which entries deserve another look before a result stands: judges far apart, or a place that may fall on either side of a line. Pure.

A doubt weighs from 0 to 2: how likely the entry is on the other side of the nearest line (0 to 1, 1 = even odds by its rank interval)
plus how far apart its judges are, beside the farthest of the field (0 to 1).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from statistics import median
from typing import Final

WIDE: Final = Fraction(3, 2)  # times the median spread of the field: judges count as far apart from here on


class Why(StrEnum):
    """What makes an entry doubtful."""

    LINE = "line"
    TIED = "tied"
    APART = "apart"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class Line:
    """Something that begins to differ after place `after`: who goes on, who wins. `name` is what people read."""

    after: int
    name: str


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry with its place, the interval of places that the marks allow, and how far apart its judges are (standard deviation)."""

    group: str
    sheets: int
    place: int
    low: int
    high: int
    spread: Fraction | None = None
    tied_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """An entry to look at. `line` is the nearest line that its interval crosses."""

    group: str
    weight: Fraction
    reasons: tuple[Why, ...]
    line: Line | None = None


def doubts(entries: Sequence[Judged], lines: Iterable[Line], *, asked: int = 0) -> list[Doubt]:
    """The doubtful entries, the most doubtful first; equal ones in order of their place. `asked`: sheets that each should have."""
    lines = sorted(lines, key=lambda one: one.after)
    spreads = [one.spread for one in entries if one.spread is not None]
    middle, widest = (median(spreads), max(spreads)) if spreads else (Fraction(0), Fraction(0))
    places = {one.group: one.place for one in entries}
    found: list[tuple[Fraction, int, Doubt]] = []
    for one in entries:
        line, crossing = _nearest(one, lines)
        apart = one.spread is not None and one.spread > 0 and one.spread >= WIDE * middle
        reasons = [Why.LINE] if line is not None else []
        reasons += [Why.TIED] if line is not None and _tied_across(one, line, places) else []
        reasons += [Why.APART] if apart else []
        reasons += [Why.FEW] if one.sheets < asked else []
        if reasons:
            far = one.spread / widest if one.spread is not None and widest else Fraction(0)
            doubt = Doubt(one.group, crossing + (far if apart else Fraction(0)), tuple(reasons), line)
            found.append((-doubt.weight, one.place, doubt))
    return [doubt for _, _, doubt in sorted(found, key=lambda row: (row[0], row[1], row[2].group))]


def _nearest(one: Judged, lines: Sequence[Line]) -> tuple[Line | None, Fraction]:
    """The line inside the interval of places that divides it most evenly, and how evenly: 1 = half on each side."""
    best: tuple[Fraction, int, Line] | None = None
    for line in lines:
        if one.low <= line.after < one.high:
            before, behind = line.after - one.low + 1, one.high - line.after
            share = Fraction(2 * min(before, behind), before + behind)
            if best is None or (share, -abs(line.after - one.place)) > (best[0], best[1]):
                best = (share, -abs(line.after - one.place), line)
    return (None, Fraction(0)) if best is None else (best[2], best[0])


def _tied_across(one: Judged, line: Line, places: dict[str, int]) -> bool:
    """Whether somebody on the other side of the line cannot be told apart from the entry."""
    inside = one.place <= line.after
    return any((places[other] <= line.after) is not inside for other in one.tied_with if other in places)
