"""What a design can tell before it starts: how far from its true place an entry may come out, and how many judges are enough."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Spreads:
    """Standard deviations in one unit, any: of the entries' quality, of one mark around it, of the judges' severity.

    The defaults are what a careful jury without calibration looks like: a mark is off by as much as entries differ, judges by seven tenths of
    that. Observed ones, from a round that was judged, are better.
    """

    quality: float = 1.0
    noise: float = 1.0
    severity: float = 0.7


USUAL: Final = Spreads()


@dataclass(frozen=True, slots=True)
class Precision:
    """What a design gives. Places: how far from the true place entries come out: on average, half of them at most, nine of ten at most.

    `reliability`: the share of the differences between scores that is quality, in [0, 1]. `first`: how often the truly best comes first.
    `podium`: the share of the true first three among the first three (of fewer entries: of all). `adjusted`: whether severity is taken off.
    `sheets`: marks in all; `load`: sheets per judge at most.
    """

    entries: int
    judges: int
    per_entry: int
    sheets: int
    load: int
    mean: float
    half: float
    most: float
    reliability: float
    first: float
    podium: float
    adjusted: bool


GAIN: Final = 0.1


def enough(rows: Sequence[Precision], *, within: float | None = None) -> Precision | None:
    """The fewest judges per entry for which nine of ten entries come out `within` so many places; None if no row does.

    Without `within`: from which one judge more makes the average place better by less than a tenth, or the last row.
    """
    if within is not None:
        return next((row for row in rows if row.most <= within), None)
    for row, more in itertools.pairwise(rows):
        if more.mean > (1 - GAIN) * row.mean:
            return row
    return rows[-1] if rows else None
