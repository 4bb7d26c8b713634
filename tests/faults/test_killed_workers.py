"""A worker that is killed at any step, and another that takes over: the end is the same as if nothing had happened."""

import signal
import subprocess
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.recognition.models import Grant
from games.results.actions import claim, due_runs, request_settle
from games.results.models import ChallengeScore, RecomputeRun
from games.results.rules import Step
from games.rounds.models import Entrant, Round
from leaderboards.models import Board, Snapshot, Standing
from tests.factories.results import Played, judge_final, water
from tests.worker.processes import environment, process, until
from worker.steps import do_step, settle_now
from worker.waking import publish

pytestmark = pytest.mark.timeout(480)
real = pytest.mark.django_db(transaction=True)

STANDING = ("board__key", "audience", "entry", "rank", "place", "previous_place", "score", "keys", "values", "changed_version")
TOLD = ("snapshot.published", "round.published", "grant.changed", "group.advanced", "standings.changed", "decision.recorded")


def state(cycle_id: int) -> dict[str, Any]:
    """Everything a settle run leaves, without ids and times."""
    kinds = JournalEntry.objects.filter(cycle_id=cycle_id, kind__in=TOLD).order_by("kind").values_list("kind", flat=True)
    rows: dict[str, Any] = {
        "scores": ChallengeScore.objects.filter(challenge__round__cycle=cycle_id).values_list(
            "challenge__key", "group__key", "score", "explanation"
        ),
        "standings": Standing.objects.filter(board__scope=cycle_id).values_list(*STANDING),
        "versions": Board.objects.filter(scope=cycle_id).values_list("key", "version", "restricted_version"),
        "snapshots": Snapshot.objects.filter(board__scope=cycle_id).values_list("board__key", "number", "digest"),
        "grants": Grant.objects.filter(cycle=cycle_id).values_list("award", "group__key", "place", "amount_cents", "state"),
        "entrants": Entrant.objects.filter(round__cycle=cycle_id).values_list("round__key", "group__key", "via"),
        "rounds": Round.objects.filter(cycle=cycle_id).values_list("key", "visibility"),
    }
    return {"told": list(kinds)} | {name: sorted(found, key=str) for name, found in rows.items()}


def story(played: Played) -> None:
    """Both rounds are marked; the call is published."""
    settle_now(played.rounds["call"], by=None)
    judge_final(played)


@real
def test_a_worker_killed_at_every_step_leaves_the_same_end(tmp_path: Path) -> None:
    """One run, eight workers: each of seven is killed at the next step, everything written and nothing committed; the last finishes."""
    played = water()
    story(played)
    run = request_settle(played.rounds["final"], by=None, publish=True)
    with dying(tmp_path / "log", *Step, "none"):
        until(lambda: RecomputeRun.objects.get(pk=run.pk).state == "done", 400, between=lambda: publish("tick"))
    assert (tmp_path / "log").read_text().splitlines() == [f"{step} {-signal.SIGKILL}" for step in Step]
    assert state(played.cycle.pk) == undisturbed()


def dying(log: Path, *steps: str, lease: float = 0.2) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A line of workers, each killed at the step named for it; see dying.py."""
    if not settings.HAS_REDIS:
        pytest.skip("needs Redis: run it by ./run test")
    return process("-m", "tests.faults.dying", str(log), str(lease), *steps, env=environment())


@pytest.mark.django_db
@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("moment", ["claimed", "committed"])
def test_a_step_that_was_only_claimed_or_whose_successor_was_never_queued_is_found_again(moment: str, step: Step) -> None:
    """The two other moments to die at leave a row, and nothing else: made here without a process."""
    played = water()
    story(played)
    run = request_settle(played.rounds["final"], by=None, publish=True)
    while (step_now := RecomputeRun.objects.get(pk=run.pk).step) != step:
        assert do_step(run.pk) is not None, step_now
    if moment == "claimed":
        assert claim(run.pk, holder="the one who dies") is not None
        assert do_step(run.pk) is None, "the lease still holds"
        RecomputeRun.objects.filter(pk=run.pk).update(lease_until=db_now() - timedelta(seconds=1))
    else:
        assert do_step(run.pk) is not None
    while RecomputeRun.objects.get(pk=run.pk).state != "done":
        assert run.pk in due_runs(db_now()), "the sweep finds it"
        do_step(run.pk)
    assert state(played.cycle.pk) == undisturbed()


@cache
def undisturbed() -> dict[str, Any]:
    """The end of a run that nobody disturbed."""
    calm = water()
    story(calm)
    settle_now(calm.rounds["final"], by=None)
    return state(calm.cycle.pk)


@real
def test_the_database_holds_what_a_killed_worker_had_committed_and_nothing_else(tmp_path: Path) -> None:
    played = water()
    run = request_settle(played.rounds["call"], by=None, publish=True)
    with dying(tmp_path / "log", "snapshot", lease=60) as workers:
        until(lambda: workers.poll() is not None, between=lambda: publish("tick"))
    run.refresh_from_db()
    assert (run.state, run.step) == ("running", "snapshot")
    assert Standing.objects.filter(board__scope=played.cycle.pk).exists()
    assert not Snapshot.objects.exists()
    assert not Round.objects.filter(cycle=played.cycle, published_at__isnull=False).exists()
