"""Judges' severities: rating = quality of the entry + offset of the judge + noise, with entries fixed and judges random.

Both random would blame judges who saw strong entries, both fixed would believe every accident of who saw what. The one unknown, how
noisy a judge is against how different judges are (lam), is found by restricted maximum likelihood and rounded BEFORE the offsets are
solved for: with lam published, anybody gets the offsets again by one linear solve.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from leaderboards.engine.severity.arrays import Vector
from leaderboards.engine.severity.ratings import Overlap, Ratings, overlap_of

LEAST: Final = -8.0  # ln lam: judges differ wildly and hardly err
MOST: Final = 12.0  # judges are all alike
STEP: Final = 0.25
DIGITS: Final = 6  # significant digits of lam
HALVINGS: Final = 45
FLAT: Final = 1e-7  # of a log-likelihood: no difference, and more than what floats make of equal ones
SILENT: Final = 1e-9  # residuals this small against the values are no disagreement but the rounding of floats


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """What the marks say. `lam` None: judges agree to the last digit, or nothing can be told apart; then the offsets are 0.

    `s2` is the variance of a single rating's noise, None where no entry was rated twice; `sb2` that of the judges. An offset above 0
    is a lenient judge. `qualities` and `means`: of each entry with and without the offsets, counted from the base of the ratings.
    """

    ratings: Ratings
    overlap: Overlap
    lam: float | None
    s2: float | None
    sb2: float
    offsets: Vector
    qualities: Vector
    means: Vector

    @property
    def residuals(self) -> Vector:
        """What is left of each rating without its entry's quality and its judge's offset."""
        found: Vector = self.ratings.values - self.qualities[self.ratings.rows] - self.offsets[self.ratings.columns]
        return found


def fit(ratings: Ratings, overlap: Overlap | None = None) -> Fit:
    """Estimate. `overlap` saves taking it apart again where the same judges rated the same entries."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    overlap = overlap or overlap_of(ratings)
    judges = len(ratings.judges)
    means = np.bincount(ratings.rows, ratings.values, len(ratings.entries)) / overlap.reviews
    rest = ratings.values - means[ratings.rows]
    squares, df = float(rest @ rest), ratings.df
    largest = float(ratings.values.max(initial=0.0))
    if df <= 0 or squares <= len(ratings.values) * (SILENT * largest) ** 2:
        return Fit(ratings, overlap, None, 0.0 if df > 0 else None, 0.0, np.zeros(judges), means, means)
    sums = np.bincount(ratings.columns, rest, judges)
    turned = overlap.vectors.T @ sums
    lam = significant(_best(overlap.eigenvalues, turned**2, squares, df))
    offsets = np.linalg.solve(overlap.laplacian + lam * np.eye(judges), sums)
    s2 = _noise(overlap.eigenvalues, turned**2, squares, df, lam)
    qualities = np.bincount(ratings.rows, ratings.values - offsets[ratings.columns], len(ratings.entries)) / overlap.reviews
    return Fit(ratings, overlap, lam, s2, s2 / lam, offsets, qualities, means)


def plain_fit(ratings: Ratings) -> Fit:
    """Without offsets: for panels with so many judges that taking them apart would take minutes."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    reviews = np.bincount(ratings.rows, minlength=len(ratings.entries)).astype(np.float64)
    sheets = np.bincount(ratings.columns, minlength=len(ratings.judges)).astype(np.float64)
    means = np.bincount(ratings.rows, ratings.values, len(ratings.entries)) / reviews
    rest = ratings.values - means[ratings.rows]
    s2 = float(rest @ rest) / ratings.df if ratings.df > 0 else None
    nothing = np.zeros((0, 0))
    overlap = Overlap(reviews, sheets, nothing, np.zeros(0), nothing)
    return Fit(ratings, overlap, None, s2, 0.0, np.zeros(len(ratings.judges)), means, means)


def significant(value: float) -> float:
    """Rounded to so many significant digits."""
    return float(f"{value:.{DIGITS - 1}e}")


def _noise(values: Vector, squared: Vector, squares: float, df: int, lam: float) -> float:
    """s2 for a given lam. Where judges differ and never err it would be 0: then as little as can be told."""
    return max(squares - float((squared / (values + lam)).sum()), squares * SILENT) / df


def _criterion(values: Vector, squared: Vector, squares: float, df: int, logs: Vector) -> Vector:
    """The restricted likelihood at each ln lam, turned over: smaller is likelier."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    lams = np.exp(logs)[:, None]
    noise = np.maximum(squares - (squared / (values + lams)).sum(axis=1), squares * SILENT) / df
    found: Vector = 0.5 * (df * np.log(noise) + np.log1p(values / lams).sum(axis=1))
    return found


def _slope(eigen: Sequence[tuple[float, float]], squares: float, df: int, log: float) -> float:
    """Its derivative. Searching where it crosses zero finds lam to the last digits, which searching the flat bottom does not.

    `eigen`: each eigenvalue with its square. Plain numbers: a panel has few judges, and this is asked 45 times.
    """
    lam = math.exp(log)
    steep = explained = falling = 0.0
    for value, squared in eigen:
        share = 1.0 / (value + lam)
        steep += squared * share * share
        explained += squared * share
        falling += value * share
    return 0.5 * (df * lam * steep / max(squares - explained, squares * SILENT) - falling)


def _best(values: Vector, squared: Vector, squares: float, df: int) -> float:
    """The likeliest lam: the best of a grid over ln lam, then halving between its neighbours. As likely: the one that adjusts less."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    grid = np.linspace(LEAST, MOST, round((MOST - LEAST) / STEP) + 1)
    found = _criterion(values, squared, squares, df, grid)
    place = int(np.flatnonzero(found <= found.min() + FLAT)[-1])
    low, high = float(grid[max(place - 1, 0)]), float(grid[min(place + 1, len(grid) - 1)])
    eigen = list(zip(values.tolist(), squared.tolist(), strict=True))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _slope(eigen, squares, df, middle) > FLAT:
            high = middle
        else:
            low = middle
    return math.exp((low + high) / 2)
