"""``./run faults``, ``./run soak`` and ``./run feed``: what takes minutes, and shows that the house holds."""

import os
import subprocess
import sys
from typing import NoReturn

import click

from backend.cli.setup import ROOT
from backend.cli.test import run_tests

WHERE = "tests/faults"


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def faults(*, arguments: tuple[str, ...]) -> None:
    """Break a house of real processes in every way, and run ten thousand schedules; ARGUMENTS go to pytest."""
    chosen = () if any(one.startswith(WHERE) for one in arguments) else (WHERE,)
    sys.exit(run_tests(("-m", "faults_slow", "-p", "no:randomly", *chosen, *arguments), sqlite=False))


RAW = {"ignore_unknown_options": True, "help_option_names": []}


@click.command(context_settings=RAW, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def soak(*, arguments: tuple[str, ...]) -> None:
    """Half the write limit and 500 sockets for --minutes N: memory, drift and lag over time."""
    _aside("bench.soak", arguments)


@click.command(context_settings=RAW, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def feed(*, arguments: tuple[str, ...]) -> None:
    """A real contest --speed 60 times as fast through the API: sockets, API and rebuild compared at each minute."""
    _aside("bench.feed", arguments)


def _aside(module: str, arguments: tuple[str, ...]) -> NoReturn:
    """Another program in our place, and its exit code."""
    sys.exit(subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, env=dict(os.environ), check=False).returncode)
