"""Writing a backup while everything runs: the database first, then the files that it may refer to."""

import shutil
from pathlib import Path

from django.conf import settings

from backend.backups import databases
from backend.backups.checking import holds, migrations
from backend.backups.manifest import UPLOADS, BackupRefused, Manifest, digests
from backend.backups.manifest import write as write_manifest
from games.journal.queries import db_now


def write(path: Path) -> Manifest:
    """A backup in the new folder `path`. It appears under its name when it is whole. Raises BackupRefused."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        message = f"{path} is there already and not empty: name a new folder."
        raise BackupRefused(message)
    if not databases.tables():
        message = "The database is empty: there is nothing to keep."
        raise BackupRefused(message)
    beside = path.with_name(f"{path.name}.unfinished")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(parents=True, mode=0o700)
        manifest = _fill(beside)
        if path.exists():
            path.rmdir()
        beside.rename(path)
    except OSError as error:
        message = f"The backup could not be written: {error}."
        raise BackupRefused(message) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return manifest


def _fill(folder: Path) -> Manifest:
    made_at, counted = db_now().isoformat(timespec="seconds"), holds()
    dump = databases.dump(folder)
    uploads = Path(settings.MEDIA_ROOT)
    if uploads.is_dir():
        _copy_files(uploads, folder / UPLOADS)
    manifest = Manifest(
        made_at=made_at,
        ludus=settings.VERSION,
        database=databases.kind(),
        server=databases.server(),
        dump=dump,
        migrations=migrations(),
        holds=counted,
        files=digests(folder),
    )
    write_manifest(folder, manifest)
    return manifest


def _copy_files(source: Path, target: Path) -> None:
    """Every file; one that is deleted meanwhile is left out, as its row will be."""
    for path in sorted(source.rglob("*")):
        if path.is_file():
            to = target / path.relative_to(source)
            to.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copy2(path, to)
            except FileNotFoundError:
                continue
