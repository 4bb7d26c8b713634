"""A disk that is full: an export says so, and nothing half-written is offered or left."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from games.bundles.actions import export_cycle
from games.bundles.actions.placing import NotWritten, place_files, store
from games.bundles.reading import read_path
from tests.factories.results import Played, water
from worker import desk

BIG = b"x" * 100_000


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """The kernel takes so many bytes a file from this process, and no more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Files are stored there, on a real disk."""
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    with override_settings(STORAGES={"default": place, "staticfiles": place}):
        yield tmp_path


def left(folder: Path) -> list[str]:
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())


@pytest.mark.parametrize("name", ["cycle.zip", "cycle"])
def test_an_export_is_there_whole_or_not_at_all(tmp_path: Path, name: str) -> None:
    files = {"a.csv": b"a", "b.csv": bytes(range(256)) * 400}
    with room_for(50_000 if name == "cycle" else 100), pytest.raises(NotWritten, match=r"File too large\. Nothing was left"):
        place_files(files, tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    place_files(files, tmp_path / name)
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_what_was_there_stays_when_its_folder_cannot_be_filled(tmp_path: Path) -> None:
    target = tmp_path / "empty"
    target.mkdir()
    with room_for(10), pytest.raises(NotWritten):
        place_files({"a": BIG}, target)
    assert target.is_dir()
    place_files({"a": BIG}, target)
    assert left(tmp_path) == ["empty/a"]


def test_a_stored_file_that_did_not_fit_is_gone(disk: Path) -> None:
    with room_for(1000), pytest.raises(NotWritten, match="could not be stored"):
        store("exports/a.zip", BIG)
    assert left(disk) == []
    assert store("exports/a.zip", BIG) == "exports/a.zip"
    assert left(disk) == ["exports/a.zip"]


@pytest.fixture
def played() -> Played:
    return water()


@pytest.mark.django_db
def test_the_desk_says_that_an_export_could_not_be_written(disk: Path, played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job fails with words for the page, offers no file, and the next one works."""

    def on_a_full_disk(path: str, content: bytes) -> str:
        with room_for(100):
            return store(path, content)

    monkeypatch.setattr(desk, "store", on_a_full_disk)
    job: Any = desk.ask("export", played.cycle, "organizers", here=True)
    assert (job.state, job.result) == ("failed", None)
    assert "could not be stored" in job.error
    assert left(disk) == []
    monkeypatch.setattr(desk, "store", store)
    again = desk.ask("export", played.cycle, "organizers", here=True)
    assert again.state == "done"
    assert left(disk) == [again.result["path"]]


@pytest.mark.django_db
def test_a_whole_export_can_be_read_again(tmp_path: Path, played: Played) -> None:
    target = export_cycle(played.cycle, tmp_path / "out" / "water.zip")
    assert len(read_path(target).bundles[0].tables.groups.rows) == 6
