"""Very large boards of points: everything emptied and built again, what grows with the groups, and one score that changed."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, Final

from django.conf import settings
from django.db import connection

from backend.services.ports import HOST
from bench.contests import SEED, begun
from bench.copying import in_bulk
from bench.doors import API, web
from bench.harness import Pair, Race, Stage, seconds_of, watched
from bench.people import captains
from games.cycles.models import Cycle
from games.playbooks.schema import Design, parse_design
from games.recognition.actions import follow_ranks, rebuild_totals
from games.recognition.actions.points import ROOM
from games.recognition.models import Points, PointsCursor
from leaderboards import ranked
from leaderboards.models import Board
from leaderboards.queries import place_of

SIZES: Final = {"tiny": (60, 4), "quick": (2000, 20), "default": (20_000, 20), "full": (100_000, 20)}
"""Groups, and rows of points for each."""
SET_OF: Final = {"tiny": 100, "quick": 10_000, "default": 100_000, "full": 1_000_000}
ROUNDS: Final = 500
MEMBERS: Final = "INSERT INTO games_group (cycle_id, key, name, kind, division, columns, state, invite_code, rank_hidden, unnamed, created_at) "
SAME: Final = (
    "INSERT INTO bench_ranked SELECT g, p, m, rank() OVER (ORDER BY p DESC, m) FROM ("
    "SELECT group_id g, sum(amount) p, max(at) m FROM games_points WHERE cycle_id = %s AND generation = 1 AND group_id IS NOT NULL "
    "GROUP BY group_id) q"
)
SETTLED: Final = "CHECKPOINT"
"""Before each run of either side. A database that has run for a while has files for its log; a new one makes one for every 16 MB, while one waits."""


@dataclass(frozen=True, slots=True)
class Season:
    """A cycle with points, all read, and its board; the token of somebody who may see it."""

    cycle: Cycle
    board: Board
    groups: int
    rows: int
    token: str


def rules(key: str) -> Design:
    """A board by points alone."""
    board = {"key": "result", "source": "points", "ranked": "enrolled", "rounds": []}
    written: dict[str, Any] = {
        "format": 1,
        "cycle": {"key": key, "name": f"Bench {key}"},
        "rounds": [{"key": "call", "name": "Call"}],
        "rules": [{"key": "entry", "event": "submission.received", "points": 10}],
        "boards": [board],
    }
    return parse_design(written)


def season(key: str, groups: int, each: int) -> Season:
    """So many groups with so many rows of points each, put there by the database itself."""
    contest = begun(key, tasks=0, criteria=0, groups=1, judges=0, design=rules(key))
    token = captains(contest, contest.groups)[0]
    cycle = contest.cycle
    with in_bulk() as cursor:
        cursor.execute(
            MEMBERS + "SELECT %s, 'k' || lpad(n::text, 8, '0'), 'Group ' || n, 'team', '', '{}', 'active', '', false, '', now() "
            "FROM generate_series(2, %s) n",
            [cycle.pk, groups],
        )
        cursor.execute("SELECT min(id), max(id) FROM games_group WHERE cycle_id = %s", [cycle.pk])
        first, last = cursor.fetchone() or (0, 0)
        cursor.execute(
            "INSERT INTO games_points (cycle_id, generation, seal, rule, subject, design_number, group_id, repeats, amount, at) "
            "SELECT %s, 1, n, 'entry', 'submission:' || n, 1, %s + (random() * %s)::int, 0, 10 * (1 + (random() * 49)::int), "
            "now() - random() * interval '2 days' FROM generate_series(1, %s) n",
            [cycle.pk, first, last - first, groups * each],
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE games_points, games_group")
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_ranked (g bigint PRIMARY KEY, p bigint, m timestamptz, r int)")
    PointsCursor.objects.update_or_create(cycle=cycle, defaults={"seal": groups * each})
    rebuild_totals(cycle)
    Board.objects.filter(pk=contest.board.pk).update(sorted_set=True, live=True)
    board = Board.objects.get(pk=contest.board.pk)
    follow_ranks(cycle, [board])
    return Season(cycle, board, groups, groups * each, token)


def large(stage: Stage) -> Season:
    """The one whose page is asked for."""
    return season("totals", *SIZES[stage.sizes.name])


def empty_redis() -> None:
    """All that is ours in Redis is gone."""
    one = ranked.client()
    for keys in iter(lambda: list(one.scan_iter(f"{settings.PREFIX}*", count=5000)), []):
        one.unlink(*keys)


def empty_totals(told: Season) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM games_pointstotal WHERE cycle_id = %s", [told.cycle.pk])
        cursor.execute("VACUUM ANALYZE games_pointstotal")
        cursor.execute(SETTLED)


def moved(told: Season) -> None:
    """Nobody may answer from what was kept in a process."""
    version = Board.objects.get(pk=told.board.pk).version + 1
    Board.objects.filter(pk=told.board.pk).update(version=version, restricted_version=version)


def first_page(port: int, told: Season) -> bytes:
    """The first page by HTTP; it must be the right one."""
    asked = HTTPConnection(HOST, port, timeout=60)
    asked.request("GET", f"{API}/boards/{told.board.pk}/standings", headers={"Authorization": f"Bearer {told.token}"})
    answer = asked.getresponse()
    body = answer.read()
    asked.close()
    if answer.status != 200 or body.count(b'"rank"') != min(50, told.groups):
        message = f"{answer.status} {body[:300]!r}"
        raise RuntimeError(message)
    return body


def until_the_set_stands(told: Season) -> float:
    """Seconds of filling the set again: nobody waits for it."""
    return seconds_of(lambda: follow_ranks(told.cycle))


def same_in_sql(told: Season) -> float:
    """Seconds of the probe: the same rows summed and ranked into an empty table, with as much room for the sums as we ask for."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench_ranked")
        cursor.execute(SETTLED)
        cursor.execute(f"SET work_mem = {ROOM}")
        seconds = seconds_of(lambda: cursor.execute(SAME, [told.cycle.pk]))
        cursor.execute("RESET work_mem")
    return seconds


@contextmanager
def cold(stage: Stage) -> Iterator[Pair]:
    """Totals and Redis emptied, to the bytes of the first page; the limit sums and ranks the same rows into an empty table."""
    told, port = stage.once(large), stage.once(web)
    filled: list[float] = []
    first_page(port, told)

    def ours() -> float:
        empty_totals(told)
        empty_redis()
        moved(told)
        with watched() as watch:
            rebuild_totals(told.cycle)
            first_page(port, told)
        filled.append(until_the_set_stands(told))
        return watch.seconds

    def notes() -> list[str]:
        return [f"{told.groups:,} groups, {told.rows:,} rows of points; the set stood {min(filled):.2f} s later"]

    yield Pair(ours, lambda: same_in_sql(told), notes)


@contextmanager
def cache_lost(stage: Stage) -> Iterator[Pair]:
    """Redis emptied, totals kept, to the bytes of the first page; the limit sums and ranks the same rows in memory, with NumPy."""
    import numpy as np  # noqa: PLC0415 never loaded where it is not asked for

    told, port = stage.once(large), stage.once(web)
    rows = Points.objects.filter(cycle=told.cycle).order_by("at").values_list("group_id", "amount", "at")
    found = list(rows.iterator(50_000))
    ids, group = np.unique(np.array([one[0] for one in found]), return_inverse=True)
    amount, at = np.array([one[1] for one in found]), np.array([one[2].timestamp() for one in found])
    found.clear()
    first_page(port, told)

    def ours() -> float:
        empty_redis()
        moved(told)
        seconds = seconds_of(lambda: first_page(port, told))
        until_the_set_stands(told)
        return seconds

    def in_memory() -> None:
        sums = np.bincount(group, weights=amount, minlength=len(ids))
        last = np.zeros(len(ids))
        last[group] = at  # in order of time: the last one stays
        order = np.lexsort((last, -sums))
        ranks = np.empty(len(ids), np.int64)
        ranks[order] = np.arange(1, len(ids) + 1)

    yield Pair(ours, lambda: seconds_of(in_memory), lambda: [f"{told.groups:,} groups, {told.rows:,} rows of points"])


# --- One score ----------------------------------------------------------------------------------------------------------------------------


@contextmanager
def one_score(stage: Stage) -> Iterator[Pair]:
    """A changed number put into the set, with its version, and its place read; the limit is ZINCRBY and ZREVRANK on a bare set."""
    number, chance = SET_OF[stage.sizes.name], random.Random(SEED)
    board, bare, one = Board(pk=10**9, sorted_set=True), f"{settings.PREFIX}bare", ranked.client()
    members = (ranked.Member(f"k{n:08}", chance.randrange(1000), f"Group {n}") for n in range(number))
    ranked.build(board.pk, members, at="0", version=0, values={}, unnamed={})
    for start in range(0, number, 5000):
        one.zadd(bare, {f"k{n:08}": chance.randrange(1000) for n in range(start, min(start + 5000, number))})
    moment = [0]

    def put() -> None:
        key = f"k{chance.randrange(number):08}"
        since, moment[0] = str(moment[0]), moment[0] + 1
        changed = ranked.Member(key, chance.randrange(1000), f"Group {int(key[1:])}")
        done = ranked.apply(board.pk, [changed], since=since, until=str(moment[0]), version=moment[0])
        if done is not ranked.Applied.DONE or place_of(board, key) is None:
            message = f"not put: {done!r}"
            raise RuntimeError(message)

    def plain() -> None:
        key = f"k{chance.randrange(number):08}"
        one.zincrby(bare, 10, key)
        one.zrevrank(bare, key)

    def rate(work: Callable[[], None]) -> float:
        with watched() as watch:
            for _ in range(ROUNDS):
                work()
        return ROUNDS / watch.seconds

    yield Pair(lambda: rate(put), lambda: rate(plain), lambda: [f"{number:,} members, {ROUNDS} changes a run, one connection"])
    empty_redis()


ROWS: Final = (
    Race(
        "rebuild-cold",
        "totals and Redis emptied, to the first page's bytes; limit: truncate + INSERT..SELECT ranked",
        "s",
        cold,
        0.5,
    ),
    Race(
        "cache-cold", "Redis emptied, to the first page's bytes; limit: NumPy sums and ranks the same rows", "s", cache_lost, 0.1
    ),
    Race("rank-one", "one number changed, its rank right; limit: ZINCRBY and ZREVRANK", "/s", one_score, round(1 / 3, 3)),
)
