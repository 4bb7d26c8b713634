"""Bringing a backup back: looked at first, loaded whole, brought up to date, and proved afterwards."""

import contextlib
import shutil
from pathlib import Path
from typing import Final

import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from backend.backups import databases
from backend.backups.checking import broken, holds
from backend.backups.manifest import UPLOADS, BackupRefused, Manifest
from backend.backups.manifest import read as read_manifest
from backend.connections import redis_database
from backend.services.measuring import living

REDIS_DATABASES: Final = range(4)
SHOWN: Final = 10


def restore(path: Path, *, fresh: bool) -> tuple[Manifest, str]:
    """What a backup holds, back in its place; the manifest, and a sentence about what was proved. Raises BackupRefused."""
    manifest = read_manifest(path)
    _refuse_where_it_does_not_fit(manifest)
    _refuse_where_something_is(fresh=fresh)
    databases.look(path / manifest.dump)
    if fresh:
        databases.empty()
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    databases.load(path / manifest.dump)
    if (path / UPLOADS).is_dir():
        shutil.copytree(path / UPLOADS, settings.MEDIA_ROOT, dirs_exist_ok=True)
    forget_in_redis()
    missing = _differences(manifest)  # before migrations, which may change what is counted
    call_command("migrate", verbosity=0, interactive=False)
    faults = missing + broken()
    if faults:
        message = "Restored, but it does not hold:\n" + "\n".join(faults[:SHOWN])
        raise BackupRefused(message)
    counted = manifest.holds
    return manifest, (
        f"Checked: {counted['sealed']} sealed acts follow one from another, {counted['snapshots']} published snapshots are what was"
        " published. What was queued is found again by the clock."
    )


def _refuse_where_it_does_not_fit(manifest: Manifest) -> None:
    if manifest.database != databases.kind():
        message = f"This is a backup of {manifest.database}, and DATABASE_URL names {databases.kind()}."
        raise BackupRefused(message)
    known = {app for app, _ in MigrationExecutor(connection).loader.graph.nodes}
    graph = set(MigrationExecutor(connection).loader.graph.nodes)
    newer = [f"{app}.{name}" for app, name in manifest.migrations.items() if app in known and (app, name) not in graph]
    if newer:
        message = (
            f"The backup was made by a newer Ludus ({manifest.ludus}): it has {', '.join(newer)}. Install that version first."
        )
        raise BackupRefused(message)


def _refuse_where_something_is(*, fresh: bool) -> None:
    running = sorted({kept.part for kept in living(settings.DATA)})
    if running:
        message = f"Ludus runs on these data ({', '.join(running)}): stop it first."
        raise BackupRefused(message)
    if others := databases.others():
        message = f"{others} other sessions are on this database: stop whatever uses it first."
        raise BackupRefused(message)
    if fresh:
        return
    uploads = Path(settings.MEDIA_ROOT)
    if databases.tables() or (uploads.is_dir() and any(uploads.iterdir())):
        message = "There is something here already. Use an empty database and an empty LUDUS_DATA, or throw it away with --fresh."
        raise BackupRefused(message)


def _differences(manifest: Manifest) -> list[str]:
    """What was counted before the backup was written and is not there. More may be: others went on meanwhile."""
    there = holds()
    return [f"{name}: {there[name]} of {said}" for name, said in manifest.holds.items() if name != "head" and there[name] < said]


def forget_in_redis() -> None:
    """Nothing that was made from the data before: pages, sorted sets, queued tasks. Redis may be away: then there is nothing."""
    if not settings.HAS_REDIS:
        return
    with contextlib.suppress(redis.RedisError, OSError):
        for number in REDIS_DATABASES:
            with redis.Redis.from_url(redis_database(settings.REDIS_URL, number), socket_connect_timeout=2) as server:
                for key in server.scan_iter(match=f"{settings.PREFIX}*", count=1000):
                    server.unlink(key)
