"""Who cannot be told apart where several panels' marks are added up: the errors of each, weighed as the board weighs its values.

Panels err on their own, as far as is known: a judge who sits on two of them counts as two.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from leaderboards.engine.severity.analysis import PanelTable
from leaderboards.engine.severity.arrays import Vector
from leaderboards.engine.severity.entries import MANY, NEAR, NEAR_IN_MANY
from leaderboards.engine.severity.gates import MOST_JUDGES
from leaderboards.engine.severity.ratings import ratings_of
from leaderboards.engine.severity.reml import fit, plain_fit
from leaderboards.engine.severity.uncertainty import Precision, precision_of


def precision_in(table: PanelTable) -> Precision | None:
    """How sure the values of a panel are, with severities where the result takes them off. None: no entry was marked twice."""
    ratings = ratings_of(table.sheets)
    found = plain_fit(ratings) if len(ratings.judges) > MOST_JUDGES else fit(ratings)
    return precision_of(found, adjusted=table.applied)


def summed_ties(
    scores: Sequence[tuple[str, Fraction]], parts: Iterable[tuple[Precision, Mapping[str, Fraction]]]
) -> dict[str, list[str]]:
    """Neighbours on a board (group, score; best first) that differ by less than one standard error of the difference.

    `parts`: of each panel how sure it is, and its weight by group; a group without one was not marked by it, or it does not count for it.
    """
    import numpy as np  # noqa: PLC0415 - only where something is computed

    groups = [group for group, _ in scores]
    values = np.array([float(score) for _, score in scores])
    near = min(NEAR if len(groups) <= MANY else NEAR_IN_MANY, len(groups) - 1)
    squares = [np.zeros(len(groups) - step) for step in range(1, near + 1)]
    for precision, weights in parts:
        _add(squares, precision, groups, weights)
    ties: dict[str, list[str]] = {}
    for step, variance in enumerate(squares, start=1):
        close = np.abs(values[:-step] - values[step:]) < np.sqrt(variance)
        for at in np.flatnonzero(close):
            ties.setdefault(groups[at], []).append(groups[at + step])
            ties.setdefault(groups[at + step], []).append(groups[at])
    return ties


def _add(squares: list[Vector], precision: Precision, groups: Sequence[str], weights: Mapping[str, Fraction]) -> None:
    """The variance of the differences that one panel brings, added to those of the others."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    place = {key: at for at, key in enumerate(precision.fit.ratings.entries)}
    known = [at for at, group in enumerate(groups) if group in place and group in weights]
    rows = np.array([place[groups[at]] for at in known], dtype=np.intp)
    factor = np.array([float(weights[groups[at]]) for at in known])
    own = np.zeros(len(groups))
    own[known] = factor**2 / precision.fit.overlap.reviews[rows]
    taken, spread = (np.zeros((len(groups), one.shape[1])) for one in (precision.taken, precision.spread))
    taken[known], spread[known] = factor[:, None] * precision.taken[rows], factor[:, None] * precision.spread[rows]
    for at in range(len(squares)):
        step = at + 1
        shared = ((taken[:-step] - taken[step:]) * (spread[:-step] - spread[step:])).sum(axis=1)
        squares[at] += precision.s2 * np.maximum(own[:-step] + own[step:] + shared, 0.0)
