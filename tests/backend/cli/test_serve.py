"""The real ``./run serve`` on a real PostgreSQL and Valkey: four parts, two ports, production settings."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import websockets

from backend.cli.demo import healthy
from backend.services.embedded import provide_redis, throw_away_database, throw_away_folder
from backend.services.ports import free_port, wait_until
from backend.services.supervisor import Supervisor
from tests.backend.services.processes import left_after, marked

ROOT = Path(__file__).resolve().parents[3]
SECRET = "Aq3_9dK-zzY0p4Lw8Xv1Rt6Nb2Mc5Hj7Gf0Ds3Ea9Uo4IiTtW1kQ5"


def serve(env: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "backend.cli", "serve", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The environment of a production with services of its own."""
    monkeypatch.delenv("REDIS_URL", raising=False)
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("LUDUS_", "DJANGO_", "DATABASE_URL"))}
    with throw_away_folder() as folder, Supervisor() as house:
        env = plain | provide_redis(house, logs=folder) | throw_away_database(house, "postgresql", folder=folder)
        yield env | {
            "LUDUS_DATA": str(tmp_path),
            "LUDUS_SECRET_KEY": SECRET,
            "LUDUS_HOSTS": "127.0.0.1",
            "LUDUS_URL": "https://127.0.0.1",
            "LUDUS_BEHIND_PROXY": "yes",
            "LUDUS_WEB_PROCESSES": "2",
            "EMAIL_URL": "smtp://localhost",
        }


@pytest.mark.timeout(180)
def test_serve_runs_every_part_on_real_services_and_ends_them_all(services, tmp_path):
    web, live = free_port(), free_port()
    with serve(services, "--port", str(web), "--live-port", str(live)) as process:
        try:
            assert wait_until(
                lambda: healthy(f"http://127.0.0.1:{web}/health/"), alive=lambda: process.poll() is None, seconds=90
            )
            assert wait_until(
                lambda: healthy(f"http://127.0.0.1:{live}/health/"), alive=lambda: process.poll() is None, seconds=60
            )
            page = urllib.request.Request(f"http://127.0.0.1:{web}/", headers={"X-Forwarded-Proto": "https"})
            with urllib.request.urlopen(page) as answer:
                assert answer.status == 200
                assert answer.headers["Strict-Transport-Security"]
                assert "unsafe" not in answer.headers["Content-Security-Policy"]
            assert asyncio.run(knock(live)) == "refused"
            running = " ".join(marked(f"LUDUS_DATA={tmp_path}").values())
            assert all(part in running for part in ("worker.app worker", "worker.app beat", "backend.asgi", "backend.wsgi"))
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=60)
        finally:
            for pid in marked(f"LUDUS_DATA={tmp_path}"):
                os.kill(pid, signal.SIGKILL)
    assert process.returncode == 0, output
    ready = [json.loads(line) for line in output.splitlines() if line.startswith("{") and "ready" in line]
    assert ready, output
    assert left_after(f"LUDUS_DATA={tmp_path}", 2) == {}


async def knock(port: int) -> str:
    """A socket from another site's page is refused before anything is asked."""
    try:
        async with websockets.connect(f"ws://127.0.0.1:{port}/ws/boards/1", origin="https://elsewhere.example"):
            return "open"
    except websockets.exceptions.InvalidStatus:
        return "refused"


@pytest.mark.timeout(120)
def test_serve_refuses_an_unsafe_start_and_starts_nothing(services, tmp_path):
    with serve(services | {"LUDUS_SECRET_KEY": "short"}) as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "ludus.E001" in output
    assert "Not started: check failed." in output
    assert left_after(f"LUDUS_DATA={tmp_path}", 2) == {}
