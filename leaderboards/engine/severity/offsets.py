"""What is taken off each judge's marks: exact numbers, so that from here on the pipeline is exact again."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from leaderboards.engine.numbers import Rounding, from_scaled, rounded
from leaderboards.engine.outcome import Fate, JudgeOffsets, UsedMark
from leaderboards.engine.severity.gates import gate, warnings
from leaderboards.engine.severity.ratings import Overlap, Rating, ratings_of, shared_overlap
from leaderboards.engine.severity.reml import fit

DECIMALS: Final = 6
GUARD: Final = 3  # decimals beyond, rounded away first: a value that is exactly half falls the same way on every machine


def judge_offsets(panel: str, criterion: str, rows: Sequence[Rating], known: dict[bytes, Overlap]) -> JudgeOffsets | None:
    """The offsets of a panel's judges from all its marks on a criterion (or whole sheets: criterion ""). None without any mark.

    Where a gate fails there are none, and `why` says so in words. `known`: what criteria share, see `shared_overlap`.
    """
    if not rows:
        return None
    judges, entries = {one.judge for one in rows}, Counter(one.entry for one in rows)
    why = gate(len(judges), len(rows) - len(entries))
    if why:
        return JudgeOffsets(panel, criterion, why, None, {}, ())
    ratings = ratings_of(rows)
    found = fit(ratings, shared_overlap(ratings, known))
    exact = {judge: quantized(float(value)) for judge, value in zip(found.ratings.judges, found.offsets, strict=True)}
    lam = None if found.lam is None else Fraction(repr(found.lam))
    return JudgeOffsets(panel, criterion, "", lam, exact, tuple(warnings(found.overlap)))


def quantized(value: float) -> Fraction:
    """A computed number, exact from here on: 6 decimals, half to the even neighbour."""
    return rounded(from_scaled(round(value * 10 ** (DECIMALS + GUARD)), DECIMALS + GUARD), DECIMALS, Rounding.HALF_EVEN)


def taken_off(marks: Sequence[UsedMark], found: JudgeOffsets | None) -> Sequence[UsedMark]:
    """The counted marks without their judges' offsets; the others, and all where nothing is taken off, as they are."""
    if found is None or found.why:
        return marks
    return [
        mark._replace(used=mark.used - found.offsets[mark.judge], fate=Fate.ADJUSTED)
        if mark.fate is Fate.COUNTED and mark.used is not None
        else mark
        for mark in marks
    ]
