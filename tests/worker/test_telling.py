"""What workers tell of themselves: lines with ids, how long, how late; and the request that asked for a task."""

import json
from datetime import timedelta

import pytest
import structlog
from django.core.cache import cache
from prometheus_client.multiprocess import MultiProcessCollector
from structlog.testing import capture_logs

from backend.services import measuring
from games.journal.actions import record, seal_pending
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.recognition.models import PointsTotal
from games.results.actions import request_refresh
from leaderboards import measures
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory
from tests.factories.results import judge_final, water
from tests.games.recognition.test_points import RULES
from tests.worker.processes import environment, process, until
from worker import reactions, telling, waking
from worker.pulse import pulse
from worker.steps import do_step
from worker.tasks import issue, tick


def number(name, **labels):
    return measures.registry.get_sample_value(f"ludus_{name}", labels) or 0.0


@pytest.fixture
def lines():
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as found:
        yield found


@pytest.mark.django_db
def test_a_task_is_told_with_its_ids_and_how_long_it_took(lines):
    before = number("task_seconds_count", task="issue", end="done")
    issue.apply(args=(12345,), task_id="t-1", headers={"ludus_request": "request-12345"})
    begins, ends = (one for one in lines if one["event"] in {"task begins", "task ends"})
    assert [begins[name] for name in ("task", "task_id", "credential", "request")] == ["issue", "t-1", 12345, "request-12345"]
    assert ends["end"] == "done"
    assert ends["ms"] >= 0
    assert number("task_seconds_count", task="issue", end="done") == before + 1
    assert structlog.contextvars.get_contextvars() == {}


def test_a_task_that_fails_is_told_and_counted(lines, monkeypatch):
    def broken(*_):
        raise OSError

    monkeypatch.setattr("worker.tasks.credentials.issue", broken)
    before = number("task_seconds_count", task="issue", end="failed")
    issue.apply(args=(1,))
    assert [one["end"] for one in lines if one["event"] == "task ends"] == ["failed"]
    assert number("task_seconds_count", task="issue", end="failed") == before + 1


@pytest.mark.django_db
def test_what_comes_each_second_is_measured_and_not_told(lines):
    before = number("task_seconds_count", task="tick", end="done")
    tick.apply()
    assert [one for one in lines if one["event"].startswith("task")] == []
    assert number("task_seconds_count", task="tick", end="done") == before + 1


def test_a_task_bears_the_request_that_asked_for_it(monkeypatch, settings):
    sent = []
    settings.HAS_REDIS = True
    monkeypatch.setitem(waking._state, "quiet_until", 0.0)
    monkeypatch.setattr(waking, "send", lambda *_, **given: sent.append(given["headers"]))
    with structlog.contextvars.bound_contextvars(request="from-proxy-12345"):
        waking.publish("show")
    waking.publish("show")
    assert sent == [{"ludus_request": "from-proxy-12345"}, {}]


def test_a_broker_that_is_away_is_counted(monkeypatch, settings):
    def away(*_, **__):
        raise ConnectionError

    settings.HAS_REDIS = True
    monkeypatch.setitem(waking._state, "quiet_until", 0.0)
    monkeypatch.setattr(waking, "send", away)
    before = number("publish_failures_total")
    assert waking.publish("show") is False
    assert number("publish_failures_total") == before + 1


# --- How late -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_acts_are_late_by_what_they_waited_and_history_is_not(lines):
    seal_pending()
    count, total = (number(f"lag_seconds_{what}", stage="sealed") for what in ("count", "sum"))
    now = db_now()
    for age in (timedelta(seconds=20), timedelta(days=900)):
        record(Kind.THREAD_OPENED, cycle_id=None, at=now - age)
    assert seal_pending() == 2
    assert number("lag_seconds_count", stage="sealed") == count + 1
    assert number("lag_seconds_sum", stage="sealed") - total == pytest.approx(20, abs=5)


@pytest.mark.django_db
def test_a_board_is_late_by_the_oldest_act_since_the_refresh_before(lines, settings):
    played = water()
    judge_final(played)
    cache.delete(f"late:{played.cycle.pk}")
    count, total = (number(f"lag_seconds_{what}", stage="version") for what in ("count", "sum"))
    runs = number("runs_total", end="done")
    entry = record(Kind.DECISION_RECORDED, cycle_id=played.cycle.pk, at=db_now() - timedelta(seconds=30))
    later = record(Kind.DECISION_RECORDED, cycle_id=played.cycle.pk)
    for act in (entry, later):
        reactions.refresh(act)
    run = request_refresh(played.cycle)
    while (done := do_step(run.pk)) is not None and done.state != "done":
        pass
    assert number("runs_total", end="done") == runs + 1
    assert number("lag_seconds_count", stage="version") == count + 1
    assert number("lag_seconds_sum", stage="version") - total == pytest.approx(30, abs=10)
    told = [one for one in lines if one["event"] == "step ends"]
    assert {(one["run"], one["cycle"]) for one in told[-2:]} == {(run.pk, played.cycle.key)}


@pytest.mark.django_db
def test_totals_are_late_by_the_age_of_each_act_that_was_read(lines):
    cycle = CycleFactory.create(design=small_design(rules=RULES))
    group = GroupFactory.create(cycle=cycle)
    pulse()
    count, total = (number(f"lag_seconds_{what}", stage="totals") for what in ("count", "sum"))
    for acts in (1, 2):
        at = db_now() - timedelta(seconds=20)
        record(Kind.SUBMISSION_RECEIVED, cycle_id=cycle.pk, group_id=group.pk, subject=f"submission:{acts}", at=at)
    pulse()
    assert number("lag_seconds_count", stage="totals") - count >= 2  # and what is told of them
    assert number("lag_seconds_sum", stage="totals") - total == pytest.approx(40, abs=10)
    assert sum(PointsTotal.objects.values_list("amount", flat=True)) == 20


# --- A real worker --------------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_writes_lines_of_json_and_numbers_into_files(tmp_path, settings):
    if not settings.HAS_REDIS:
        pytest.skip("needs Redis: run it by ./run test")
    played = water()
    judge_final(played)
    run = request_refresh(played.cycle)
    measured = measuring.prepare(tmp_path, "worker")
    quiet = ("--without-mingle", "--without-gossip", "--without-heartbeat")
    command = ("-m", "celery", "-q", "-A", "worker.app", "worker", "-P", "solo", "-l", "INFO", "--purge", *quiet)
    env = environment(LUDUS_LOG_LEVEL="INFO", LUDUS_LOG_JSON="yes", **measured)
    log = tmp_path / "log"
    with log.open("wb") as output, process(*command, env=env, output=output):
        until(lambda: _done(run), between=lambda: waking.publish("work", run.pk))
        until(lambda: '"task ends"' in log.read_text())
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    steps = [one for one in lines if one["event"] == "step ends"]
    assert {(one["run"], one["cycle"], one["task"]) for one in steps} == {(run.pk, played.cycle.key, "work")}
    assert all(one["task_id"] and one["ms"] > 0 for one in steps)
    folder = next(measuring.living(tmp_path)).folder
    assert (folder / measuring.WORKED).exists()
    assert list(folder.glob("histogram_*.db"))
    counted = [
        one for family in MultiProcessCollector.merge([str(one) for one in folder.glob("counter_*.db")]) for one in family.samples
    ]
    ends = {one.labels["end"]: one.value for one in counted if one.name == "ludus_runs_total"}
    assert ends["failed"] == 0 < ends["done"]
    assert [one.value for one in counted if one.name == "ludus_self_check_findings_total"] == [0], "before anything is found"


def _done(run) -> bool:
    run.refresh_from_db()
    return run.state == "done"


def test_the_sign_of_work_is_where_it_is_looked_for():
    assert measures.WORKED == measuring.WORKED
    assert telling.ASKED_BY == "ludus_request"
