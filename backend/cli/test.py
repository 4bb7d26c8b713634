"""``./run test``: the suite on a real PostgreSQL (or SQLite) and a real Valkey, started for this run and gone after it."""

import os
import signal
import subprocess
import sys

import click

from backend.cli.e2e import add_browser_tests, is_whole_run
from backend.cli.setup import ROOT
from backend.services.embedded import Database, provide_redis, throw_away_database, throw_away_folder
from backend.services.supervisor import Stopped, Supervisor


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--sqlite", is_flag=True, help="Run on SQLite instead of PostgreSQL.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(*, sqlite: bool, arguments: tuple[str, ...]) -> None:
    """Run the tests on real services; ARGUMENTS go to pytest (paths, -k, -n 2 ...). A whole run on PostgreSQL ends in the browser."""
    code = run_tests(arguments, sqlite=sqlite)
    if not code and not sqlite and is_whole_run(arguments):
        code = add_browser_tests()
    sys.exit(code)


def run_tests(arguments: tuple[str, ...], *, sqlite: bool) -> int:
    """The exit code of pytest. DATABASE_URL and REDIS_URL are used when set; ``sqlite`` wins over DATABASE_URL."""
    with throw_away_folder() as folder, Supervisor() as house:
        env = dict(os.environ) | {"DJANGO_SETTINGS_MODULE": "tests.settings"} | provide_redis(house, logs=folder)
        kind: Database = "sqlite" if sqlite else "postgresql"
        if sqlite or not env.get("DATABASE_URL"):
            env |= throw_away_database(house, kind, folder=folder, watched=False) | {"LUDUS_TEST_DATABASE": kind}
        # In our own process group, not a part of the house: Ctrl-C reaches pytest directly and it prints its summary.
        pytest = subprocess.Popen([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=env)
        try:
            return pytest.wait()
        except Stopped as stopped:
            if stopped.number != signal.SIGINT:
                pytest.terminate()
            return pytest.wait()
