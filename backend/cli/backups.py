"""``./run backup`` and ``./run restore``."""

import os
import sys
from pathlib import Path

import click

from backend.cli.setup import setup_django


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
def backup(path: Path) -> None:
    """Write everything that must not be lost into the new folder PATH, while Ludus runs."""
    setup_django()
    from backend.backups.manifest import BackupRefused  # noqa: PLC0415 -- settings first
    from backend.backups.writing import write  # noqa: PLC0415 -- same

    try:
        manifest = write(path.resolve())
    except BackupRefused as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)
    click.echo(f"Written to {path}: {manifest.summary}. Keep the secrets of the settings beside it, not in it.")


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--fresh", is_flag=True, help="Throw away what is in the database and the uploads first.")
def restore(path: Path, *, fresh: bool) -> None:
    """Bring back what a backup in PATH holds. Ludus must not run meanwhile."""
    os.environ["PGAPPNAME"] = f"ludus-restore-{os.getpid()}"  # by which sessions of this process are told from others
    setup_django()
    from backend.backups.manifest import BackupRefused  # noqa: PLC0415 -- same
    from backend.backups.reading import restore as bring_back  # noqa: PLC0415 -- settings first

    try:
        manifest, found = bring_back(path.resolve(), fresh=fresh)
    except BackupRefused as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)
    click.echo(f"Restored {manifest.summary}, made {manifest.made_at}.")
    click.echo(found)
