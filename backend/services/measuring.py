"""Where the processes of a part write what they measure, and which of these folders belong to parts that live.

`LUDUS_DATA/metrics/PART@HOST-PID`: one for each part that somebody started; PID is the process that started it. That process touches the
file `alive` in it; a folder whose `alive` is old belongs to nobody. So several containers may share one LUDUS_DATA: whoever is asked for
/metrics reads what all of them wrote.
"""

import contextlib
import os
import re
import shutil
import socket
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
TOUCH: Final = 10.0
"""Seconds between two signs of life."""
DEAD: Final = 60.0
"""Seconds without one after which nobody lives there."""
ALIVE: Final = "alive"
WORKED: Final = "worked"
"""Touched by the part itself (leaderboards.measures): a worker after a task, beat with each task it asks for."""


class Kept(NamedTuple):
    """What one part of one host wrote."""

    part: str
    host: str
    folder: Path


def prepare(data: Path, part: str) -> dict[str, str]:
    """An empty folder for a part that is about to start, as the environment that names it. Folders of the dead go.

    Empty where there is no room for one: then nothing is measured, and everything runs.
    """
    folder = data / "metrics" / f"{part}@{host()}-{os.getpid()}"
    with contextlib.suppress(OSError):
        shutil.rmtree(folder, ignore_errors=True)
        for old in _dead(data):
            shutil.rmtree(old, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / ALIVE).touch()
        return {VARIABLE: str(folder)}
    return {}


def begin(data: Path, parts: Iterable[str]) -> tuple[dict[str, dict[str, str]], "Signs"]:
    """For each part what `prepare` gives, and the signs of life for all of them."""
    measured = {part: prepare(data, part) for part in parts}
    return measured, Signs(Path(one[VARIABLE]) for one in measured.values() if one)


def host() -> str:
    """The name of this machine or container, as it stands in folders."""
    return re.sub(r"[^A-Za-z0-9.]", "-", socket.gethostname())[:60] or "host"


def _dead(data: Path) -> list[Path]:
    return [folder for folder in (data / "metrics").glob("*@*") if not _lives(folder)]


def _lives(folder: Path) -> bool:
    return fresh(folder / ALIVE, DEAD)


def fresh(path: Path, seconds: float) -> bool:
    """Whether a file was touched within so many seconds. Not if there is none."""
    try:
        return time.time() - path.stat().st_mtime < seconds
    except OSError:
        return False


def living(data: Path) -> Iterator[Kept]:
    """What is written by the parts that live, of every host that shares this folder."""
    for folder in sorted((data / "metrics").glob("*@*")):
        if _lives(folder):
            part, _, rest = folder.name.partition("@")
            yield Kept(part, rest.rpartition("-")[0], folder)


class Signs:
    """Gives the signs of life of the parts that this process started; called often, it touches seldom."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = list(folders)
        self._next = 0.0

    def __call__(self) -> None:
        """Touch, if it is time."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + TOUCH
        for folder in self.folders:
            with contextlib.suppress(OSError):
                (folder / ALIVE).touch()

    def end(self) -> None:
        """Nobody lives there any more."""
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)
