"""Two at the same moment: a run is claimed once, one refresh waits, a board has one version after another."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.utils.timezone import now

from games.results.actions import claim, request_refresh, request_settle
from games.results.models import RecomputeRun
from leaderboards.actions import refresh
from leaderboards.models import Board, Standing
from tests.factories.results import water
from tests.leaderboards.test_boards import some

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each returns (or raises), all started at the same moment in their own thread and connection."""
    gate, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            answers[number] = work()
        except Exception as error:  # noqa: BLE001 the test looks at it
            answers[number] = error  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    return answers


def test_one_of_four_workers_gets_the_run() -> None:
    played = water()
    run = request_settle(played.rounds["call"], by=None)
    answers = at_once(*[lambda holder=holder: claim(run.pk, holder=holder) for holder in "abcd"])
    assert sorted(answer is not None for answer in answers) == [False, False, False, True]
    assert RecomputeRun.objects.get().tries == 1


def test_two_runs_of_a_cycle_are_never_at_work_together() -> None:
    played = water()
    runs = [request_settle(played.rounds["call"], by=None), request_refresh(played.cycle)]
    answers = at_once(*[lambda run=run: claim(run.pk, holder=str(run.pk)) for run in runs])
    assert sorted(answer is not None for answer in answers) == [False, True]


def test_one_refresh_waits_whoever_asks() -> None:
    played = water()
    answers = at_once(*[lambda: request_refresh(played.cycle).pk] * 4)
    assert len(set(answers)) == 1
    assert RecomputeRun.objects.count() == 1


def test_two_refreshes_of_a_board_leave_one_of_both_states_and_every_version_once() -> None:
    board = Board.objects.create(scope=7, key="result", number=1, name="Result")
    refresh(board, "public", some(red=3, blue=2), now=now())
    ways = [some(red=1, blue=2, green=3), some(red=9, blue=1)]
    answers = at_once(*[lambda rows=rows: refresh(Board.objects.get(pk=board.pk), "public", rows, now=now()) for rows in ways])
    assert sorted((one.since, one.version) for one in answers) == [(1, 2), (2, 3)]
    left = dict(Standing.objects.filter(board=board).values_list("entry", "score"))
    assert left in [{"red": "1", "blue": "2", "green": "3"}, {"red": "9", "blue": "1"}]
    assert Board.objects.get(pk=board.pk).version == 3
