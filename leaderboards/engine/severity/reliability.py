"""How far judges agree: Krippendorff's alpha, intraclass correlations of complete tables, reliability of the adjusted score.

Everything returns None where it cannot be estimated; nothing divides by zero.
"""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from leaderboards.engine.severity.uncertainty import Precision

PAIR: Final = 2


class Level(StrEnum):
    """What values mean: names, an order, distances, or shares of one another."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def alpha(units: Sequence[Sequence[float]], level: Level = Level.INTERVAL) -> float | None:
    """Krippendorff's alpha: 1 - observed / expected disagreement. `units`: the values each entry got, from however many judges.

    None if no entry has two values, or all values are the same. On the ratio level no value is below zero.
    """
    paired = [unit for unit in units if len(unit) >= PAIR]
    values = [value for unit in paired for value in unit]
    if level is Level.ORDINAL:
        at = _middles(values)
        paired = [[at[value] for value in unit] for unit in paired]
        values = [at[value] for value in values]
    apart = {Level.NOMINAL: _unlike, Level.RATIO: _shares}.get(level, _squares)
    return _ratio(sum(apart(unit) / (len(unit) - 1) for unit in paired), apart(values), paired)


def _ratio(observed: float, expected: float, units: Sequence[Sequence[float]]) -> float | None:
    """Observed and expected are sums over ordered pairs: each is divided by the number of its pairs."""
    count = sum(len(unit) for unit in units)
    return 1 - observed * (count - 1) / expected if expected > 0 else None


def _unlike(values: Sequence[float]) -> float:
    """Ordered pairs of different values."""
    return len(values) ** 2 - sum(count**2 for count in Counter(values).values())


def _shares(values: Sequence[float]) -> float:
    """The squared differences of all ordered pairs, each as a share of the pair's sum."""
    counts = Counter(values).items()
    return sum(n * m * ((one - other) / (one + other)) ** 2 for one, n in counts for other, m in counts if one != other)


def _squares(values: Sequence[float]) -> float:
    """The squared differences of all ordered pairs."""
    middle = sum(values) / len(values) if values else 0.0
    return 2 * len(values) * sum((value - middle) ** 2 for value in values)


def _middles(values: Sequence[float]) -> dict[float, float]:
    """Each value's middle rank: squared distances of these are Krippendorff's ordinal distances."""
    found, below = {}, 0.0
    for value, count in sorted(Counter(values).items()):
        found[value] = below + count / 2
        below += count
    return found


class Icc(NamedTuple):
    """Shrout and Fleiss: of one judge and of the mean of all; judges chosen anew for each entry, at random, or these judges alone."""

    one_way: float
    random: float
    fixed: float
    one_way_mean: float
    random_mean: float
    fixed_mean: float


def icc(table: Sequence[Sequence[float]]) -> Icc | None:
    """Of a complete table, entries by judges. None for a table too small, or without any differences between entries."""
    rows, columns = len(table), len(table[0]) if table else 0
    if rows < PAIR or columns < PAIR:
        return None
    whole = sum(map(sum, table)) / (rows * columns)
    of_rows = [sum(row) / columns for row in table]
    of_columns = [sum(row[place] for row in table) / rows for place in range(columns)]
    between = columns * sum((one - whole) ** 2 for one in of_rows)
    judges = rows * sum((one - whole) ** 2 for one in of_columns)
    total = sum((value - whole) ** 2 for row in table for value in row)
    msr = between / (rows - 1)
    msw = (total - between) / (rows * (columns - 1))
    msc = judges / (columns - 1)
    mse = (total - between - judges) / ((rows - 1) * (columns - 1))
    single, fixed = msr + (columns - 1) * msw, msr + (columns - 1) * mse
    random, mean = fixed + columns * (msc - mse) / rows, msr + (msc - mse) / rows
    if min(msr, single, fixed, random, mean) <= 0:
        return None
    return Icc(
        (msr - msw) / single, (msr - mse) / random, (msr - mse) / fixed, (msr - msw) / msr, (msr - mse) / mean, (msr - mse) / msr
    )


def reliability(precision: Precision) -> float | None:
    """Of the score with so many reviews: how much of the differences between entries is no noise. 0 to 1, None if nothing differs."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    count = len(precision.values)
    if count < PAIR:
        return None
    reviews = precision.fit.overlap.reviews
    own = 1 / reviews + (precision.taken * precision.spread).sum(axis=1)
    among = float((1 / reviews).sum() + precision.taken.sum(axis=0) @ precision.spread.sum(axis=0)) / count
    erring = precision.s2 * (float(own.sum()) - among) / (count - 1)
    true = max(float(np.var(precision.values, ddof=1)) - erring, 0.0)
    noise = precision.s2 * float((1 / reviews).mean())
    return true / (true + noise) if true + noise > 0 else None
