"""What a backup says of itself: when and from what it was made, and the SHA-256 of each of its files."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

FORMAT: Final = 1
NAME: Final = "manifest.json"
UPLOADS: Final = "uploads"
BLOCK: Final = 1024 * 1024


class BackupRefused(Exception):
    """It cannot be done; the message says why, for whoever keeps the instance."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files`: path within the backup -> {sha256, bytes}. `holds`: what is counted again after a restore."""

    made_at: str
    ludus: str
    database: str
    server: str
    dump: str
    migrations: dict[str, str]
    holds: dict[str, Any]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def summary(self) -> str:
        """One line for people."""
        size = sum(one["bytes"] for one in self.files.values()) / 1e6
        uploads = sum(name.startswith(f"{UPLOADS}/") for name in self.files)
        acts = self.holds.get("journal", 0)
        return f"a {self.database} database with {acts} journalled acts and {uploads} uploaded files ({size:.1f} MB)"


def digest(path: Path) -> dict[str, Any]:
    """SHA-256 and size of a file."""
    made, size = hashlib.sha256(), 0
    with path.open("rb") as opened:
        while block := opened.read(BLOCK):
            made.update(block)
            size += len(block)
    return {"sha256": made.hexdigest(), "bytes": size}


def digests(folder: Path) -> dict[str, dict[str, Any]]:
    """Of every file in a backup but the manifest itself, by path."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / NAME)
    return {path.relative_to(folder).as_posix(): digest(path) for path in paths}


def write(folder: Path, manifest: Manifest) -> None:
    """Put the manifest into the backup."""
    text = json.dumps(asdict(manifest), indent=2, ensure_ascii=False, sort_keys=True)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """The manifest of a backup whose files are all there and unchanged. Raises BackupRefused."""
    try:
        manifest = Manifest(**json.loads((folder / NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        message = f"{folder} is no backup: its {NAME} cannot be read ({error})."
        raise BackupRefused(message) from None
    if manifest.format != FORMAT:
        message = f"{folder} has format {manifest.format}; this version reads format {FORMAT}."
        raise BackupRefused(message)
    there = digests(folder)
    wrong = sorted(name for name in {*there, *manifest.files} if there.get(name) != manifest.files.get(name))
    if wrong:
        message = f"{folder} is not as it was written: {', '.join(wrong[:5])}{' ...' if wrong[5:] else ''}."
        raise BackupRefused(message)
    return manifest
