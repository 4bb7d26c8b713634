"""Marks that lie far from what their entry and their judge lead one to expect: for a human to look at, never changed silently."""

from typing import Final, NamedTuple

from leaderboards.engine.severity.reml import Fit

FAR: Final = 2.5  # residual standard deviations
SINGLE: Final = 1.5  # an entry with one review agrees with itself


class Outlier(NamedTuple):
    """A mark, and how many residual standard deviations it lies above (or below) what was expected."""

    entry: str
    judge: str
    distance: float


def outliers(fit: Fit, far: float = FAR) -> list[Outlier]:
    """The marks beyond, the furthest first. The entry's own mean gives way to each of its marks; that is allowed for."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    if not fit.s2:
        return []
    reviews = fit.overlap.reviews[fit.ratings.rows]
    judged = reviews > SINGLE
    usual = np.sqrt(fit.s2 * (1 - 1 / np.where(judged, reviews, 2.0)))
    distances = np.where(judged, fit.residuals / usual, 0.0)
    found = [
        Outlier(
            fit.ratings.entries[fit.ratings.rows[place]], fit.ratings.judges[fit.ratings.columns[place]], float(distances[place])
        )
        for place in np.flatnonzero(np.abs(distances) > far)
    ]
    return sorted(found, key=lambda one: (-abs(one.distance), one.entry, one.judge))
