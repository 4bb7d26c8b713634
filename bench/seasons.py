"""Ratings through many cycles after the last of them was corrected, beside the same after the first was: all of them anew."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.utils.timezone import now

from bench.harness import Pair, Race, Stage, seconds_of
from games.cycles.models import Cycle, Series
from games.groups.models import Group
from games.progression.series import SeriesRule, series_standings
from leaderboards.models import Board, Snapshot

SIZES: Final = {"tiny": (4, 5), "quick": (20, 40)}
WHOLE: Final = (100, 80)
SEED: Final = 20261122
RULE: Final = SeriesRule(by="rating")


@dataclass(frozen=True, slots=True)
class Seasons:
    """A series of cycles that are published; the boards of the first and the last one."""

    series: Series
    cycles: int
    teams: int
    first: Board
    last: Board
    chance: random.Random


def seasons(stage: Stage) -> Seasons:
    """So many cycles, a week apart, with the same teams."""
    cycles, teams = SIZES.get(stage.sizes.name, WHOLE)
    series, chance = Series.objects.create(key="bench-seasons", name="Seasons"), random.Random(SEED)
    begins = now() - timedelta(weeks=cycles + 1)
    before: list[Group] = []
    boards: list[Board] = []
    for number in range(cycles):
        over = begins + timedelta(weeks=number)
        cycle = Cycle.objects.create(
            key=f"season-{number}",
            name=f"Season {number}",
            series=series,
            state="closed",
            public=True,
            starts_at=over,
            ends_at=over,
        )
        new = [Group(cycle=cycle, key=f"t{n}", name=f"Team {n}", predecessor=before[n] if before else None) for n in range(teams)]
        before = Group.objects.bulk_create(new)
        board = Board.objects.create(scope=cycle.pk, key="result", number=1, name="Result", spec={"key": "result"})
        _publish(board, teams, chance)
        boards.append(board)
    return Seasons(series, cycles, teams, boards[0], boards[-1], chance)


def _publish(board: Board, teams: int, chance: random.Random) -> None:
    number = Snapshot.objects.filter(board=board).count() + 1
    order = chance.sample(range(teams), teams)
    rows: list[dict[str, Any]] = [
        {"entry": f"t{n}", "line": 0, "name": f"Team {n}", "bracket": "", "rank": at, "place": str(at), "score": str(teams - at)}
        for at, n in enumerate(order, 1)
    ]
    Snapshot.objects.create(board=board, number=number, design_number=1, rows=rows, digest=f"b{number}", published_at=now())


@contextmanager
def corrected(stage: Stage) -> Iterator[Pair]:
    """A cycle is published again, and the standings are asked for: the last one, and for the limit the first."""
    told = stage.once(seasons)

    def after(board: Board) -> float:
        _publish(board, told.teams, told.chance)
        return seconds_of(lambda: series_standings(told.series, RULE))

    series_standings(told.series, RULE)
    yield Pair(lambda: after(told.last), lambda: after(told.first), lambda: (f"{told.cycles} cycles of {told.teams} teams",))


ROWS: Final = (
    Race(
        "series-corrected",
        "ratings through 100 cycles of 80 teams, the last one published again; limit: the first, so that all are worked out anew",
        "s",
        corrected,
        1.5,
    ),
)
