"""Written files are put where they belong whole, or not at all: a disk that is full leaves nothing half-written that could be taken for an export."""

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from games.bundles.writer import write_folder, zipped
from games.errors import GameError
from leaderboards.engine.language import gettext as _


class NotWritten(GameError):
    """The disk did not take it: it is full, or may not be written to."""

    code = "not_written"


def place_files(files: Mapping[str, bytes], place: Path) -> None:
    """A zip if `place` ends so, else a folder. Raises NotWritten; then nothing is there that was not there before."""
    beside = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.suffix == ".zip":
            beside.write_bytes(zipped(dict(files)))
        else:
            beside.mkdir()
            write_folder(files, beside)
        beside.replace(place)
    except OSError as error:
        message = _(
            "The export could not be written to {place}: {strerror}. Nothing was left there.",
            place=place,
            strerror=error.strerror or error,
        )
        raise NotWritten(message) from error
    finally:
        _remove(beside)


def store(path: str, content: bytes) -> str:
    """Put bytes into the storage and return where they are. Raises NotWritten; then nothing is there."""
    try:
        return default_storage.save(path, ContentFile(content))
    except OSError as error:
        with suppress(OSError, NotImplementedError):
            default_storage.delete(path)
        message = _(
            "The file could not be stored: {strerror}. Whoever runs this house has to make room.",
            strerror=error.strerror or error,
        )
        raise NotWritten(message) from error


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
