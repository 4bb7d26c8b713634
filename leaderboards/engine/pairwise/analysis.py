"""How sure the strengths are: standard errors, chances, reliability, what each judge's votes are like."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import erf, sqrt
from typing import TYPE_CHECKING, Any, Final

from leaderboards.engine.facts import Vote
from leaderboards.engine.pairwise.bradley_terry import RIDGE, Fit, Likelihood, fit, quantized
from leaderboards.engine.pairwise.stopping import Advice, Boundary, Pace, advise
from leaderboards.engine.pairwise.verdicts import HALF, WON, comparisons, components, list_sizes, weight_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS: Final = 1000
SPLITS: Final = 10
BIG: Final = 300  # entries; above, fewer splits are enough
TOPS: Final = (1, 3, 10)
HALVES_FROM: Final = 4  # judges
FIRST_VIEWS: Final = 4  # an entry is shown so often before what is known steers the choice
ONE_SIDED: Final = 0.8
ONE_SIDED_FROM: Final = 20  # verdicts
CONTRARY: Final = 0.5


@dataclass(frozen=True, slots=True)
class EntryAnalysis:
    """An entry: how often it was compared and won (ties half), its strength with standard error, its place, the places it may really have.

    `low` and `high` hold nine of ten draws; `top`: the chance to be among the best 1, 3, 10; `tied_with`: entries within one standard error.
    """

    group: str
    compared: Fraction
    won: Fraction
    strength: Fraction
    se: float
    place: int
    low: int
    high: int
    top: Mapping[int, float]
    tied_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JudgeAnalysis:
    """A judge: verdicts, of these too close, and pairs skipped; how many verdicts agree with the order all judges make together.

    `left`: the share of decided verdicts for the side shown first, which is drawn by lot. `flags`: "one_sided", "contrary".
    """

    judge: str
    votes: int
    ties: int
    skipped: int
    agreement: float | None
    left: float | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """All of it. `reliability_by`: "halves" of the judges, the "first" comparisons (chosen at random), or "all", which flatters.

    `separation`: the scale separation reliability of all votes.
    """

    entries: tuple[EntryAnalysis, ...]
    judges: tuple[JudgeAnalysis, ...]
    parts: tuple[tuple[str, ...], ...]
    verdicts: int
    separation: float | None
    reliability: float | None
    reliability_by: str
    advice: Advice


def analyse(
    votes: Sequence[Vote], entries: Iterable[str], *, lines: Iterable[int] = (), pace: Pace | None = None, ridge: float = RIDGE
) -> Analysis:
    """Analyse votes in order of time. `entries`: everybody who can be compared; `lines`: last places above a prize boundary or a cut."""
    keys = sorted(entries)
    found = fit(comparisons(votes, keys), ridge=ridge)
    covariance, draws = _uncertainty(found)
    separation = _separation(found, covariance)
    reliability, by = _reliability(votes, keys, ridge, separation)
    ranked = sorted(found.keys, key=lambda key: (-found.strengths[key], key))
    parts = tuple(components(((one.a, one.b) for one in comparisons(votes, keys)), keys))
    boundaries = [_boundary(found, covariance, ranked, place) for place in sorted(set(lines)) if 0 < place < len(ranked)]
    seen = [float(found.compared.get(key, 0)) for key in keys]
    return Analysis(
        entries=tuple(_entries(found, covariance, draws, ranked)),
        judges=tuple(_judges(votes, found)),
        parts=parts,
        verdicts=sum(one.count for one in votes if one.outcome in WON and not one.ranking) + len(list_sizes(votes)),
        separation=separation,
        reliability=reliability,
        reliability_by=by,
        advice=advise(seen, parts=len(parts), reliability=reliability, boundaries=boundaries, pace=pace),
    )


def _uncertainty(found: Fit) -> tuple["NDArray[Any]", "NDArray[Any]"]:
    """Covariance of the strengths around their mean (only differences are measured), and draws of them: rows of `DRAWS`."""
    import numpy as np  # noqa: PLC0415 heavy: never loaded by a web process

    size = len(found.keys)
    if not size:
        return np.zeros((0, 0)), np.zeros((DRAWS, 0))
    raw = np.asarray(found.raw)
    whole = Likelihood(found.counts, size, found.ridge).curvature(raw, dense=True)
    if found.ridge == 0:
        whole = whole + 1 / size
    upper = np.linalg.inv(np.linalg.cholesky(whole)).T
    upper = upper - upper.mean(axis=0)
    chance = np.random.default_rng(size).standard_normal((DRAWS, size))
    return upper @ upper.T, raw + chance @ upper.T


def _separation(found: Fit, covariance: "NDArray[Any]") -> float | None:
    """SSR: the part of the spread of strengths that is not error, (var(t) - mean(SE^2)) / var(t), not below 0."""
    size = len(found.keys)
    if size < 3:  # noqa: PLR2004 two strengths are one difference
        return None
    mean = sum(found.raw) / size
    spread = sum((one - mean) ** 2 for one in found.raw) / (size - 1)
    error = float(covariance.trace()) / size
    return max(0.0, (spread - error) / spread) if spread > 0 else 0.0


def separation_of(votes: Sequence[Vote], keys: Sequence[str], ridge: float = RIDGE) -> float | None:
    """The scale separation reliability of these votes alone."""
    found = fit(comparisons(votes, keys), ridge=ridge)
    return _separation(found, _uncertainty(found)[0])


def _reliability(votes: Sequence[Vote], keys: Sequence[str], ridge: float, whole: float | None) -> tuple[float | None, str]:
    judges = {one.judge for one in votes if one.outcome in WON}
    if len(judges) >= HALVES_FROM:
        halves = split_halves(votes, keys, ridge)
        if halves is not None:
            return halves, "halves"
    first = at_first(votes, keys)
    if first:
        return separation_of(first, keys, ridge), "first"
    return whole, "all"


def split_halves(votes: Sequence[Vote], keys: Sequence[str], ridge: float = RIDGE) -> float | None:
    """Judges in two halves, strengths from each, their correlation r stepped up to the whole: 2r / (1 + r); the mean of several splits."""
    import numpy as np  # noqa: PLC0415 heavy: never loaded by a web process

    found = []
    for number in range(SPLITS if len(keys) <= BIG else 3):
        half = _half(votes, number)
        sides = [
            fit(comparisons((one for one in votes if (one.judge in half) is side), keys), ridge=ridge) for side in (True, False)
        ]
        both = [[float(side.strengths[key]) for side in sides] for key in keys if all(key in side.strengths for side in sides)]
        if len(both) < 3:  # noqa: PLR2004 two entries always correlate fully
            return None
        columns = np.asarray(both).T
        if columns[0].std() and columns[1].std():
            table: Any = np.corrcoef(columns)
            alike = float(table[0, 1])
            found.append(max(0.0, 2 * alike / (1 + alike)) if alike > -1 else 0.0)
    return sum(found) / len(found) if found else None


def _half(votes: Iterable[Vote], number: int) -> frozenset[str]:
    """Half of the judges, drawn by the number of the split, so that both halves voted about equally often."""
    counted: dict[str, int] = defaultdict(int)
    for one in votes:
        counted[one.judge] += one.outcome in WON
    lots = sorted(counted, key=lambda key: (-counted[key], hashlib.sha256(f"{number} {key}".encode()).digest()))
    half, weights = set(), [0, 0]
    for first, second in zip(lots[::2], [*lots[1::2], ""], strict=False):
        swap = (
            hashlib.sha256(f"{number} {first} {second}".encode()).digest()[0] & 1
            if weights[0] == weights[1]
            else weights[0] > weights[1]
        )
        mine, other = (second, first) if swap else (first, second)
        half.add(mine)
        weights[0] += counted.get(mine, 0)
        weights[1] += counted.get(other, 0)
    return frozenset(half)


def at_first(votes: Sequence[Vote], keys: Sequence[str]) -> list[Vote]:
    """The votes until every entry was shown often enough for choice by information to begin: those pairs were drawn. Empty before that."""
    waiting = dict.fromkeys(keys, FIRST_VIEWS)
    for number, one in enumerate(votes, start=1):
        for key in (one.a, one.b):
            if key in waiting:
                waiting[key] -= 1
                if not waiting[key]:
                    del waiting[key]
        if not waiting:
            return list(votes[:number])
    return []


def _boundary(found: Fit, covariance: "NDArray[Any]", ranked: Sequence[str], place: int) -> Boundary:
    above, below = ranked[place - 1], ranked[place]
    return Boundary(place, above, below, _chance(found, covariance, above, below))


def _apart(found: Fit, covariance: Any, above: str, below: str) -> tuple[float, float]:
    """(difference, its standard error)."""
    i, j = found.keys.index(above), found.keys.index(below)
    error = sqrt(max(0.0, float(covariance[i, i] + covariance[j, j] - 2 * covariance[i, j])))
    return found.raw[i] - found.raw[j], error


def _chance(found: Fit, covariance: "NDArray[Any]", above: str, below: str) -> float:
    """How likely `above` is really stronger than `below`."""
    difference, error = _apart(found, covariance, above, below)
    return 0.5 * (1 + erf(difference / error / sqrt(2))) if error else 0.5


def _entries(found: Fit, covariance: "NDArray[Any]", draws: "NDArray[Any]", ranked: Sequence[str]) -> Iterable[EntryAnalysis]:
    import numpy as np  # noqa: PLC0415 heavy: never loaded by a web process

    if not ranked:
        return
    places = (-draws).argsort(axis=1).argsort(axis=1) + 1
    low, high = np.quantile(places, [0.05, 0.95], axis=0, method="nearest")
    errors = np.sqrt(np.diagonal(covariance))
    place = 0
    for number, key in enumerate(ranked):
        if number == 0 or found.strengths[key] != found.strengths[ranked[number - 1]]:
            place = number + 1
        i = found.keys.index(key)
        yield EntryAnalysis(
            group=key,
            compared=found.compared[key],
            won=found.won[key],
            strength=found.strengths[key],
            se=float(errors[i]),
            place=place,
            low=int(low[i]),
            high=int(high[i]),
            top={count: float((places[:, i] <= count).mean()) for count in TOPS if count < len(ranked)},
            tied_with=tuple(_neighbours(found, covariance, ranked, number)),
        )


def _neighbours(found: Fit, covariance: "NDArray[Any]", ranked: Sequence[str], number: int) -> Iterable[str]:
    """The entries right above and below that differ by less than one standard error of the difference."""
    for other in (number - 1, number + 1):
        if 0 <= other < len(ranked):
            difference, error = _apart(found, covariance, ranked[number], ranked[other])
            if abs(difference) < error:
                yield ranked[other]


def _judges(votes: Sequence[Vote], found: Fit) -> Iterable[JudgeAnalysis]:
    rows: dict[str, list[Vote]] = defaultdict(list)
    for one in votes:
        rows[one.judge].append(one)
    sizes = list_sizes(votes)
    for judge in sorted(rows):
        told = [one for one in rows[judge] if one.outcome in WON]
        decided = [one for one in told if one.outcome != "tie" and not one.ranking]
        agreement, left = _agreement(told, found, sizes), _share(one.outcome == "a" for one in decided)
        flags = []
        if left is not None and len(decided) >= ONE_SIDED_FROM and not 1 - ONE_SIDED <= left <= ONE_SIDED:
            flags.append("one_sided")
        if agreement is not None and len(told) >= ONE_SIDED_FROM and agreement < CONTRARY:
            flags.append("contrary")
        ties = sum(one.count for one in told if one.outcome == "tie")
        skipped = sum(one.count for one in rows[judge] if not one.outcome)
        yield JudgeAnalysis(judge, sum(one.count for one in told), ties, skipped, agreement, left, tuple(flags))


def _share(told: Iterable[bool]) -> float | None:
    rows = list(told)
    return sum(rows) / len(rows) if rows else None


def _agreement(told: Iterable[Vote], found: Fit, sizes: dict[tuple[str, str], int]) -> float | None:
    """The share of a judge's verdicts, by weight, that put the stronger entry first; a tie of either counts half."""
    agreed = whole = Fraction(0)
    for one in told:
        if one.a in found.strengths and one.b in found.strengths:
            apart = found.strengths[one.a] - found.strengths[one.b]
            weight = one.count * weight_of(one, sizes)
            expected = HALF if not apart else Fraction(apart > 0)
            agreed += weight * (1 - abs(WON[one.outcome] - expected))
            whole += weight
    return float(quantized(float(agreed / whole))) if whole else None
