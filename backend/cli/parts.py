"""The programs of a running house, as commands: what the demo and ``./run serve`` start."""

import sys

APPLICATION = "backend.asgi:application"
KEPT_OPEN = 75
"""Seconds without a request after which a connection is closed: longer than proxies keep theirs, else they send into one that closes."""


def uvicorn(*, host: str, port: int) -> list[str]:
    """Sockets (and in the demo the pages): one asynchronous process."""
    quiet = ["--no-access-log", "--lifespan", "off", "--no-server-header"]
    patient = ["--timeout-keep-alive", str(KEPT_OPEN)]
    return [sys.executable, "-m", "uvicorn", APPLICATION, "--host", host, "--port", str(port), *quiet, *patient]


def granian(*, host: str, port: int, processes: int, threads: int) -> list[str]:
    """Pages and API: threaded WSGI, several times faster than ASGI for synchronous views."""
    size = ["--workers", str(processes), "--blocking-threads", str(threads)]
    watch = ["--respawn-failed-workers", "--no-access-log", "--no-ws"]
    return [
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
    """Background work."""
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [sys.executable, "-m", "celery", "-q", "-A", "worker.app", "worker", "-c", str(processes), "-l", log_level, *quiet]


def beat(*, schedule: str, log_level: str = "INFO") -> list[str]:
    """The clock: exactly one in a house."""
    return [sys.executable, "-m", "celery", "-q", "-A", "worker.app", "beat", "-s", schedule, "--pidfile=", "-l", log_level]
