"""``./run demo``: the whole house on one machine, with competitions already played in it."""

import contextlib
import json
import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import click

from backend.cli import parts
from backend.cli.demo_mail import MailPrinter
from backend.cli.setup import ROOT, data_folder, running_demo, running_file
from backend.services import measuring, postgres
from backend.services.embedded import provide_redis
from backend.services.ports import HOST, answers, wait_until
from backend.services.supervisor import GRACE, PartFailed, Stopped, Supervisor
from leaderboards.collecting import uncollected

USUAL_PORT = 8000
PORTS_TRIED = 20


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Where to listen; otherwise 8000 or the next free one.")
@click.option("--postgres", "on_postgres", is_flag=True, help="Keep the data in an embedded PostgreSQL instead of SQLite.")
@click.option("--fresh", is_flag=True, help="Throw the demo's data away first.")
def demo(*, port: int | None, on_postgres: bool, fresh: bool) -> None:
    """Play with Ludus: real competitions in it, one open for entries."""
    with contextlib.suppress(Stopped):
        run_demo(choose_port(port), on_postgres=on_postgres, fresh=fresh)
    sys.exit(0)


def choose_port(wanted: int | None) -> int:
    """The port that was asked for, or the first free one from 8000 on."""
    if wanted is not None:
        if answers(wanted):
            raise PartFailed(f"Port {wanted} is taken. Choose another: ./run demo --port {wanted + 1}")
        return wanted
    for port in range(USUAL_PORT, USUAL_PORT + PORTS_TRIED):
        if not answers(port):
            return port
    raise PartFailed(f"Ports {USUAL_PORT} to {USUAL_PORT + PORTS_TRIED - 1} are all taken. Choose one: ./run demo --port N")


def run_demo(port: int, *, on_postgres: bool, fresh: bool) -> None:
    """Until Ctrl-C, SIGTERM (Stopped) or the end of a part (PartFailed)."""
    other = running_demo()
    if other:
        raise PartFailed(f"A demo is running already in {data_folder()}: process {other['pid']}, {other['url']}")
    data, began = data_folder(), time.monotonic()
    if fresh:
        throw_away(data)
    logs = data / "logs"
    for folder in (logs, data / "static"):
        folder.mkdir(parents=True, exist_ok=True)
    for old in logs.glob("*.log"):
        old.unlink()
    address = f"http://{HOST}:{port}"
    with Supervisor() as house:
        env = provide_redis(house, logs=logs) | provide_database(house, data, on_postgres=on_postgres)
        env |= {"LUDUS_DATA": str(data), "LUDUS_URL": os.environ.get("LUDUS_URL") or address}
        mail = MailPrinter(data / "mail")
        env["EMAIL_URL"] = os.environ.get("EMAIL_URL") or f"file://{mail.folder}"
        migrated(env)
        measured, signs = measuring.begin(data, ("web", "worker", "beat"))
        server = parts.uvicorn(host=HOST, port=port, ending=int(GRACE))
        web = house.start("web", server, env=dict(os.environ) | env | measured["web"], log=logs / "web.log", cwd=ROOT)
        loaded()  # while the web part starts: there are two cores in most machines
        start_workers(house, env, logs, measured, data)
        if not wait_until(lambda: healthy(f"{address}/health/"), alive=web.alive, seconds=60):
            raise web.failure()
        with announced(address, env):
            click.echo(ready_line(address, time.monotonic() - began))
            house.watch(also=[mail.print_new, signs])


def provide_database(house: Supervisor, data: Path, *, on_postgres: bool) -> dict[str, str]:
    """DATABASE_URL if it is set, else the demo's own file or cluster."""
    if os.environ.get("DATABASE_URL"):
        return {"DATABASE_URL": os.environ["DATABASE_URL"]}
    if on_postgres:
        return {
            "DATABASE_URL": postgres.start(
                house, data=postgres.kept_cluster(data), durable=True, log=data / "logs" / "postgres.log"
            )
        }
    return {"DATABASE_URL": f"sqlite:///{data / 'ludus.sqlite3'}"}


def throw_away(data: Path) -> None:
    """Delete what earlier demos kept in this data folder."""
    for name in ("uploads", "mail", "logs"):
        shutil.rmtree(data / name, ignore_errors=True)
    for path in data.glob("ludus.sqlite3*"):
        path.unlink()
    shutil.rmtree(postgres.kept_cluster(data), ignore_errors=True)


def migrated(env: dict[str, str]) -> None:
    """Bring the database up to date. In this process: it saves an interpreter's start."""
    os.environ.update(env)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    import django  # noqa: PLC0415 -- after the environment is complete
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)


def loaded() -> None:
    """Load what the demo shows. Nothing of it is garbage before its end, so nobody looks for any: a tenth of the time."""
    from django.db import connections  # noqa: PLC0415 -- needs settings

    from backend.cli import demo_data  # noqa: PLC0415 -- needs models

    with uncollected():
        demo_data.load(show_progress)
        connections.close_all()


def show_progress(label: str, done: int, of: int) -> None:
    """One line that fills up; nothing when there is nothing to do."""
    if not of:
        return
    width = 28
    filled = width * done // of
    end = "\n" if done >= of else ""
    if sys.stdout.isatty():
        click.echo(f"\r  {'█' * filled}{'·' * (width - filled)} {done}/{of} {label:<40}{end}", nl=False)
    else:
        click.echo(f"  {done}/{of} {label}")


def start_workers(house: Supervisor, env: dict[str, str], logs: Path, measured: dict[str, dict[str, str]], data: Path) -> None:
    """What works behind the pages. Only when everything is loaded: both write, and SQLite has one writer at a time."""
    whole = dict(os.environ) | env
    commands = {"worker": parts.worker(processes=2), "beat": parts.beat(schedule=str(data / "beat-schedule"))}
    for name, command in commands.items():
        house.start(name, command, env=whole | measured[name], log=logs / f"{name}.log", cwd=ROOT)


def healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 -- our own loopback address
            return bool(answer.status == 200)  # noqa: PLR2004 -- HTTP OK
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def announced(address: str, env: dict[str, str]) -> Iterator[None]:
    """Let other commands find this demo while it runs."""
    shared = {name: env[name] for name in ("DATABASE_URL", "REDIS_URL", "LUDUS_URL", "EMAIL_URL")}
    running_file().write_text(json.dumps({"pid": os.getpid(), "url": address, "env": shared}), encoding="utf-8")
    try:
        yield
    finally:
        running_file().unlink(missing_ok=True)


def ready_line(address: str, seconds: float) -> str:
    """The address and who can sign in, on one line."""
    from backend.cli.demo_data import SIGN_INS  # noqa: PLC0415 -- needs models

    people = ", ".join(f"{who.email} / {who.password} ({who.does})" for who in SIGN_INS)
    return (
        f"Ludus is ready after {seconds:.1f} s: {address}" + (f"   sign in as {people}" if people else "") + "   Ctrl-C ends it"
    )
