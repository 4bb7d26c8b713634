"""``./run faults`` and ``./run soak``: what takes minutes, and shows that the house holds."""

import os
import subprocess
import sys

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


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def soak(*, arguments: tuple[str, ...]) -> None:
    """Half the write limit and 500 sockets for --minutes N: memory, drift and lag over time."""
    sys.exit(
        subprocess.run([sys.executable, "-m", "bench.soak", *arguments], cwd=ROOT, env=dict(os.environ), check=False).returncode
    )
