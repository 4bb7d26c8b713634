"""The programs of a running house, as commands: what the demo and ``./run serve`` start."""

import sys

ENDING = 30
"""Seconds that a part has to end what it has begun."""
MARGIN = 5
"""Seconds before that, a server gives up what still hangs, so that it ends by itself."""


def uvicorn(*, host: str, port: int, ending: int = ENDING) -> list[str]:
    """Sockets (and in the demo the pages): one asynchronous process. At its end it tells sockets when to come again."""
    patient = ["--ending", str(max(1, ending - MARGIN))]
    return [sys.executable, "-m", "backend.serving", "--host", host, "--port", str(port), *patient]


def granian(*, host: str, port: int, processes: int, threads: int, ending: int = ENDING) -> list[str]:
    """Pages and API: threaded WSGI, several times faster than ASGI for synchronous views. Its threads share one heap of the C library."""
    size = ["--workers", str(processes), "--blocking-threads", str(threads)]
    watch = ["--respawn-failed-workers", "--no-access-log", "--no-ws", "--workers-kill-timeout", str(max(1, ending - MARGIN))]
    return [
        "env",
        "MALLOC_ARENA_MAX=1",  # they take turns anyway; a heap for each leaves megabytes in pieces
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "backend.wsgi:application",
        "--host",
        host,
        "--port",
        str(port),
        *size,
        *watch,
    ]


def worker(*, processes: int, log_level: str = "INFO") -> list[str]:
    """Background work. Each of its processes does one thing after the other, and keeps one connection to the database for it."""
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    command = [sys.executable, "-m", "celery", "-q", "-A", "worker.app", "worker", "-c", str(processes), "-l", log_level, *quiet]
    return [
        "env",
        "LUDUS_DATABASE_POOL=0",
        "CELERY_WORKER_REVOKES_MAX=1000",  # Celery remembers 50,000 tasks that were too late: megabytes. What comes again is too late again
        *command,
    ]


def beat(*, schedule: str, log_level: str = "INFO") -> list[str]:
    """The clock: exactly one in a house."""
    return [sys.executable, "-m", "celery", "-q", "-A", "worker.app", "beat", "-s", schedule, "--pidfile=", "-l", log_level]
