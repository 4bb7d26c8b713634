"""How sure: standard errors, chances of a place, ranges of places, entries that the marks cannot tell apart.

Given the offsets, each entry's quality is known up to s2 / reviews; the offsets themselves up to s2 (L + lam I)^-1, the same for every
entry that a judge read.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final

from leaderboards.engine.severity.arrays import Indices, Matrix, Vector
from leaderboards.engine.severity.ratings import weights
from leaderboards.engine.severity.reml import Fit

DRAWS: Final = 1000
AT_ONCE: Final = 100  # draws that come from the dice together: another number is another result of the same seed
FEW: Final = 100_000  # numbers worked out at the same time: small panels do all draws in one go
INSIDE: Final = 0.90  # share of the draws inside a range of places
ALPHA: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Precision:
    """What the standard errors are made of. `taken`: each entry's row of judges; `spread`: that times the offsets' covariance / s2.

    `values` are what is unsure, in order of the entries. Without offsets (`adjusted` false) only the noise of the marks counts.
    """

    fit: Fit
    adjusted: bool
    values: Vector
    s2: float
    taken: Matrix
    spread: Matrix


def precision_of(fit: Fit, *, adjusted: bool = True, values: Vector | None = None) -> Precision | None:
    """None where no entry was rated twice: then nothing says how noisy the marks are.

    `values`: other than the qualities with the offsets taken off (or the plain means), where the official ones are a little different.
    """
    import numpy as np  # noqa: PLC0415 - only where something is computed

    if fit.s2 is None:
        return None
    if not adjusted or fit.lam is None:
        s2 = float(((fit.ratings.values - fit.means[fit.ratings.rows]) ** 2).sum()) / fit.ratings.df if fit.s2 else 0.0
        nothing = np.zeros((len(fit.ratings.entries), 1))
        return Precision(fit, adjusted, fit.means if values is None else values, s2, nothing, nothing)
    taken = weights(fit.ratings, fit.overlap.reviews)
    turned = taken @ fit.overlap.vectors
    spread = (turned / (fit.overlap.eigenvalues + fit.lam)) @ fit.overlap.vectors.T
    return Precision(fit, adjusted, fit.qualities if values is None else values, fit.s2, taken, spread)


def judge_errors(fit: Fit) -> Vector:
    """The standard error of each offset; 0 where there is nothing to err about."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    if fit.lam is None or fit.s2 is None:
        return np.zeros(len(fit.ratings.judges))
    diagonal = (fit.overlap.vectors**2 / (fit.overlap.eigenvalues + fit.lam)).sum(axis=1)
    found: Vector = np.sqrt(fit.s2 * diagonal)
    return found


def entry_errors(precision: Precision) -> Vector:
    """The standard error of each entry's quality."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    own = 1.0 / precision.fit.overlap.reviews + (precision.taken * precision.spread).sum(axis=1)
    found: Vector = np.sqrt(precision.s2 * own)
    return found


def pair_errors(precision: Precision, first: Indices, second: Indices) -> Vector:
    """The standard error of the difference between entries, pair by pair. Judges who read both do not count."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    apart = precision.taken[first] - precision.taken[second]
    shared = (apart * (precision.spread[first] - precision.spread[second])).sum(axis=1)
    reviews = precision.fit.overlap.reviews
    found: Vector = np.sqrt(precision.s2 * np.maximum(1 / reviews[first] + 1 / reviews[second] + shared, 0.0))
    return found


# --- Places ---------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chances:
    """By entry: the range of places that holds most draws, and how often it came among the first so many."""

    low: tuple[int, ...]
    high: tuple[int, ...]
    top: dict[int, tuple[float, ...]]


def chances(precision: Precision, tops: Sequence[int] = (), *, seed: int = 0, draws: int = DRAWS) -> Chances:
    """Draw offsets, then qualities given the offsets, and see who comes where. The same seed, the same answer. Highest value first."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    dice = np.random.default_rng(seed)
    fit, count = precision.fit, len(precision.fit.ratings.entries)
    noise = np.sqrt(precision.s2 / fit.overlap.reviews)
    places = np.empty((count, draws), dtype=np.int32)
    numbers = np.arange(1, count + 1, dtype=np.int32)[:, None]
    block = AT_ONCE * max(1, FEW // (count * AT_ONCE))
    for start in range(0, draws, block):
        judges, entries = _normals(dice, min(block, draws - start), len(fit.ratings.judges), count)
        drawn = _shift(precision, judges) - precision.values - noise * entries
        np.put_along_axis(places[:, start : start + block], np.argsort(drawn, axis=1).T, numbers, axis=0)
    outside = (1 - INSIDE) / 2
    first, last = math.floor(outside * draws), math.ceil((1 - outside) * draws) - 1
    found = np.partition(places, (first, last), axis=1)
    return Chances(
        low=tuple(found[:, first].tolist()),
        high=tuple(found[:, last].tolist()),
        top={top: tuple((places <= top).mean(axis=1).tolist()) for top in tops},
    )


def _normals(dice: Any, draws: int, judges: int, entries: int) -> tuple[Matrix, Matrix]:
    """Normal numbers for so many draws: of each judge, of each entry."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    sizes = [min(AT_ONCE, draws - start) for start in range(0, draws, AT_ONCE)]
    both = [(dice.standard_normal((size, judges)), dice.standard_normal((size, entries))) for size in sizes]
    return np.concatenate([one for one, _ in both]), np.concatenate([one for _, one in both])


def _shift(precision: Precision, normal: Matrix) -> Matrix | float:
    """How far the offsets, drawn around the estimated ones, would move each entry."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    fit = precision.fit
    if not precision.adjusted or fit.lam is None:
        return 0.0
    drawn = (normal * np.sqrt(precision.s2 / (fit.overlap.eigenvalues + fit.lam))) @ fit.overlap.vectors.T
    starts = np.flatnonzero(np.diff(fit.ratings.rows, prepend=-1))
    found: Matrix = np.add.reduceat(drawn[:, fit.ratings.columns], starts, axis=1) / fit.overlap.reviews
    return found


def rank_sets(values: Sequence[float], errors: Sequence[Sequence[float]], alpha: float = ALPHA) -> list[tuple[int, int]]:
    """Places that no entry can be denied, all of them right at the same time with probability 1 - alpha (Bonferroni).

    `errors[i][j]`: standard error of the difference of i and j. The best place is after all who are significantly better.
    """
    import numpy as np  # noqa: PLC0415 - only where something is computed

    count = len(values)
    if count < 2:  # noqa: PLR2004 - a pair
        return [(1, count)] * count
    apart = critical(count, alpha) * np.asarray(errors, dtype=np.float64)
    better = np.subtract.outer(np.asarray(values, dtype=np.float64), np.asarray(values, dtype=np.float64))
    np.fill_diagonal(apart, np.inf)
    above, below = (-better > apart).sum(axis=1), (better > apart).sum(axis=1)
    return [(1 + int(one), count - int(other)) for one, other in zip(above, below, strict=True)]


def critical(count: int, alpha: float = ALPHA) -> float:
    """How many standard errors a difference must have among all pairs of so many entries."""
    return NormalDist().inv_cdf(1 - alpha / (count * (count - 1)))


def all_pair_errors(precision: Precision) -> Matrix:
    """The standard error of every difference, as a table."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    shared = precision.taken @ precision.spread.T
    covariance = np.diag(1 / precision.fit.overlap.reviews) + (shared + shared.T) / 2
    own = np.diag(covariance)
    found: Matrix = np.sqrt(precision.s2 * np.maximum(own[:, None] + own[None, :] - 2 * covariance, 0.0))
    return found
