"""The real ``./run serve`` on a real PostgreSQL and Valkey: four parts, two ports, production settings."""

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
import websockets
from click.testing import CliRunner

from backend.cli.demo import healthy
from backend.cli.health import health
from backend.services.embedded import provide_redis, throw_away_database, throw_away_folder
from backend.services.ports import free_port, wait_until
from backend.services.supervisor import Supervisor
from tests.backend.services.processes import left_after, marked

ROOT = Path(__file__).resolve().parents[3]
SECRET = "Aq3_9dK-zzY0p4Lw8Xv1Rt6Nb2Mc5Hj7Gf0Ds3Ea9Uo4IiTtW1kQ5"

PEOPLE = [sys.executable, "-m", "tests.backend.cli.house_with_people"]
SETTINGS = {"DJANGO_SETTINGS_MODULE": "backend.settings"}
REASON = "They moved away in the middle of it."
AGAIN = """UPDATE games_recomputerun SET state = 'waiting', step = 'results', tries = 0, lease_until = NULL, not_before = NULL,
    started_at = NULL, finished_at = NULL WHERE id = %s AND NOT EXISTS (
        SELECT 1 FROM games_recomputerun other
        WHERE (other.cycle_id, other.kind, other.state) = (games_recomputerun.cycle_id, games_recomputerun.kind, 'waiting'))"""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


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


@pytest.mark.timeout(300)
def test_serve_runs_every_part_on_real_services_and_ends_them_all(services, tmp_path):
    web, live = free_port(), free_port()
    with serve(services, "--port", str(web), "--live-port", str(live)) as process:
        try:
            assert wait_until(
                lambda: healthy(f"http://127.0.0.1:{web}/health/"), alive=lambda: process.poll() is None, seconds=150
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
            assert all(part in running for part in ("worker.app worker", "worker.app beat", "backend.serving", "backend.wsgi"))
            measured_by(web, {"web", "worker", "beat", "live"})
            for part, port in (("web", web), ("live", live), ("worker", 1), ("beat", 1)):
                assert wait_until(partial(works, services, part, port), alive=lambda: process.poll() is None, seconds=60), part
            story = json.loads(subprocess.check_output(PEOPLE, cwd=ROOT, env=services | SETTINGS, text=True))
            ended = asyncio.run(end_in_the_middle(process, services["DATABASE_URL"], web, live, story))
            output, _ = process.communicate(timeout=60)
        finally:
            for pid in marked(f"LUDUS_DATA={tmp_path}"):
                os.kill(pid, signal.SIGKILL)
    assert process.returncode == 0, output
    ready = [json.loads(line) for line in output.splitlines() if line.startswith("{") and "ready" in line]
    assert ready, output
    assert left_after(f"LUDUS_DATA={tmp_path}", 2) == {}
    assert "was killed" not in output
    assert ended == Ended(answer=201, kept=1, socket=1012, leased=0), output
    assert not list((tmp_path / "metrics").glob("*"))


def works(env: dict[str, str], part: str, port: int) -> bool:
    """What an orchestrator is told, too; a worker works from its first task on."""
    return CliRunner(env=env).invoke(health, [part, "--port", str(port)]).output == f"{part} works\n"


def measured_by(port: int, expected: set[str]) -> None:
    """Wait until /metrics has numbers of all these parts."""
    parts: set[str] = set()

    def look() -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            parts.update(re.findall(r'part="(\w+)"', answer.read().decode()))
        return {"web", "worker"} <= parts

    assert wait_until(look, alive=lambda: True, seconds=60), parts
    return parts | {"beat", "live"}  # they measure nothing before somebody watches


class Ended(NamedTuple):
    """How the end of the house looked: the answer to a request it came in the middle of, what the database kept of it, the code
    that a socket was closed with, runs that nobody works on and nobody else may take."""

    answer: int
    kept: int
    socket: int
    leased: int


async def end_in_the_middle(process, database: str, web: int, live: int, story: dict[str, Any]) -> Ended:
    """A request waits for a lock, so does a worker; a socket is open. SIGTERM; a second later the lock is free."""

    def alive() -> bool:
        return process.poll() is None

    address = f"ws://127.0.0.1:{live}/ws/boards/{story['board']}"
    with psycopg.connect(database, autocommit=True) as other, psycopg.connect(database) as holder:
        async with websockets.connect(address, origin="https://127.0.0.1") as socket:
            await asyncio.wait_for(socket.recv(), 30)
            holder.execute("SELECT 1 FROM games_cycle WHERE id = %s FOR UPDATE", [story["cycle"]])
            other.execute(AGAIN, [story["run"]])  # unless one waits anyway: the clock finds it, a worker takes it and waits
            asked = asyncio.create_task(asyncio.to_thread(decide, web, story))
            await asyncio.to_thread(wait_until, lambda: other.execute(WAITING).fetchone()[0] >= 2, alive=alive, seconds=60)
            process.send_signal(signal.SIGTERM)
            await asyncio.sleep(1)
            assert alive()
            holder.rollback()
            answer = await asyncio.wait_for(asked, 60)
            with contextlib.suppress(websockets.exceptions.ConnectionClosed):
                while True:
                    await asyncio.wait_for(socket.recv(), 30)
        await asyncio.to_thread(process.wait, 60)
        kept = other.execute("SELECT count(*) FROM games_decision WHERE reason = %s", [REASON]).fetchone()[0]
        leased = other.execute("SELECT count(*) FROM games_recomputerun WHERE lease_until IS NOT NULL").fetchone()[0]
    return Ended(answer, kept, socket.close_code or 0, leased)


def decide(port: int, story: dict[str, Any]) -> int:
    """An organizer's decision by API: it needs the cycle's row."""
    body = {"kind": "stop", "group": "brook", "round": "call", "reason": REASON}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/cycles/{story['cycle']}/decisions",
        data=json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {story['token']}",
            "Content-Type": "application/json",
            "Idempotency-Key": "in-the-middle",
            "X-Forwarded-Proto": "https",
        },
    )
    with urllib.request.urlopen(request, timeout=90) as answer:
        return answer.status


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
