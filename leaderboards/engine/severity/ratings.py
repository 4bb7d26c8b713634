"""Who judged what: the table of ratings, and how the judges hang together by the entries that they share."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

from leaderboards.engine.severity.arrays import Indices, Matrix, Vector

BLOCK: Final = 2000  # entries whose row of judges is in memory at the same time
APART: Final = 1e-8  # an eigenvalue below this is zero: one for every group of judges that shares no entry with the others


class Rating(NamedTuple):
    """One value of one judge for one entry: a mark, or a whole sheet."""

    entry: str
    judge: str
    value: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """Ratings in order of keys, so that the order given never matters. `values` are counted from `base`, which is exact.

    `rows` and `columns`: the place of each rating's entry and judge; `given`: the values as they were.
    """

    entries: tuple[str, ...]
    judges: tuple[str, ...]
    rows: Indices
    columns: Indices
    values: Vector
    base: Fraction
    given: tuple[Fraction, ...]

    @property
    def df(self) -> int:
        """Ratings beyond one for each entry: what there is to tell judges apart."""
        return len(self.values) - len(self.entries)


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """How judges share entries: reviews of each entry, sheets of each judge, and the Laplacian of the judges with its eigenvectors."""

    reviews: Vector
    sheets: Vector
    laplacian: Matrix
    eigenvalues: Vector
    vectors: Matrix

    @property
    def components(self) -> int:
        """Groups of judges without a shared entry between them."""
        return int((self.eigenvalues < APART).sum())

    @property
    def lambda2(self) -> float:
        """How well all judges are connected; 0 where they fall apart, infinite for one judge alone."""
        if len(self.eigenvalues) < 2:  # noqa: PLR2004 - the second smallest
            return float("inf")
        return 0.0 if self.components > 1 else float(self.eigenvalues[1])


def ratings_of(rows: Iterable[Rating]) -> Ratings:
    """The table. Raises ValueError where a judge rates an entry twice."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    ordered = sorted(rows, key=_place)
    for before, after in pairwise(ordered):
        if _place(before) == _place(after):
            msg = f'judge "{after.judge}" rates "{after.entry}" twice'
            raise ValueError(msg)
    entries = tuple(dict.fromkeys(one.entry for one in ordered))
    judges = tuple(sorted({one.judge for one in ordered}))
    entry_at = {key: place for place, key in enumerate(entries)}
    judge_at = {key: place for place, key in enumerate(judges)}
    base, values = _from_base([one.value for one in ordered])
    return Ratings(
        entries=entries,
        judges=judges,
        rows=np.array([entry_at[one.entry] for one in ordered], dtype=np.intp),
        columns=np.array([judge_at[one.judge] for one in ordered], dtype=np.intp),
        values=np.array(values, dtype=np.float64),
        base=base,
        given=tuple(one.value for one in ordered),
    )


def _from_base(values: Sequence[Fraction]) -> tuple[Fraction, list[float]]:
    """The lowest value, and all counted from it: the difference is exact, so that a constant on top of all leaves no trace."""
    whole = math.lcm(*(value.denominator for value in values))
    scaled = [value.numerator * (whole // value.denominator) for value in values]
    lowest = min(scaled, default=0)
    return Fraction(lowest, whole), [(one - lowest) / whole for one in scaled]


def _place(one: Rating) -> tuple[str, str]:
    return one.entry, one.judge


def overlap_of(ratings: Ratings) -> Overlap:
    """L = diag(sheets) - A' diag(1/reviews) A of the incidence A, taken apart into eigenvalues and eigenvectors."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    reviews = np.bincount(ratings.rows, minlength=len(ratings.entries)).astype(np.float64)
    sheets = np.bincount(ratings.columns, minlength=len(ratings.judges)).astype(np.float64)
    laplacian = np.diag(sheets)
    for start in range(0, len(ratings.entries), BLOCK):
        part = weights(ratings, reviews, start, start + BLOCK)
        laplacian -= part.T @ (part * reviews[start : start + BLOCK, None])
    eigenvalues, vectors = np.linalg.eigh((laplacian + laplacian.T) / 2)
    return Overlap(reviews, sheets, laplacian, np.clip(eigenvalues, 0.0, None), vectors)


def shared_overlap(ratings: Ratings, known: dict[bytes, Overlap]) -> Overlap:
    """The overlap, taken apart once for all ratings of the same sheets: the criteria of a panel share it. `known` is filled."""
    told = repr((ratings.entries, ratings.judges)).encode() + ratings.rows.tobytes() + ratings.columns.tobytes()
    if told not in known:
        known[told] = overlap_of(ratings)
    return known[told]


def weights(ratings: Ratings, reviews: Vector, start: int = 0, stop: int | None = None) -> Matrix:
    """The incidence of entries start to stop, each row divided by its reviews: times the offsets it is their mean for each entry."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    stop = min(len(ratings.entries), len(ratings.entries) if stop is None else stop)
    first, last = np.searchsorted(ratings.rows, [start, stop])
    rows = ratings.rows[first:last]
    found = np.zeros((stop - start, len(ratings.judges)))
    found[rows - start, ratings.columns[first:last]] = 1.0 / reviews[rows]
    return found
