"""A process of a worker keeps its connection to the database from task to task, and makes another where it was cut."""

import ctypes
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from django.db import connection

from backend.cli import parts
from backend.cli.setup import ROOT
from games.results.actions import request_refresh
from tests.factories.results import judge_final, water
from tests.worker.processes import environment, process, until
from worker import connections, waking

EXEC = "import os, sys; os.execvp(sys.argv[1], sys.argv[1:])"


def connected() -> set[int]:
    """The processes of the server for connections to this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'")
        return {pid for (pid,) in cursor.fetchall()}


def refreshed(cycle) -> None:
    """A worker did the two tasks of a refresh, and is done with the second."""
    run = request_refresh(cycle)

    def done() -> bool:
        run.refresh_from_db()
        return run.state == "done"

    until(done, between=lambda: waking.publish("work", run.pk))
    time.sleep(0.5)


@pytest.mark.django_db(transaction=True)
def test_a_worker_keeps_its_connection_and_makes_another_where_it_was_cut(settings):
    if not settings.HAS_REDIS or connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL and Redis: run it by ./run test")
    played = water()
    judge_final(played)
    ours = connected()
    with process("-c", EXEC, *parts.worker(processes=1, log_level="WARNING"), env=environment()):
        refreshed(played.cycle)
        (first,) = connected() - ours
        refreshed(played.cycle)
        assert connected() - ours == {first}
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [first])
        refreshed(played.cycle)
        (second,) = connected() - ours
        assert second != first


HOLES = """
from pathlib import Path
from worker.connections import give_back

def weight():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4

held = [bytearray(3000) for _ in range(20_000)]
kept = held[::50]
before = weight()
del held
print(before - weight(), end=" ")
give_back()
print(before - weight())
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="the C library of GNU gives back when it is told")
def test_what_lies_empty_between_what_is_in_use_is_given_back():
    told = subprocess.run([sys.executable, "-c", HOLES], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    by_itself, told_to = map(int, told.split())
    assert told_to > by_itself + 30_000, "kilobytes, of 60,000 that were let go of"


@pytest.mark.parametrize(
    ("is_eager", "open_before", "open_after", "times"), [(False, 1, 0, 1), (False, 1, 1, 0), (False, 0, 0, 0), (True, 1, 0, 0)]
)
def test_it_is_when_a_connection_has_ended(monkeypatch, is_eager, open_before, open_after, times):
    line = SimpleNamespace(connection=open_before or None)
    given = []
    monkeypatch.setattr(connections, "connection", line)
    monkeypatch.setattr(connections, "close_old_connections", lambda: setattr(line, "connection", open_after or None))
    monkeypatch.setattr(connections, "give_back", lambda: given.append(1))
    connections.Lasting.on_task_postrun(SimpleNamespace(), SimpleNamespace(request=SimpleNamespace(is_eager=is_eager)))
    assert len(given) == times
