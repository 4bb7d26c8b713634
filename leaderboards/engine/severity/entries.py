"""The rows of an analysis, one for each entry: plain and adjusted value and place, the range of places, chances, ties."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from leaderboards.engine.numbers import Rounding, rounded, text
from leaderboards.engine.severity.arrays import Vector
from leaderboards.engine.severity.offsets import DECIMALS
from leaderboards.engine.severity.reml import Fit
from leaderboards.engine.severity.told import told
from leaderboards.engine.severity.uncertainty import (
    Precision,
    all_pair_errors,
    chances,
    entry_errors,
    pair_errors,
    rank_sets,
)

NEAR: Final = 25  # neighbours in rank among which ties are looked for
NEAR_IN_MANY: Final = 8
MANY: Final = 500  # entries from which only near neighbours are compared


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A fit, the values that count as adjusted, how sure they are (None: cannot be told), and the official values of the panel."""

    fit: Fit
    values: Mapping[str, Fraction]
    precision: Precision | None
    official: Mapping[str, Fraction | None]


def entry_rows(found: Adjusted, *, tops: Sequence[int] = (), seed: int = 0) -> list[dict[str, Any]]:
    """One row for each entry, in order of adjusted places. Ranges and chances are drawn with the seed: approximate, and the same again."""
    ratings, overlap = found.fit.ratings, found.fit.overlap
    raw = _means(found.fit)
    places, plain = _places(found.values), _places(raw)
    told_of = _sure(found, [top for top in tops if 0 < top < len(ratings.entries)], seed)
    spreads, official = _spreads(found.fit), {key: value for key, value in found.official.items() if value is not None}
    rows = [
        {
            "group": key,
            "n": int(overlap.reviews[at]),
            "raw": text(raw[key]),
            "adjusted": text(found.values[key]),
            "official": text(official[key]) if key in official else "",
            "place_raw": plain[key],
            "place": places[key],
            "spread": told(spreads[at]),
            **told_of[at],
        }
        for at, key in enumerate(ratings.entries)
    ]
    return sorted(rows, key=lambda row: (row["place"], row["group"]))


def _means(fit: Fit) -> dict[str, Fraction]:
    """The plain mean of each entry's sheets, exact, then rounded for show."""
    sums: dict[str, Fraction] = dict.fromkeys(fit.ratings.entries, Fraction(0))
    for row, value in zip(fit.ratings.rows, fit.ratings.given, strict=True):
        sums[fit.ratings.entries[row]] += value
    counts = zip(fit.ratings.entries, fit.overlap.reviews, strict=True)
    return {key: rounded(sums[key] / int(count), DECIMALS, Rounding.HALF_EVEN) for key, count in counts}


def _places(values: Mapping[str, Fraction]) -> dict[str, int]:
    """1224, highest first."""
    floats = {key: float(value) for key, value in values.items()}  # six decimals: equal as floats where equal at all
    first: dict[float, int] = {}
    for place, value in enumerate(sorted(floats.values(), reverse=True), start=1):
        first.setdefault(value, place)
    return {key: first[value] for key, value in floats.items()}


def _spreads(fit: Fit) -> list[float | None]:
    """How far apart the judges of an entry are, their offsets taken off: the standard deviation of its sheets, None for one sheet."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    reviews = fit.overlap.reviews
    sums = np.bincount(fit.ratings.rows, fit.residuals, len(reviews))
    squares = np.bincount(fit.ratings.rows, fit.residuals**2, len(reviews))
    found = np.sqrt(np.maximum(squares - sums**2 / reviews, 0.0) / np.maximum(reviews - 1, 1.0))
    return [float(one) if count > 1 else None for one, count in zip(found, reviews, strict=True)]


def _sure(found: Adjusted, tops: Sequence[int], seed: int) -> list[dict[str, Any]]:
    """By entry: standard error, range of places, chances, places that cannot be denied, who cannot be told apart."""
    count, precision = len(found.fit.ratings.entries), found.precision
    if precision is None:
        return [{"se": "", "low": 1, "high": count, "top": {}, "sure": [1, count], "tied_with": []} for _ in range(count)]
    errors = entry_errors(precision)
    ties = _ties(found, precision)
    sure = _rank_sets(precision) if count <= MANY else [None] * count
    if precision.s2 == 0:
        places = _places(found.values)
        at = [places[key] for key in found.fit.ratings.entries]
        low = high = tuple(at)
        top = {one: tuple(float(place <= one) for place in at) for one in tops}
    else:
        drawn = chances(precision, tops, seed=seed)
        low, high, top = drawn.low, drawn.high, drawn.top
    return [
        {
            "se": told(float(errors[one])),
            "low": low[one],
            "high": high[one],
            "top": {str(number): f"{share[one]:.3f}" for number, share in top.items()},
            "sure": sure[one],
            "tied_with": ties[one],
        }
        for one in range(count)
    ]


def _rank_sets(precision: Precision) -> list[list[int] | None]:
    values = [float(one) for one in precision.values]
    return [[low, high] for low, high in rank_sets(values, all_pair_errors(precision).tolist())]


def _ties(found: Adjusted, precision: Precision) -> list[list[str]]:
    """Neighbours in rank that differ by less than one standard error of the difference: the marks cannot tell them apart."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    keys = found.fit.ratings.entries
    order = np.argsort(-precision.values, kind="stable")
    ties: list[list[str]] = [[] for _ in keys]
    for step in range(1, 1 + min(NEAR if len(keys) <= MANY else NEAR_IN_MANY, len(keys) - 1)):
        above, below = order[:-step], order[step:]
        apart: Vector = precision.values[above] - precision.values[below]
        close = (apart < pair_errors(precision, above, below)) | (apart <= math.ulp(1.0))
        for one, other in zip(above[close], below[close], strict=True):
            ties[one].append(keys[other])
            ties[other].append(keys[one])
    return ties
