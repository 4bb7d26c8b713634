"""Real processes on the test's own database: workers, and the server of sockets. Each ends with the test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from django.conf import settings
from django.db import connection

QUIET = ("--without-mingle", "--without-gossip", "--without-heartbeat")
ROOT = Path(__file__).resolve().parent.parent.parent


def environment(**more: str) -> dict[str, str]:
    """The environment of a child that works on the database of this test."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        host, port, user = database["HOST"], database["PORT"], database["USER"]
        url = f"postgresql://{user}:{database['PASSWORD']}@{host}:{port}/{database['NAME']}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "LUDUS_PREFIX": settings.PREFIX,
        **more,
    }


@contextmanager
def process(*command: str, env: Mapping[str, str], output: IO[bytes] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A child in its own group, killed with all it started when the test is over."""
    child = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=dict(env), start_new_session=True, stdout=output, stderr=output
    )
    try:
        yield child
    finally:
        end(child)


def end(child: subprocess.Popen[bytes]) -> None:
    """Kill the child and what it started."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def worker(app: str = "worker.app", **more: str) -> "process":  # type: ignore[valid-type]
    """A real Celery worker: one process, so that a SIGKILL takes all of it."""
    if not settings.HAS_REDIS:
        pytest.skip("needs Redis: run it by ./run test")
    command = ("-m", "celery", "-q", "-A", app, "worker", "-P", "solo", "-l", "WARNING", "--purge", *QUIET)
    return process(*command, env=environment(**more))


def beat(folder: Path) -> "process":  # type: ignore[valid-type]
    """The clock; keeps what it did last in `folder`."""
    schedule = ("-s", str(folder / "beat"), "--pidfile=")
    return process("-m", "celery", "-q", "-A", "worker.app", "beat", "-l", "WARNING", *schedule, env=environment())


def until(condition: Callable[[], object], seconds: float = 150, *, between: Callable[[], object] | None = None) -> None:
    """Wait until it holds; meanwhile do `between` four times a second, as the clock would (a little slower)."""
    start = beat = time.monotonic()
    while not condition():
        moment = time.monotonic()
        assert moment < start + seconds, "it never came to hold"
        if between is not None and moment >= beat:
            beat = moment + 0.25
            between()
        time.sleep(0.03)
