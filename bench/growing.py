"""What grows with the groups of a board by points: its rebuild, beside the probe's; and a read of its first page, which must not."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from bench.harness import Count, Result, Stage, seconds_of
from bench.totals import ROUNDS, Season, empty_totals, same_in_sql, season
from games.recognition.actions import rebuild_totals
from leaderboards.queries import PUBLIC, live_rows

GROWING: Final = {
    "tiny": (20, 40, 80),
    "quick": (500, 2000, 5000),
    "default": (10_000, 30_000, 100_000),
    "full": (10_000, 100_000, 1_000_000),
}
LONG: Final = 1.5
MOST: Final = 15
"""Of each size: runs go on for so many seconds, or so many times; a short one alone says little."""
GROWTH: Final = 1.2
FLAT: Final = 1.3
"""From the smallest to the largest: a rebuild beside the probe's growth, a read by itself."""


def growth(stage: Stage) -> Iterator[Result]:
    """From each size to the next, and in all: how much longer a rebuild takes, beside how much longer the probe does; and a read of the first page."""
    rebuilds, probes, seasons = [], [], []
    sizes = GROWING[stage.sizes.name]
    for number in sizes:
        told = season(f"grow{number}", number, 10)
        seasons.append(told)
        rebuild, probe = _alternately(lambda told=told: _rebuilt(told), lambda told=told: same_in_sql(told))  # type: ignore[misc]
        rebuilds.append(rebuild)
        probes.append(probe)
    reads = _reads(seasons)
    steps = [(at, at + 1, GROWTH) for at in range(len(sizes) - 1)]
    for before, after, most in (*steps, (0, len(sizes) - 1, FLAT)):
        ours, limit = rebuilds[after] / rebuilds[before], probes[after] / probes[before]
        yield Result(
            f"grow {sizes[before]:,} → {sizes[after]:,}: rebuild",
            "x",
            ours,
            limit,
            limit / ours,
            f"≤ {most:g} x limit",
            ours > most * limit,
            (f"{rebuilds[before]:.3g} s → {rebuilds[after]:.3g} s, probe {probes[before]:.3g} s → {probes[after]:.3g} s",),
            "totals rebuilt; limit: truncate + INSERT..SELECT ranked of the same rows",
        )
    read = reads[-1] / reads[0]
    told_reads = " → ".join(f"{one * 1e6:.0f}" for one in reads) + " µs"
    about = "first page from the sorted set; limit: a read that does not grow"
    yield Result(
        f"grow {sizes[0]:,} → {sizes[-1]:,}: read", "x", read, 1, 1 / read, f"≤ {FLAT:g}", read > FLAT, (told_reads,), about
    )


def _alternately(ours: Callable[[], float], limit: Callable[[], float]) -> tuple[float, float]:
    """The medians of both, in turns: three, and more of what takes little time."""
    runs = [(ours(), limit()) for _ in range(3)]
    while len(runs) < MOST and sum(map(sum, runs)) < LONG:
        runs.append((ours(), limit()))
    return statistics.median(one for one, _ in runs), statistics.median(one for _, one in runs)


def _rebuilt(told: Season) -> float:
    empty_totals(told)
    return seconds_of(lambda: rebuild_totals(told.cycle))


def _reads(seasons: Sequence[Season]) -> list[float]:
    """Of each, the median seconds of reading the first page from the set, in turns."""
    took: list[list[float]] = [[] for _ in seasons]
    for _ in range(ROUNDS):
        for told, seconds in zip(seasons, took, strict=True):
            seconds.append(seconds_of(lambda told=told: live_rows(told.board, PUBLIC, "", 0, 50)))  # type: ignore[misc]
    return [statistics.median(one) for one in took]


ROWS: Final = (Count("grow", "how much longer at several sizes", growth),)
