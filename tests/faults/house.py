"""A whole house of real processes on a PostgreSQL and a Valkey of its own, each behind a door: to be broken and looked at."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from backend.cli import parts
from backend.services import postgres, valkey
from backend.services.embedded import throw_away_folder
from backend.services.ports import answers, free_port, wait_until
from backend.services.supervisor import Part, Supervisor
from tests.faults.door import HOST, Door
from tests.worker.processes import ROOT

MANY = 30
"""From so many groups on a board by points alone is kept as a sorted set in Redis."""
ALL = ("web", "live", "worker", "beat")


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2].partition("/")[0])


class Teller:
    """Asks the process of teller.py, which looks at the database by a door of its own."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._lock = threading.Lock()
        command = [sys.executable, "-m", "tests.faults.teller"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def ask(self, command: str, *arguments: Any) -> Any:
        """What it answers; RuntimeError if it could not."""
        assert self.process.stdin
        assert self.process.stdout
        with self._lock:
            self.process.stdin.write(json.dumps([command, arguments]) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"error": "the teller is gone"}
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["is"]

    def end(self) -> None:
        """No more questions."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


@dataclass
class House:
    """What runs, and how to break it."""

    supervisor: Supervisor
    folder: Path
    database: Door
    redis: Door
    beside: Door
    env: dict[str, str]
    teller: Teller
    postgres: Part
    valkey: Part
    parts: dict[str, Part] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def start(self, name: str, **more: str) -> None:
        """Start a part (again), with the command of production. `more`: of its environment."""
        port = self.ports.setdefault(name, free_port()) if name in {"web", "live"} else 0
        command = {
            "web": lambda: parts.granian(host=HOST, port=port, processes=1, threads=4),
            "live": lambda: parts.uvicorn(host=HOST, port=port),
            "worker": lambda: parts.worker(processes=1, log_level="WARNING"),
            "beat": lambda: parts.beat(schedule=str(self.folder / "beat"), log_level="WARNING"),
        }[name]()
        part = self.supervisor.start(name, command, env=self.env | more, log=self.folder / f"{name}.log", cwd=ROOT)
        self.parts[name] = part
        if port and not wait_until(partial(answers, port), alive=part.alive, seconds=60):
            raise part.failure()

    def kill(self, name: str) -> None:
        """SIGKILL for a part and all it started."""
        part = self.parts.pop(name)
        os.killpg(part.process.pid, signal.SIGKILL)
        part.process.wait()
        self.supervisor.end(part)

    def empty_redis(self, *, away: Callable[[], None] = lambda: None) -> None:
        """Kill Valkey and start one with nothing in it; in between do `away`."""
        os.kill(self.valkey.process.pid, signal.SIGKILL)
        self.valkey.process.wait()
        self.supervisor.end(self.valkey)
        away()
        self.redis.leads_to = port_of(valkey.start(self.supervisor, log=self.folder / "valkey.log"))
        self.valkey = self.supervisor.parts[-1]

    def restart_postgres(self, how: signal.Signals, *, away: Callable[[], None] = lambda: None) -> None:
        """SIGINT: fast; SIGQUIT: immediate, as if the power went. Then a start on the same files; in between do `away`."""
        os.kill(self.postgres.process.pid, how)
        self.postgres.process.wait(60)
        self.supervisor.end(self.postgres)
        away()
        url = postgres.start(self.supervisor, data=self.folder / "postgres", durable=True, log=self.folder / "postgres.log")
        self.postgres = self.supervisor.parts[-1]
        self.database.leads_to = self.beside.leads_to = port_of(url)


@contextmanager
def house(*chosen: str) -> Iterator[House]:
    """A house with these parts running (all of them if none is named), its tables made."""
    with ExitStack() as kept:
        folder = kept.enter_context(throw_away_folder())
        supervisor = kept.enter_context(Supervisor())
        redis = port_of(valkey.start(supervisor, log=folder / "valkey.log"))
        valkey_part = supervisor.parts[-1]
        url = postgres.start(supervisor, data=folder / "postgres", durable=True, log=folder / "postgres.log")
        postgres_part = supervisor.parts[-1]
        doors = [kept.enter_context(Door(port)) for port in (port_of(url), redis, port_of(url))]
        (folder / "data" / "static").mkdir(parents=True)
        env = clean_environment() | {
            "DATABASE_URL": at(doors[0]),
            "REDIS_URL": f"redis://{HOST}:{doors[1].port}",
            "LUDUS_DATA": str(folder / "data"),
            "DJANGO_SETTINGS_MODULE": "backend.settings",
            "LUDUS_LOG_LEVEL": "WARNING",
            "LUDUS_SETS_FROM": str(MANY),
        }
        teller = Teller(env | {"DATABASE_URL": at(doors[2])})
        kept.callback(teller.end)
        teller.ask("migrate")
        made = House(supervisor, folder, *doors, env, teller, postgres_part, valkey_part)
        for name in chosen or ALL:
            made.start(name)
        yield made


def at(door: Door) -> str:
    """The address of the database behind a door."""
    return f"postgresql://postgres@{HOST}:{door.port}/postgres"


def clean_environment() -> dict[str, str]:
    """Ours, without what a running test put into it."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("LUDUS_", "PYTEST_", "CELERY"))}
