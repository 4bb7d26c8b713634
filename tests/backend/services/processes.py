"""Which processes carry a mark in their environment: how tests see that nothing was left behind."""

import os
import time
from pathlib import Path


def marked(mark: str) -> dict[int, str]:
    """Process id -> command line of every living process whose environment holds the mark."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes() and "State:\tZ" not in (folder / "status").read_text():
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
    found.pop(os.getpid(), None)
    return found


def left_after(mark: str, seconds: float) -> dict[int, str]:
    """What is still there when the time is over; returns at once when nothing is."""
    end = time.monotonic() + seconds
    while (found := marked(mark)) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def wait_for_file(path: Path, seconds: float = 30) -> str:
    """Its text, once it has some."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if path.exists() and (text := path.read_text()):
            return text
        time.sleep(0.05)
    raise AssertionError(f"{path} never appeared")
