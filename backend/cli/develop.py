"""Commands for people who work on Ludus: services, lock, bench."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec

import click

from backend.cli.setup import ROOT
from backend.services.embedded import Database, provide_redis, throw_away_database, throw_away_folder
from backend.services.supervisor import Supervisor

LOCKS = {"requirements/prod.txt": [], "requirements/dev.txt": ["--group", "dev"]}


@click.command()
@click.option("--sqlite", is_flag=True, help="SQLite instead of PostgreSQL.")
def services(*, sqlite: bool) -> None:
    """Keep a PostgreSQL and a Valkey running for quick test runs; Ctrl-C ends and forgets them."""
    kind: Database = "sqlite" if sqlite else "postgresql"
    with throw_away_folder() as folder, Supervisor() as house:
        env = provide_redis(house, logs=folder) | throw_away_database(house, kind, folder=folder)
        click.echo("In another terminal:\n" + "\n".join(f"export {name}={value}" for name, value in env.items()))
        click.echo("./run test --reuse-db ...")
        house.watch()


@click.command()
@click.option("--upgrade", is_flag=True, help="Take the newest versions that pyproject.toml allows.")
def lock(*, upgrade: bool) -> None:
    """Write requirements/*.txt again from pyproject.toml, every file with its hash."""
    for output, groups in LOCKS.items():
        fixed = [
            "--universal",
            "--generate-hashes",
            "--no-emit-index-url",
            "--python-version",
            "3.12",
            "-q",
            "--custom-compile-command",
            "./run lock",
        ]
        beside = [sys.executable, "-m", "uv"]  # where ./run put one; another may be a shim that runs nothing
        uv = beside if find_spec("uv") else [shutil.which("uv") or "uv"]
        command = [*uv, "pip", "compile", "pyproject.toml", *fixed, *groups, "-o", output]
        subprocess.run([*command, "--upgrade"] if upgrade else command, cwd=ROOT, check=True)
        click.echo(f"{output}: {(ROOT / output).read_text().count('==')} packages")


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(arguments: tuple[str, ...]) -> None:
    """Measure against the limits of the machine; prints a table of ratios."""
    sys.exit(subprocess.run([sys.executable, "-m", "bench", *arguments], cwd=ROOT, env=dict(os.environ), check=False).returncode)
