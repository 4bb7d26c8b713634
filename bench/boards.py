"""A judged board from the database, computed and stored; and the whole recompute run of many groups with many entries."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection

from bench.contests import Contest, judged
from bench.copying import CopyAgain
from bench.harness import Pair, Race, Stage, seconds_of, watched
from games.judging.queries.looks import waits_in
from games.progression.actions import waive_looks
from games.results.actions import Sides, recompute_now, refresh_boards, request_settle, store_scores
from games.results.models import ChallengeScore
from games.results.queries import facts_of
from games.results.rules import RunState
from leaderboards.engine.facts import Facts
from leaderboards.engine.pipeline import compute
from leaderboards.models import Standing
from worker.steps import do_step

SCORES: Final = "games_challengescore"
STANDINGS: Final = "leaderboards_standing"


def board(stage: Stage) -> Contest:
    """The judged board."""
    entries, judges, criteria = stage.sizes.board
    contest = judged("board", tasks=1, criteria=criteria, groups=entries, judges=judges)
    analyse()
    return contest


def analyse() -> None:
    """The planner knows what is there, as it would after a while by itself."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def facts(stage: Stage) -> Facts:
    """Its facts."""
    return facts_of(stage.once(board).cycle)


def forget(contest: Contest) -> None:
    """As if it had never been computed."""
    scores = ChallengeScore.objects.filter(challenge__round__cycle=contest.cycle)
    scores._raw_delete(scores.db)
    rows = Standing.objects.filter(board__scope=contest.cycle.pk)
    rows._raw_delete(rows.db)


def stored(contest: Contest) -> CopyAgain:
    """The result rows of a contest, to be copied again."""
    tasks = ", ".join(str(task.pk) for task in contest.tasks)
    return CopyAgain({SCORES: f"challenge_id IN ({tasks})", STANDINGS: f"board_id = {contest.board.pk}"})


@contextmanager
def whole(stage: Stage) -> Iterator[Pair]:
    """Read, compute, store, against the engine alone: the ratio is the engine's share of the time."""
    contest, found = stage.once(board), stage.once(facts)

    def ours() -> float:
        forget(contest)
        return seconds_of(lambda: recompute_now(contest.cycle))

    yield Pair(ours, lambda: seconds_of(lambda: compute(contest.design, found)), lambda: [f"{len(found.marks):,} marks"])


@contextmanager
def again(stage: Stage) -> Iterator[Pair]:
    """The same facts once more: nothing is written."""
    contest, found = stage.once(board), stage.once(facts)
    recompute_now(contest.cycle)
    yield Pair(
        lambda: seconds_of(lambda: recompute_now(contest.cycle)), lambda: seconds_of(lambda: compute(contest.design, found))
    )


@contextmanager
def reading(stage: Stage) -> Iterator[Pair]:
    """Rows into facts, against the same marks fetched as plain tuples."""
    contest = stage.once(board)
    plain = (
        "SELECT s.challenge_id, s.group_id, s.judge_id, m.criterion, m.value, m.state FROM games_mark m"
        " JOIN games_sheet s ON s.id = m.sheet_id WHERE s.challenge_id = %s"
    )

    def fetch() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(plain, [contest.tasks[0].pk])
            return list(cursor.fetchall())

    yield Pair(lambda: seconds_of(lambda: facts_of(contest.cycle)), lambda: seconds_of(fetch))


@contextmanager
def storing(stage: Stage) -> Iterator[Pair]:
    """Scores and standings written for the first time, against COPY of the same rows."""
    contest = stage.once(board)
    outcome = compute(contest.design, stage.once(facts))
    recompute_now(contest.cycle)
    limit = stored(contest)

    def ours() -> float:
        forget(contest)
        with watched() as watch:
            store_scores(contest.cycle, outcome)
            refresh_boards(contest.cycle, Sides(outcome, outcome))
        return watch.seconds

    yield Pair(ours, limit, lambda: [f"{limit.total:,} rows"])


@contextmanager
def run_of_tasks(stage: Stage) -> Iterator[Pair]:
    """The settle run, step by step as a worker takes it, to the published snapshot."""
    groups, tasks, judges, criteria = stage.sizes.tasks
    contest = judged("tasks", tasks=tasks, criteria=criteria, groups=groups, judges=judges)
    analyse()
    recompute_now(contest.cycle)
    if waits_in(contest.round).all:  # where there are enough marks, some lie far off by chance
        waive_looks(contest.round, by=None, reason="Marks by chance lie far off here and there.")
    found = facts_of(contest.cycle)
    told: dict[str, float] = {}

    def ours() -> float:
        forget(contest)
        run = request_settle(contest.round, by=None, reason="bench", publish=True)
        state = RunState.WAITING
        while state not in {RunState.DONE, RunState.FAILED}:
            step = run.step
            with watched() as watch:
                done = do_step(run.pk)
            assert done is not None, "nobody else is there to hold the run"
            assert not done.error, done.error
            told[step] = watch.seconds
            run, state = done, RunState(done.state)
        assert state is RunState.DONE, run.error
        return sum(told.values())

    def notes() -> list[str]:
        steps = ", ".join(f"{step} {seconds:.2f}" for step, seconds in told.items())
        return [f"{groups:,} groups × {tasks} entries, {len(found.marks):,} marks; seconds of the last run: {steps}"]

    yield Pair(ours, lambda: seconds_of(lambda: compute(contest.design, found)), notes)


ROWS: Final = (
    Race("board", "judged board from the database, stored; limit: the engine alone (ratio = its share of the time)", "s", whole),
    Race("board-again", "the same facts again, nothing to write; limit: the engine alone", "s", again),
    Race("board-read", "rows into facts; limit: the same marks fetched as tuples", "s", reading),
    Race("board-store", "scores and standings; limit: COPY of the same rows", "s", storing),
    Race("run", "the whole recompute run, published; limit: the engine alone", "s", run_of_tasks, within=60),
)
