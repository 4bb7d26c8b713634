"""``./run e2e``: a real browser against the real demo stack."""

import os
import subprocess
import sys

import click

from backend.cli.chromium import MISSING, chromium
from backend.cli.setup import ROOT

WHERE = "tests/e2e"
NARROWING = ("--half", "--database-only", "-k", "-m", "--lf", "--last-failed", "--collect-only", "--co", "--ff", "--sw")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def e2e(*, arguments: tuple[str, ...]) -> None:
    """Run the browser tests; ARGUMENTS go to pytest. Needs Chromium, and says so when it is missing."""
    if not chromium():
        raise click.ClickException(MISSING)
    sys.exit(run_browser_tests(arguments))


def run_browser_tests(arguments: tuple[str, ...] = ()) -> int:
    """The exit code of pytest. The tests start a demo of their own: no service is needed here, and none that runs is touched."""
    env = dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": "sqlite:///:memory:",
        "REDIS_URL": "redis://127.0.0.1:1",  # nobody listens there: a test that forgets the stack fails
    }
    paths = () if any(one.startswith(WHERE) for one in arguments) else (WHERE,)
    command = [sys.executable, "-m", "pytest", "-m", "browser", "-p", "no:randomly", *arguments, *paths]
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def is_whole_run(arguments: tuple[str, ...]) -> bool:
    """Whether ``./run test`` was asked for everything: no path, no selection."""
    return not any(one.startswith(NARROWING) or "::" in one or (ROOT / one).exists() for one in arguments if one)


def add_browser_tests() -> int:
    """After the whole suite: the browser tests too, or a clear word that they were left out."""
    if not chromium():
        click.echo(f"The browser tests were left out. {MISSING} Then: ./run e2e")
        return 0
    return run_browser_tests(("-q",))
