"""How well the true order of entries is found again from a few judges' marks: the plain mean, z-scores per judge, and ours.

Marks are made up: quality of the entry + severity of the judge + noise, in six ways of dealing entries to judges. Every method sees the
same marks. `./run bench --only recovery`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.harness import Count, Result, Stage
from bench.table import SPEARMAN
from leaderboards.engine.severity.gates import gate
from leaderboards.engine.severity.ratings import Ratings
from leaderboards.engine.severity.reml import fit

type Row = NDArray[np.float64]
type Places = NDArray[np.intp]

DRAWS: Final[Mapping[str, int]] = {"tiny": 3, "quick": 40}
WHOLE: Final = 200
EACH: Final = 3  # judges that read an entry
SEVERITIES: Final = (0.0, 0.7, 1.2)  # standard deviations; that of quality inside a track is 1
NEAR: Final = 0.003
MATTERS: Final = 0.7


@dataclass(frozen=True, slots=True)
class Deal:
    """A way of dealing. `tracks`: judges stay in theirs, and tracks differ in quality; `bridges`: share of entries read across tracks."""

    name: str
    entries: int
    judges: int
    noise: float = 1.0
    tracks: int = 1
    bridges: float = 0.0


DEALS: Final = (
    Deal("12 entries, 5 judges", 12, 5),
    Deal("30 entries, 10 judges", 30, 10),
    Deal("60 entries, 60 judges", 60, 60),
    Deal("200 entries, 40 judges", 200, 40),
    Deal("4 tracks, nobody reads across", 120, 24, noise=0.8, tracks=4),
    Deal("4 tracks, every tenth read across", 120, 24, noise=0.8, tracks=4, bridges=0.1),
)


def dealt(deal: Deal, dice: Generator) -> Places:
    """Entry × place → judge: even loads, no judge twice on an entry."""
    found = np.empty((deal.entries, EACH), dtype=np.intp)
    across = dice.permutation(deal.entries)[: round(deal.bridges * deal.entries)]
    inside = np.setdiff1d(np.arange(deal.entries), across)
    found[across] = _even(np.arange(deal.judges), len(across), dice)
    for track in range(deal.tracks):
        mine = inside[inside % deal.tracks == track]
        found[mine] = _even(np.arange(track, deal.judges, deal.tracks), len(mine), dice)
    return found


def _even(judges: Places, entries: int, dice: Generator) -> Places:
    """A deck of all judges over and over, dealt out; whoever is dealt an entry twice changes places until nobody is."""
    rounds = max(1, -(-entries * EACH // len(judges)))
    deck = np.concatenate([dice.permutation(judges) for _ in range(rounds)])[: entries * EACH]
    while len(twice := _twice(deck)):
        for one, other in zip(twice, dice.integers(len(deck), size=len(twice)), strict=True):
            deck[[one, other]] = deck[[other, one]]
    return deck.reshape(entries, EACH)


def _twice(deck: Places) -> Places:
    """Where a judge has the entry already."""
    rows = deck.reshape(-1, EACH)
    again = np.zeros(rows.shape, dtype=bool)
    for place in range(1, EACH):
        again[:, place] = (rows[:, :place] == rows[:, place, None]).any(axis=1)
    return np.flatnonzero(again)


@dataclass(frozen=True, slots=True)
class Found:
    """Rank correlations with the truth, one of each draw."""

    raw: Row
    z: Row
    ours: Row


def recovered(deal: Deal, severity: float, draws: int, seed: int) -> Found:
    """Make marks up so many times, and see what each method makes of them."""
    dice = np.random.default_rng(seed)
    found = np.empty((draws, 3))
    for draw in range(draws):
        quality = dice.standard_normal(deal.entries) + np.arange(deal.entries) % deal.tracks
        judges = dealt(deal, dice)
        judges.sort(axis=1)
        marks = quality[:, None] + severity * dice.standard_normal(deal.judges)[judges]
        marks += deal.noise * dice.standard_normal(judges.shape)
        truth = _ranks(quality)
        found[draw] = [
            np.corrcoef(truth, _ranks(one))[0, 1] for one in (marks.mean(axis=1), _z(judges, marks), _ours(judges, marks))
        ]
    return Found(found[:, 0], found[:, 1], found[:, 2])


def _ranks(values: Row) -> Row:
    """Average ranks: z-scores may be equal."""
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    found: Row = (np.cumsum(counts) - (counts - 1) / 2)[at]
    return found


def _z(judges: Places, marks: Row) -> Row:
    """Each judge's marks against their own mean and spread; a judge with one mark, or always the same, says nothing."""
    who, values = judges.ravel(), marks.ravel()
    counts = np.maximum(np.bincount(who), 1)
    means = np.bincount(who, values) / counts
    spread = np.sqrt(np.bincount(who, (values - means[who]) ** 2) / np.maximum(counts - 1, 1))
    known = spread[who] > 0
    scores = np.where(known, (values - means[who]) / np.where(known, spread[who], 1), 0)
    found: Row = scores.reshape(marks.shape).mean(axis=1)
    return found


def _ours(judges: Places, marks: Row) -> Row:
    """As the pipeline does it: behind the gates, severities taken off each mark."""
    present, columns = np.unique(judges.ravel(), return_inverse=True)
    values = marks.ravel()
    ratings = Ratings(
        entries=tuple(str(number) for number in range(len(marks))),
        judges=tuple(str(number) for number in present),
        rows=np.repeat(np.arange(len(marks)), EACH),
        columns=columns.ravel(),
        values=values - values.min(),
        base=Fraction(0),
        given=(),
    )
    if gate(len(present), ratings.df):
        means: Row = marks.mean(axis=1)
        return means
    return fit(ratings).qualities


def lines(stage: Stage) -> Iterator[Result]:
    """A line for each deal and severity."""
    draws = DRAWS.get(stage.sizes.name, WHOLE)
    for number, deal in enumerate(DEALS):
        for severity in SEVERITIES:
            yield line(deal, severity, recovered(deal, severity, draws, seed=number))


def line(deal: Deal, severity: float, found: Found) -> Result:
    """Ours against the plain mean; a gate of the issue where severities are nothing, or much."""
    raw, z, ours = (float(one.mean()) for one in (found.raw, found.z, found.ours))
    best = max(raw, z)
    must, below = "", False
    if severity == 0:
        must, below = f"≥ {best - NEAR:.3f}", ours < best - NEAR
    elif severity >= MATTERS:
        must, below = f"> {raw:.3f}", ours <= raw
    gain = found.ours - found.raw
    error = float(gain.std(ddof=1)) / len(gain) ** 0.5
    return Result(
        name=f"recovery {deal.name}, severity {severity:g}",
        unit=SPEARMAN,
        ours=ours,
        limit=raw,
        ratio=None,
        must=must,
        below=below,
        notes=(f"mean {raw:.3f}, z-score {z:.3f}, ours {ours:.3f} ({ours - raw:+.3f} ± {error:.3f}) over {len(gain)} draws",),
    )


ROWS: Final = (Count("recovery", "Spearman's rank correlation with the true order; limit: the plain mean", lines),)
