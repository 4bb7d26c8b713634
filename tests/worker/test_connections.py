"""A process of a worker keeps its connection to the database from task to task, and makes another where it was cut."""

import time

import pytest
from django.db import connection

from backend.cli import parts
from games.results.actions import request_refresh
from tests.factories.results import judge_final, water
from tests.worker.processes import environment, process, until
from worker import waking

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
