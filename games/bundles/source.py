"""The files of a bundle, from a folder or a zip, read with suspicion: nothing outside, no links, no bombs, nothing too large."""

import stat
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final, Protocol

from games.bundles.rules import MAX_FILE, MAX_FILES, MAX_RATIO, MAX_TOTAL, MEGABYTE, RATIO_FROM, BundleRefused
from games.errors import Problem
from leaderboards.engine.language import gettext as _

ENCRYPTED: Final = 0x1
CHUNK: Final = MEGABYTE


class Source(Protocol):
    """Files by name. Names are relative, with forward slashes."""

    @property
    def name(self) -> str:
        """What people call it."""

    def names(self) -> tuple[str, ...]:
        """All file names, sorted."""

    def read(self, name: str) -> bytes:
        """The content of one file."""

    def inside(self, folder: str) -> "Source":
        """The same source, seen from one of its folders."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on disk, already looked through."""

    path: Path
    name: str
    files: tuple[str, ...]
    prefix: str = ""

    def names(self) -> tuple[str, ...]:
        return _below(self.files, self.prefix)

    def read(self, name: str) -> bytes:
        path = self.path / self.prefix / name
        if path.is_symlink():
            raise BundleRefused([Problem(name, _("is a link; a bundle holds plain files"))])
        return path.read_bytes()

    def inside(self, folder: str) -> "Folder":
        return Folder(self.path, f"{self.name}/{folder}", self.files, f"{self.prefix}{folder}/")


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip whose entries were checked and unpacked in memory."""

    name: str
    content: dict[str, bytes]
    prefix: str = ""

    def names(self) -> tuple[str, ...]:
        return _below(self.content, self.prefix)

    def read(self, name: str) -> bytes:
        return self.content[self.prefix + name]

    def inside(self, folder: str) -> "Archive":
        return Archive(f"{self.name}/{folder}", self.content, f"{self.prefix}{folder}/")


def open_source(path: Path) -> Source:
    """The folder or zip at `path`. Raises BundleRefused for anything that cannot be trusted."""
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise BundleRefused([Problem(str(path), _("no such folder or file"))])
    if not zipfile.is_zipfile(path):
        raise BundleRefused([Problem(path.name, _("expected a folder or a zip file"))])
    with path.open("rb") as file:
        return open_zip(file, path.name)


def open_zip(file: IO[bytes], name: str = "bundle.zip") -> Source:
    """A zip from an open file, such as an upload. A single folder around everything is left out."""
    try:
        with zipfile.ZipFile(file) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            problems = _suspicious(infos, name)
            if problems:
                raise BundleRefused(problems)
            content = _unpacked(archive, infos)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BundleRefused([Problem(name, _("this zip cannot be read: {error}", error=error))]) from None
    tops = {entry.split("/", 1)[0] for entry in content}
    around = f"{tops.pop()}/" if len(tops) == 1 and all("/" in entry for entry in content) else ""
    return Archive(name, content, around)


def _below(files: Iterable[str], prefix: str) -> tuple[str, ...]:
    return tuple(sorted(file[len(prefix) :] for file in files if file.startswith(prefix)))


def _folder(path: Path) -> Folder:
    problems: list[Problem] = []
    files: list[str] = []
    total = 0
    for found in sorted(path.rglob("*")):
        name = found.relative_to(path).as_posix()
        if any(part.startswith(".") for part in PurePosixPath(name).parts):
            continue
        if found.is_symlink():
            problems.append(Problem(name, _("is a link; a bundle holds plain files")))
        elif found.is_file():
            size = found.stat().st_size
            total += size
            files.append(name)
            problems += _too_large(name, size)
        if len(files) > MAX_FILES:
            problems.append(Problem(str(path), _("more than {max_files} files", max_files=MAX_FILES)))
            break
    problems += _too_much(path.name, total)
    if problems:
        raise BundleRefused(problems)
    return Folder(path, path.name, tuple(files))


def _too_large(name: str, size: int) -> list[Problem]:
    if size <= MAX_FILE:
        return []
    return [
        Problem(
            name,
            _("{size:.0f} MB; a file of a bundle has at most {max_file} MB", size=size / MEGABYTE, max_file=MAX_FILE // MEGABYTE),
        )
    ]


def _too_much(name: str, total: int) -> list[Problem]:
    if total <= MAX_TOTAL:
        return []
    return [
        Problem(
            name,
            _(
                "{total:.0f} MB in all; a bundle has at most {max_total} MB",
                total=total / MEGABYTE,
                max_total=MAX_TOTAL // MEGABYTE,
            ),
        )
    ]


def _suspicious(infos: list[zipfile.ZipInfo], archive: str) -> list[Problem]:
    """What the directory of the zip already tells."""
    problems: list[Problem] = []
    if len(infos) > MAX_FILES:
        return [Problem(archive, _("{count} files; a bundle has at most {max_files}", count=len(infos), max_files=MAX_FILES))]
    seen: set[str] = set()
    for info in infos:
        name = info.filename
        if unsafe(name) or "\\" in info.orig_filename:
            problems.append(
                Problem(f"{archive}: {name[:100]!r}", _("a path that leaves the bundle; expected a plain relative path"))
            )
        elif stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
            problems.append(Problem(name, _("is a link or a device; a bundle holds plain files")))
        elif info.flag_bits & ENCRYPTED:
            problems.append(Problem(name, _("is encrypted; expected a plain zip")))
        elif name in seen:
            problems.append(Problem(name, _("is twice in the zip")))
        elif info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            problems.append(
                Problem(
                    name,
                    _(
                        "unpacks to {file_size} times its size; at most {max_ratio}",
                        file_size=info.file_size // max(info.compress_size, 1),
                        max_ratio=MAX_RATIO,
                    ),
                )
            )
        else:
            problems += _too_large(name, info.file_size)
        seen.add(name)
    return problems + _too_much(archive, sum(info.file_size for info in infos))


def unsafe(name: str) -> bool:
    """Whether a path could lead outside, or names a drive."""
    parts = name.replace("\\", "/").split("/")
    return not name or name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name


def _unpacked(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """The content, counted while it is unpacked: what the directory says of sizes may be a lie."""
    content: dict[str, bytes] = {}
    total = 0
    for info in infos:
        parts = bytearray()
        with archive.open(info) as file:
            while chunk := file.read(CHUNK):
                parts += chunk
                total += len(chunk)
                if len(parts) > MAX_FILE or total > MAX_TOTAL:
                    raise BundleRefused([Problem(info.filename, _("unpacks to more than it says; this zip cannot be trusted"))])
        if not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(info.filename).parts):
            content[info.filename] = bytes(parts)
    return content
