"""`python -m bench`: starts a PostgreSQL and a Valkey of its own, runs the rows, prints the table. Exit code 0 unless something crashed."""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from backend.services import postgres, valkey
from backend.services.embedded import throw_away_folder
from backend.services.supervisor import Stopped, Supervisor
from bench import harness, table

SIZES: Final = {"quick": harness.QUICK, "default": harness.DEFAULT, "full": harness.FULL}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 if a row crashed."""
    asked = _asked(arguments)
    with throw_away_folder() as folder, Supervisor() as house:
        _services(house, folder)
        from bench.rows import ROWS  # noqa: PLC0415 -- models need the services' addresses

        chosen = [row for row in ROWS if not asked.only or any(name in row.name for name in asked.only)]
        stage = harness.Stage(SIZES[asked.sizes], house, folder)
        results, crashed = run(chosen, stage)
    if asked.json:
        print(table.as_json(results, sizes=asked.sizes))
    else:
        print(table.text(results))
        _last_words(results)
    return 1 if crashed else 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench", description="Ludus beside the limits of this machine, as ratios.")
    size = parser.add_mutually_exclusive_group()
    for name in ("quick", "full"):
        size.add_argument(f"--{name}", dest="sizes", action="store_const", const=name, help=f"{name} sizes")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="rows whose name contains this; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.set_defaults(sizes="default")
    return parser.parse_args(arguments)


def _services(house: Supervisor, folder: Path) -> None:
    """A database that keeps what it commits, as in production; nothing of an environment that is set already is touched."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "backend.settings",
        "REDIS_URL": valkey.start(house, log=folder / "valkey.log"),
        "DATABASE_URL": postgres.start(house, data=folder / "postgres", durable=True, log=folder / "postgres.log"),
        "LUDUS_DATA": str(folder / "data"),
        "LUDUS_LOG_LEVEL": "ERROR",
    }
    (folder / "data" / "static").mkdir(parents=True)
    import django  # noqa: PLC0415 -- after the environment is complete
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)


def run(rows: Sequence[harness.Row], stage: harness.Stage) -> tuple[list[harness.Result], bool]:
    """Every row, with a word on the way; a row that crashes is shown and does not stop the others."""
    results: list[harness.Result] = []
    crashed = False
    for row in rows:
        print(f"{row.name} ...", end=" ", flush=True, file=sys.stderr)
        try:
            with harness.watched() as watch:
                results += row.run(stage)
        except Exception:  # noqa: BLE001 the others may still tell something
            crashed = True
            print("crashed", file=sys.stderr)
            traceback.print_exc(limit=-8, chain=False)
        else:
            print(f"{watch.seconds:.0f} s", file=sys.stderr)
    return results, crashed


def _last_words(results: Sequence[harness.Result]) -> None:
    below = [result.name for result in results if result.below]
    print(f"\n{len(results)} rows; " + (f"BELOW: {', '.join(below)}" if below else "none below its must"))
    print("ratio: how fast we are where the limit is 1. docs/performance.md says how to read it.")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Stopped:
        sys.exit(0)
