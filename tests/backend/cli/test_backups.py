"""A backup of real data, and the way back: on the database of this run, with the real programs."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from backend.backups import databases, manifest, reading, writing
from backend.backups.manifest import BackupRefused
from backend.services import measuring
from games.journal.actions import record, seal_pending
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from tests.factories.results import judge_final, water
from tests.worker.processes import environment
from worker.steps import settle_now

UPLOADED = ("a/first.txt", "b/çedille and space.bin")
ROOT = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


def run(command: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """`./run COMMAND` with a database and a LUDUS_DATA."""
    whole = environment(**env, LUDUS_LOG_LEVEL="ERROR")
    return subprocess.run(
        [sys.executable, "-m", "backend.cli", command, *arguments],
        cwd=ROOT,
        env=whole,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Another, empty database and another LUDUS_DATA."""
    here = environment()["DATABASE_URL"]
    if connection.vendor == "sqlite":
        yield {"DATABASE_URL": f"sqlite:///{tmp_path / 'other.sqlite3'}", "LUDUS_DATA": str(tmp_path / "other")}
        return
    name = f"restored_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield {"DATABASE_URL": f"{here.rpartition('/')[0]}/{name}", "LUDUS_DATA": str(tmp_path / "other")}
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def uploaded(tmp_path: Path, settings) -> None:
    """A sealed journal and two uploaded files."""
    settings.DATA, settings.MEDIA_ROOT = tmp_path / "here", tmp_path / "here" / "uploads"
    record(Kind.THREAD_OPENED, cycle_id=None)
    seal_pending()
    for name in UPLOADED:
        path = settings.MEDIA_ROOT / name
        path.parent.mkdir(parents=True)
        path.write_bytes(name.encode() * 1000)


@pytest.fixture
def played(uploaded) -> None:
    """A competition with a published round, too."""
    story = water()
    settle_now(story.rounds["call"], by=None)
    judge_final(story)
    seal_pending()


def test_what_was_backed_up_comes_back_elsewhere_and_holds(played, elsewhere, tmp_path):
    path, here = tmp_path / "backup", {"LUDUS_DATA": str(tmp_path / "here")}
    done = run("backup", str(path), **here)
    assert done.returncode == 0, done.stderr
    written = json.loads((path / "manifest.json").read_text())
    assert set(written["files"]) == {databases.DUMPS[connection.vendor], *(f"uploads/{name}" for name in UPLOADED)}
    assert written["holds"]["snapshots"] > 0
    assert written["holds"]["sealed"] == JournalEntry.objects.count() > 0
    assert (path.stat().st_mode & 0o077) == 0

    back = run("restore", str(path), **elsewhere)
    assert back.returncode == 0, back.stderr
    assert f"{written['holds']['sealed']} sealed acts follow one from another" in back.stdout
    for name in UPLOADED:
        assert (Path(elsewhere["LUDUS_DATA"]) / "uploads" / name).read_bytes() == name.encode() * 1000

    again = run("restore", str(path), **elsewhere)
    assert again.returncode == 1
    assert "There is something here already" in again.stderr
    assert run("restore", str(path), "--fresh", **elsewhere).returncode == 0

    second = tmp_path / "second"
    assert run("backup", str(second), **elsewhere).returncode == 0
    assert json.loads((second / "manifest.json").read_text())["holds"] == written["holds"]


@pytest.fixture
def written(uploaded, tmp_path: Path) -> Path:
    writing.write(tmp_path / "backup")
    return tmp_path / "backup"


@pytest.mark.parametrize("harm", ["changed", "missing", "added", "cut"])
def test_a_backup_that_is_not_as_it_was_written_is_refused_before_anything_happens(written, harm):
    upload = written / "uploads" / "a" / "first.txt"
    if harm == "changed":
        upload.write_bytes(b"x" + upload.read_bytes()[1:])
    elif harm == "missing":
        upload.unlink()
    elif harm == "added":
        (written / "uploads" / "more.txt").write_text("more")
    else:
        dump = written / databases.DUMPS[connection.vendor]
        dump.write_bytes(dump.read_bytes()[:-10])
    before = JournalEntry.objects.count()
    with pytest.raises(BackupRefused, match="not as it was written"):
        reading.restore(written, fresh=True)
    assert JournalEntry.objects.count() == before


def test_a_folder_that_is_no_backup_and_one_of_the_future_are_refused(written, tmp_path):
    with pytest.raises(BackupRefused, match="is no backup"):
        manifest.read(tmp_path)
    path = written / manifest.NAME
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(BackupRefused, match="has format 2"):
        manifest.read(written)


def test_a_backup_of_a_newer_version_or_of_another_database_is_refused(written, monkeypatch):
    path = written / manifest.NAME
    said = json.loads(path.read_text())
    path.write_text(json.dumps(said | {"migrations": said["migrations"] | {"games": "9999_of_tomorrow"}}))
    with pytest.raises(BackupRefused, match=r"newer Ludus .* games\.9999_of_tomorrow"):
        reading.restore(written, fresh=True)
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    path.write_text(json.dumps(said | {"database": other}))
    with pytest.raises(BackupRefused, match=f"a backup of {other}"):
        reading.restore(written, fresh=True)


def test_nothing_is_restored_under_a_house_that_runs(written, settings):
    measuring.prepare(settings.DATA, "worker")
    with pytest.raises(BackupRefused, match=r"Ludus runs on these data \(worker\)"):
        reading.restore(written, fresh=True)


def test_nothing_is_thrown_away_for_a_dump_that_cannot_be_read_here(written, monkeypatch):
    """As where the client programs of PostgreSQL are missing, or older than those that wrote it."""
    if connection.vendor == "sqlite":
        pytest.skip("needs no programs")
    monkeypatch.setattr(databases, "others", lambda: 0)
    before = JournalEntry.objects.count()
    monkeypatch.setattr(databases, "program", lambda _tool: "false")
    with pytest.raises(BackupRefused, match="pg_restore failed"):
        reading.restore(written, fresh=True)
    assert JournalEntry.objects.count() == before > 0


def test_a_full_folder_is_not_written_into_and_a_failure_leaves_nothing(written, monkeypatch, tmp_path):
    with pytest.raises(BackupRefused, match="not empty"):
        writing.write(written)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(BackupRefused, match="No space left"):
        writing.write(tmp_path / "another")
    assert not list(tmp_path.glob("another*"))
