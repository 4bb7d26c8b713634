"""A broker that is down or hangs costs a request next to nothing: publishing is tried once, with short time limits."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from backend.services.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PUBLISH = """
import time, django
django.setup()
from worker.sending import send
began = time.monotonic()
try:
    send("worker.tasks.tick", (), headers={})
except Exception as error:
    print(type(error).__name__, time.monotonic() - began)
"""


def publish(port: int) -> tuple[str, float]:
    """What publishing raised, and after how many seconds."""
    env = os.environ | {"REDIS_URL": f"redis://127.0.0.1:{port}", "DJANGO_SETTINGS_MODULE": "backend.settings"}
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH], cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=60
    )
    name, seconds = done.stdout.split()
    return name, float(seconds)


def test_a_broker_that_is_down_is_noticed_at_once():
    name, seconds = publish(free_port())
    assert name == "ConnectionError"
    assert seconds < 5  # nothing was waited for; with retries it would take minutes


@pytest.mark.timeout(60)
def test_a_broker_that_hangs_is_given_up_soon():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        name, seconds = publish(silent.getsockname()[1])
    assert name == "TimeoutError"
    assert seconds < 10  # half a second to connect and one for an answer, on a busy machine
