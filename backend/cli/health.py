"""``./run health``: whether a part on this machine does its work; for probes of containers that have no address."""

import os
import sys
import urllib.error
import urllib.request
from typing import Final

import click

from backend.cli.serve import PARTS
from backend.cli.setup import data_folder
from backend.services import measuring

PATIENCE: Final = {"worker": 600.0, "beat": 60.0}
"""Seconds without a sign of work. A worker may be busy with one long task in each of its processes; the clock asks each second."""


@click.command()
@click.argument("part", type=click.Choice(PARTS))
@click.option("--port", type=click.IntRange(1, 65535), help="Where web or live listens: 8000 or 8001 unless you say otherwise.")
def health(*, part: str, port: int | None) -> None:
    """Exit code 0 if PART on this machine works, else 1 and why."""
    why = _answers(port or {"web": 8000, "live": 8001}[part]) if part in {"web", "live"} else _works(part)
    click.echo(why or f"{part} works")
    sys.exit(1 if why else 0)


def _answers(port: int) -> str:
    """Why not; empty if it does."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/health/", headers={"Host": _name()})
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:  # noqa: S310 -- our own loopback address
            return "" if answer.status == 200 else f"answered {answer.status}"  # noqa: PLR2004 -- HTTP OK
    except (urllib.error.URLError, OSError) as error:
        return str(error)


def _name() -> str:
    """A name that this house answers to."""
    names = [name.strip() for name in os.environ.get("LUDUS_HOSTS", "").split(",")]
    return next((name for name in names if name and name[0] not in ".*"), "localhost")


def _works(part: str) -> str:
    here = [kept.folder for kept in measuring.living(data_folder()) if (kept.part, kept.host) == (part, measuring.host())]
    if not here:
        return f"{part} does not run here"
    if not any(measuring.fresh(folder / measuring.WORKED, PATIENCE[part]) for folder in here):
        return f"{part} has done nothing for {PATIENCE[part]:.0f} seconds"
    return ""
