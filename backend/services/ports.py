"""Free loopback ports, and waiting until somebody answers on one."""

import contextlib
import socket
import time
from collections.abc import Callable

HOST = "127.0.0.1"


def free_port() -> int:
    """A port nobody listens on at this moment. Another process may still take it first: callers try again."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether a connection to the loopback port is accepted."""
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=0.5):
        return True
    return False


def wait_until(ready: Callable[[], bool], *, alive: Callable[[], bool], seconds: float) -> bool:
    """Poll until ready. False when the process behind it is gone or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not alive():
            return False
        if ready():
            return alive()
        time.sleep(0.02)
    return False
