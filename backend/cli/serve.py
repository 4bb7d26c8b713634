"""``./run serve``: the production set on real services."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence

import click

from backend.cli import parts
from backend.cli.setup import ROOT, data_folder
from backend.services import measuring
from backend.services.supervisor import PartFailed, Stopped, Supervisor

PARTS = ("web", "live", "worker", "beat")


@click.command()
@click.argument("chosen", metavar="[PART]...", nargs=-1, type=click.Choice(PARTS))
@click.option("--host", default="127.0.0.1", show_default=True, help="Where web and live listen; 0.0.0.0 inside a container.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port of web: pages and API.")
@click.option(
    "--live-port", default=8001, show_default=True, type=click.IntRange(1, 65535), help="Port of live: everything under /ws."
)
@click.option("--migrate/--no-migrate", default=True, show_default=True, help="Bring the database up to date first.")
def serve(*, chosen: tuple[str, ...], host: str, port: int, live_port: int, migrate: bool) -> None:
    """The production set: web, live, worker and beat (or the PARTs named)."""
    os.environ.setdefault("LUDUS_PRODUCTION", "yes")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    prepare(chosen or PARTS, migrate=migrate)
    run(chosen or PARTS, host=host, port=port, live_port=live_port)
    sys.exit(0)


def run(chosen: Sequence[str], *, host: str, port: int, live_port: int) -> None:
    """Until a signal, or until a part ends (PartFailed). Then every part ends what it has begun, within LUDUS_STOP_SECONDS."""
    from backend.env import env_int  # noqa: PLC0415 -- a wrong value must end this command, not the import of the table

    ending = env_int("LUDUS_STOP_SECONDS", parts.ENDING, least=2, most=3600)
    house = Supervisor(grace=ending)
    measured, signs = measuring.begin(data_folder(), chosen)
    try:
        with contextlib.suppress(Stopped), house:
            for name, command in commands(host, port, live_port, ending).items():
                if name in chosen:
                    house.start(name, command, env=dict(os.environ) | measured[name], cwd=ROOT)
            click.echo(f"Ludus runs: {', '.join(chosen)} (web {host}:{port}, live {host}:{live_port})")
            house.watch(also=[signs])
    finally:
        signs.end()
        if house.killed:
            click.echo(f"Did not end within {ending} s and was killed: {', '.join(house.killed)}", err=True)


def prepare(chosen: tuple[str, ...], *, migrate: bool) -> None:
    """Refuse an unsafe start; then the database and the static files. Any failure ends the start."""
    manage("check", "--deploy", "--fail-level", "ERROR")
    if migrate:
        manage("migrate", "--verbosity", "0")
    if "web" in chosen:
        manage("collectstatic", "--noinput", "--verbosity", "0")


def manage(*arguments: str) -> None:
    if subprocess.run([sys.executable, "-m", "django", *arguments], cwd=ROOT, check=False).returncode:
        raise PartFailed(f"Not started: {arguments[0]} failed.")


def commands(host: str, port: int, live_port: int, ending: int) -> dict[str, list[str]]:
    """Sizes come from the settings, which the checks have read by now."""
    from backend.env import env_int  # noqa: PLC0415 -- a wrong value must end this command, not the import of the table

    processes = env_int("LUDUS_WEB_PROCESSES", 1, least=1, most=256)
    threads = env_int("LUDUS_WEB_THREADS", 4, least=1, most=256)
    return {
        "web": parts.granian(host=host, port=port, processes=processes, threads=threads, ending=ending),
        "live": parts.uvicorn(host=host, port=live_port, ending=ending),
        "worker": parts.worker(processes=env_int("LUDUS_WORKER_PROCESSES", 2, least=1, most=256)),
        "beat": parts.beat(schedule=str(data_folder() / "beat-schedule")),
    }
