"""Durable writes: one score or entry at a time beside single commits, and very many scores at once beside COPY of the same rows."""

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Final

from django.db import connection

from bench.boards import analyse
from bench.client import Load, load
from bench.contests import SEED, TOP, Contest, assign, begun, enter
from bench.copying import CopyAgain
from bench.doors import THREADS, mark_request, submit_request, web
from bench.harness import Pair, Race, Stage, seconds_of, watched
from bench.people import judges
from games.bundles.actions.scores import ScoreRow, import_scores
from games.journal.models import JournalEntry
from games.judging.models import Mark, Sheet
from games.judging.rules import SheetState

COMMITS: Final = {"tiny": 20, "quick": 300}
MANY: Final = {"tiny": (6, 2, 2), "quick": (1000, 5, 5), "default": (3000, 5, 5), "full": (10_000, 5, 5)}
"""Entries, judges, criteria."""
SINGLE: Final = (
    "CREATE TABLE IF NOT EXISTS bench_single (id bigint GENERATED ALWAYS AS IDENTITY, team int, points int, at timestamptz)"
)


def commits(stage: Stage) -> float:
    """Rows committed one by one on one connection, per second."""
    number = COMMITS.get(stage.sizes.name, 1000)
    with connection.cursor() as cursor:
        cursor.execute(SINGLE)
    one = connection.connection  # the driver's own: nothing of the framework is in between
    with watched() as watch:
        for _ in range(number):
            one.execute("INSERT INTO bench_single (team, points, at) VALUES (%s, %s, now())", (5, 10))
    return number / watch.seconds


def _durable(stage: Stage, make: Callable[[Stage], bytes], expected: int) -> Iterator[Pair]:
    port, number = stage.once(web), stage.sizes.requests
    seen: list[Load] = []
    load(port, [make(stage) for _ in range(2 * THREADS)], connections=THREADS, expected=expected)

    def ours() -> float:
        seen.append(load(port, [make(stage) for _ in range(number)], connections=stage.sizes.connections, expected=expected))
        return seen[-1].rate

    def notes() -> list[str]:
        slow = sorted(one.p99 for one in seen)[len(seen) // 2] * 1000
        return [f"one web process, {stage.sizes.connections} connections; p99 {slow:.0f} ms; statements: see the rows sql"]

    yield Pair(ours, lambda: commits(stage), notes)


def durable(make: Callable[[Stage], bytes], expected: int = 200) -> Callable[[Stage], AbstractContextManager[Pair]]:
    """Requests of one kind through a web process."""
    return contextmanager(partial(_durable, make=make, expected=expected))


# --- Very many at once ------------------------------------------------------------------------------------------------------------------


@contextmanager
def importing(stage: Stage) -> Iterator[Pair]:
    """Marks of every judge on every entry, checked, made final and journalled; the limit copies the marks and entries of the journal."""
    entries, number, criteria = MANY[stage.sizes.name]
    contest = begun("scores", tasks=1, criteria=criteria, groups=entries, judges=number)
    enter(contest)
    judges(contest)
    assign(contest, SheetState.ASSIGNED)
    analyse()
    rows = _rows(contest, criteria)
    limits: list[CopyAgain] = []

    def ours() -> float:
        _forget(contest)
        return seconds_of(lambda: import_scores(challenge=contest.tasks[0], panel="jury", rows=rows, by=None))

    def limit() -> float:
        if not limits:
            sheets = f"sheet_id IN (SELECT id FROM games_sheet WHERE challenge_id = {contest.tasks[0].pk})"
            entries = f"cycle_id = {contest.cycle.pk} AND kind = 'sheet.finalized'"
            limits.append(CopyAgain({"games_mark": sheets, "games_journalentry": entries}))
        return limits[0]()

    yield Pair(
        ours, limit, lambda: [f"{len(rows):,} scores on {len(rows) // criteria:,} sheets; {limits[0].total:,} rows copied"]
    )


def _rows(contest: Contest, criteria: int) -> list[ScoreRow]:
    chance = random.Random(SEED)
    keys = [(judge.key, f"c{criterion}") for judge in contest.judges for criterion in range(1, criteria + 1)]
    return [ScoreRow(one.key, *key, str(chance.randint(2, 2 * TOP) / 2)) for one in contest.groups for key in keys]


def _forget(contest: Contest) -> None:
    sheets = Sheet.objects.filter(challenge=contest.tasks[0])
    Mark.objects.filter(sheet__challenge=contest.tasks[0]).delete()
    JournalEntry.objects.filter(cycle_id=contest.cycle.pk, kind="sheet.finalized").delete()
    sheets.update(state=SheetState.ASSIGNED.value, version=None, final_at=None, revision=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE games_sheet, games_mark, games_journalentry")


LIMIT: Final = "limit: rows committed one by one, no framework"
ROWS: Final = (
    Race("write-score", f"a sheet of five marks made final, durable when answered; {LIMIT}", "/s", durable(mark_request), 0.1),
    Race("write-entry", f"a version handed in, durable when answered; {LIMIT}", "/s", durable(submit_request, 201), 0.1),
    Race(
        "import-scores",
        "marks of many sheets at once, checked and journalled; limit: COPY of the same rows",
        "s",
        importing,
        0.25,
    ),
)
