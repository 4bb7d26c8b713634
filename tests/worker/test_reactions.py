"""From an act to what follows: every process listens, a pulse reacts once, and a broker that is down slows nobody."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from backend.api.models import IdempotencyRecord
from games.journal import actions as journal
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.results.actions import request_settle
from games.results.models import RecomputeRun
from games.results.rules import RunState, Step
from leaderboards.models import Standing
from tests.cast import Cast
from tests.factories.results import scores, water
from worker import reactions, sending, waking
from worker.app import app
from worker.pulse import pulse
from worker.schedule import SCHEDULE
from worker.steps import do_step
from worker.tasks import tick, tidy, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was queued, instead of queueing it."""
    found: list[tuple[Any, ...]] = []
    for module in ("worker.waking", "worker.reactions", "worker.pulse", "worker.tasks"):
        monkeypatch.setattr(f"{module}.publish", lambda *told, countdown=None: found.append(told) or True)
    waking._state.update(woke=-1.0, covered_until=0.0)
    return found


def test_every_process_listens_to_every_kind_of_act() -> None:
    """Django's start connected the reactions: web, live, worker and command line alike."""
    assert set(journal._listeners) == {kind.value for kind in Kind}


def test_an_act_wakes_a_worker_after_its_commit_and_not_if_it_is_rolled_back(
    published: list[Any], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        record(Kind.ROUND_OPENED, cycle_id=1)
        assert published == []
    assert published == [("pulse",)]


def test_a_burst_of_acts_asks_for_two_pulses(
    published: list[Any], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(100):
            record(Kind.GROUP_ADVANCED, cycle_id=1)
    assert published == [("pulse",), ("pulse",)], "one at once, one when the burst is over"


@pytest.mark.skipif(not settings.HAS_REDIS, reason="needs a broker")
def test_one_pulse_stands_for_all_that_are_asked_for_until_it_has_run(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(waking, "send", lambda task, *_, **__: sent.append(task))
    monkeypatch.setitem(waking._state, "quiet_until", 0.0)
    waking.pulsed()
    assert [waking.publish("pulse") for _ in range(3)] == [True, True, True]
    assert sent == ["worker.tasks.pulse"]
    pulse()
    waking.publish("pulse")
    assert sent == ["worker.tasks.pulse"] * 2
    waking.pulsed()


def test_acts_of_whoever_looks_wake_nobody(published: list[Any], django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    with waking.looking(), django_capture_on_commit_callbacks(execute=True):
        record(Kind.ROUND_OPENED, cycle_id=1)
    assert published == []


def test_an_act_that_comes_while_a_pulse_ends_is_looked_at_by_another(
    published: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.pulse.pulsed", lambda: record(Kind.ROUND_OPENED, cycle_id=1))
    pulse()
    assert published == [("pulse",)]


def test_a_refresh_counts_what_nobody_has_sealed_yet(published: list[Any]) -> None:
    played = water()
    pulse()
    run = RecomputeRun.objects.get()
    entry = record(Kind.SHEET_FINALIZED, cycle_id=played.cycle.pk)
    do_step(run.pk)
    entry.refresh_from_db()
    assert entry.seal is not None


def test_a_pulse_refreshes_the_cycles_in_which_something_happened(published: list[Any]) -> None:
    played = water()
    pulse()
    run = RecomputeRun.objects.get()
    assert ("work", run.pk) in published
    while do_step(run.pk):
        pass
    assert scores(played, "call", "restricted")["aqua"] == "81.67"
    pulse()
    assert RecomputeRun.objects.count() == 1, "what the run itself journalled asks for nothing more"


def test_a_refresh_goes_on_at_once_and_a_settle_lets_others_have_their_turn(published: list[Any]) -> None:
    played = water()
    pulse()
    run = RecomputeRun.objects.get()
    published.clear()
    work(run.pk)
    assert scores(played, "call", "restricted")["aqua"] == "81.67"
    assert RecomputeRun.objects.get(pk=run.pk).state == RunState.DONE
    assert published == [], "nothing waits"

    settle = request_settle(played.rounds["call"], by=None, publish=False)
    work(settle.pk)
    assert RecomputeRun.objects.get(pk=settle.pk).step == Step.RESULTS, "one step"
    assert published == [("work", settle.pk)]


def test_a_pulse_reads_each_entry_once(published: list[Any]) -> None:
    water()
    pulse()
    RecomputeRun.objects.all().delete()
    pulse()
    assert not RecomputeRun.objects.exists()


def test_a_reaction_that_fails_stops_neither_the_others_nor_the_reading(
    published: list[Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_entry: JournalEntry) -> None:
        raise RuntimeError("a template is missing")

    monkeypatch.setitem(reactions.FLOW, Kind.SHEET_FINALIZED, (broken, reactions.refresh))  # type: ignore[arg-type]
    played = water()
    record(Kind.SHEET_FINALIZED, cycle_id=played.cycle.pk)
    pulse()
    assert RecomputeRun.objects.count() == 1
    assert "a template is missing" in caplog.text


def test_the_clock_does_everything_that_lost_messages_left_undone(published: list[Any]) -> None:
    """Nothing was queued at commit; the clock alone brings the board up to date."""
    played = water()
    tick()
    runs = [told[1] for told in published if told[0] == "work"]
    assert runs
    while do_step(runs[0]):
        pass
    assert scores(played, "call", "restricted")["aqua"] == "81.67"


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(app.tasks)


def test_a_quiet_second_writes_nothing(published: list[Any]) -> None:
    water()
    pulse()
    with CaptureQueriesContext(connection) as statements:
        pulse()
    assert [one["sql"] for one in statements if not one["sql"].startswith("SELECT")] == []
    assert len(statements) <= 7, "asked twice: once more after others may ask for a pulse again"


def test_an_act_of_a_cycle_that_is_gone_holds_nothing_up(published: list[Any]) -> None:
    record(Kind.SHEET_FINALIZED, cycle_id=999_999)
    pulse()
    assert not RecomputeRun.objects.exists()
    assert JournalEntry.objects.get().seal is not None


def test_tidying_asks_the_shell_for_its_part(cast: Cast) -> None:
    old = now() - timedelta(days=2)
    IdempotencyRecord.objects.create(user=cast.ada.user, path="/api/v1/groups", key="a", body_hash="", claimed_at=old)
    tidy()
    assert not IdempotencyRecord.objects.exists()


# --- Without a broker -----------------------------------------------------------------------------------------------------------------


@contextmanager
def broker_at(settings: Any, url: str) -> Iterator[None]:
    """Tasks are sent there; afterwards as before."""
    before = settings.CELERY_BROKER_URL
    settings.CELERY_BROKER_URL = url
    sending._broker.cache_clear()
    try:
        yield
    finally:
        settings.CELERY_BROKER_URL = before
        sending._broker.cache_clear()
        waking._state.update(quiet_until=0.0, woke=-1.0, covered_until=0.0)


def dead_port() -> int:
    """A port that refuses connections."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that accepts and never answers: worse than one that refuses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen(1)
        yield int(one.getsockname()[1])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["dead", "silent"])
def test_a_broker_that_is_down_slows_no_request_and_loses_no_act(settings: Any, kind: str) -> None:
    settings.HAS_REDIS = True
    waking._state.update(quiet_until=0.0, woke=-1.0, covered_until=0.0)
    with silent_port() as silent:
        port = dead_port() if kind == "dead" else silent
        with broker_at(settings, f"redis://127.0.0.1:{port}/0"):
            played = water()
            begun = time.monotonic()
            for _ in range(20):
                with transaction.atomic():
                    record(Kind.SHEET_FINALIZED, cycle_id=played.cycle.pk)
                time.sleep(0.01)
            assert time.monotonic() - begun < 8  # a broker asked at each act would take a second each
            assert not waking.publish("pulse"), "quiet for a while"
            pulse()
    assert JournalEntry.objects.filter(kind="sheet.finalized", seal__isnull=False).count() == 20
    run = RecomputeRun.objects.get()
    while do_step(run.pk):
        pass
    assert Standing.objects.filter(board__scope=played.cycle.pk).exists()
