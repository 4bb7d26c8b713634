"""What Prometheus is told, and who may ask."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import DatabaseError
from prometheus_client.parser import text_string_to_metric_families

from backend import metrics
from backend.services import measuring
from leaderboards import measures
from tests.factories.results import judge_final, water

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


def told(answer):
    return {family.name: family for family in text_string_to_metric_families(answer.content.decode())}


def values(answer, name):
    return {tuple(sorted(one.labels.items())): one.value for one in told(answer)[name].samples}


# --- Who ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "127.8.9.1"])
def test_this_machine_may_ask(client, address):
    answer = client.get("/metrics", REMOTE_ADDR=address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("address", ["10.0.0.7", "203.0.113.9", "", "unix", "2001:db8::1"])
def test_another_machine_finds_nothing(client, address):
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"])
def test_whoever_comes_through_a_proxy_on_this_machine_is_not_from_here(client, header):
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


def test_the_token_opens_from_anywhere_and_only_the_token(client, settings):
    def ask(given):
        return client.get("/metrics", REMOTE_ADDR="10.0.0.7", headers={"Authorization": given}).status_code

    assert ask("Bearer ") == 404
    settings.METRICS_TOKEN = "a-long-token-of-the-house"
    assert ask("Bearer a-long-token-of-the-house") == 200
    assert [ask(given) for given in ("Bearer wrong", "a-long-token-of-the-house", "Bearer ünwahr", "Bearer ")] == [404] * 4


def test_nobody_in_the_game_is_let_in_by_a_role(client, django_user_model):
    owner = django_user_model.objects.create(email="owner@example.org", is_superuser=True, is_staff=True)
    client.force_login(owner)
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 404


# --- What -----------------------------------------------------------------------------------------------------------------------------


def test_it_tells_levels_of_the_whole_house_and_names_nobody(client, django_assert_max_num_queries):
    played = water()
    judge_final(played)
    measures.count("pages", how="ready")
    with django_assert_max_num_queries(6):
        answer = client.get("/metrics")
    assert values(answer, "ludus_up")[(("what", "database"),)] == 1
    assert told(answer)["ludus_unsealed_seconds"].samples[0].value >= 0
    assert "ludus_pages" in told(answer)
    labels = {
        f"{name}={value}" for family in told(answer).values() for one in family.samples for name, value in one.labels.items()
    }
    assert {label.partition("=")[0] for label in labels} <= {
        *("what", "state", "stage", "kind", "status", "task", "end", "why", "how", "le", "part", "host"),
    }
    text = answer.content.decode()
    keys = [played.cycle.key, played.cycle.name, *(group.name for group in played.groups.values())]
    assert [key for key in keys if key in text] == []


def test_a_database_that_is_down_is_told_and_not_an_error(client, monkeypatch):
    def down():
        raise DatabaseError

    monkeypatch.setattr(metrics, "_of_database", down)
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert values(answer, "ludus_up")[(("what", "database"),)] == 0
    assert "ludus_unsealed_seconds" not in told(answer)


@pytest.mark.parametrize("label", ["42", "board:7", "Ada Lovelace", "", "ada@example.org"])
def test_a_key_or_a_name_is_no_label(label):
    with pytest.raises(ValueError, match="labels are words"):
        measures.count("pages", how=label)


@pytest.mark.parametrize("name", ["nothing", "lag"])
def test_what_nobody_declared_is_not_counted(name):
    with pytest.raises(KeyError):
        measures.count(name)


def test_a_stage_that_is_none_is_an_error_and_time_never_runs_backwards():
    with pytest.raises(ValueError, match="no stage"):
        measures.lag("arrived", 1)
    before = measures.registry.get_sample_value("ludus_lag_seconds_sum", {"stage": "sealed"}) or 0.0
    measures.lag("sealed", -5)
    assert measures.registry.get_sample_value("ludus_lag_seconds_sum", {"stage": "sealed"}) == before


def test_operators_read_of_every_number_and_of_no_other(settings):
    page = (ROOT / "docs" / "operations" / "metrics.md").read_text(encoding="utf-8")
    listed, alerts = page.partition("## Alerts")[0], page.partition("## Alerts")[2]
    there = {f"ludus_{name}" for name in (*measures.TIMES, *measures.LEVELS)} | {
        f"ludus_{name}_total" for name in measures.COUNTS
    }
    there |= {"ludus_queued_tasks", "ludus_tick_age_seconds"}  # where there is a Redis
    there |= {family.name for family in metrics.Asked().collect()}
    assert set(re.findall(r"`(ludus_\w+)", listed)) == there
    used = {re.sub(r"_(bucket|count|sum)$", "", name) for name in re.findall(r"ludus_\w+", alerts)}
    assert used <= there
    growing = re.findall(r'increase\(ludus_(\w+)_total(?:\{(\w+)="(\w+)"\})?', alerts)
    assert len(growing) == alerts.count("increase(") > 1
    awaited = [(name, *(next(iter(labels.items())) if labels else ("", ""))) for name, labels in measures.AWAITED]
    assert {*growing} <= {*awaited}, "it stands at 0 before it grows"


# --- Of all processes -----------------------------------------------------------------------------------------------------------------

CHILD = """
import os
from leaderboards import measures
measures.lag("sealed", 0.03)
measures.level("sockets", 2)
if os.fork() == 0:
    measures.lag("sealed", 0.4)
    measures.count("messages_sent", 5)
    measures.level("sockets", 3)
    os._exit(0)
os.wait()
"""


def run_part(data: Path, part: str) -> Path:
    env = measuring.prepare(data, part)
    subprocess.run([sys.executable, "-c", CHILD], cwd=ROOT, env={"PATH": "", "PYTHONPATH": str(ROOT), **env}, check=True)
    return Path(env[measuring.VARIABLE])


def test_the_numbers_of_every_process_of_every_part_are_added_up(client, settings, monkeypatch, tmp_path):
    settings.DATA = tmp_path
    run_part(tmp_path, "worker")
    folder = run_part(tmp_path, "live")
    monkeypatch.setenv(measuring.VARIABLE, str(folder))
    answer = client.get("/metrics")
    counted = [one for one in told(answer)["ludus_lag_seconds"].samples if one.name.endswith("_count")]
    assert {(one.labels["part"], one.labels["stage"]): one.value for one in counted} == {
        ("live", "sealed"): 2,
        ("worker", "sealed"): 2,
    }
    assert sum(one.value for one in told(answer)["ludus_sockets"].samples) == 10
    below = [one for one in told(answer)["ludus_lag_seconds"].samples if one.labels.get("le") == "0.05"]
    assert [one.value for one in below] == [1, 1]


def test_what_a_dead_part_left_is_neither_told_nor_kept(tmp_path):
    import os
    import time

    folder = run_part(tmp_path, "worker")
    assert [kept.part for kept in measuring.living(tmp_path)] == ["worker"]
    long_ago = time.time() - 2 * measuring.DEAD
    os.utime(folder / measuring.ALIVE, (long_ago, long_ago))
    assert list(measuring.living(tmp_path)) == []
    signs = measuring.Signs([folder])
    signs()
    assert len(list(measuring.living(tmp_path))) == 1
    os.utime(folder / measuring.ALIVE, (long_ago, long_ago))
    measuring.prepare(tmp_path, "beat")
    assert not folder.exists()


def test_a_part_that_starts_anew_begins_at_nothing(tmp_path):
    folder = run_part(tmp_path, "live")
    assert list(folder.glob("*.db"))
    measuring.prepare(tmp_path, "live")
    assert not list(folder.glob("*.db"))


FULL = """
import resource
from leaderboards import measures
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
measures.lag("sealed", 0.03)
measures.count("messages_sent")
print("goes on")
"""


def test_where_there_is_no_room_for_numbers_everything_else_goes_on(tmp_path):
    env = {"PATH": "", "PYTHONPATH": str(ROOT), **measuring.prepare(tmp_path, "web")}
    done = subprocess.run([sys.executable, "-c", FULL], cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    assert done.stdout == "goes on\n", done.stderr
    assert re.search("metrics cannot be kept", done.stderr)
    assert not list(Path(env[measuring.VARIABLE]).glob("*.db"))
