"""A real browser without a driver: Chromium opens a page, runs its scripts for a while and hands back the document and what it complained about."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
)


class Seen(NamedTuple):
    """The document after its scripts ran, and the complaints of the console."""

    document: str
    complaints: list[str]


def browser() -> str:
    """Where Chromium is. Whoever asks for these tests must have one: without it they fail, and say so."""
    found = os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), "")
    assert found, "These tests need Chromium: install it, or name it with CHROMIUM=/path/to/it."
    return found


def look(address: str, folder: Path, *, width: int = 1280, wait: int = 3000) -> Seen:
    """Open a page and give its scripts `wait` milliseconds of the browser's own time."""
    command = [browser(), *QUIET, f"--user-data-dir={folder}", f"--window-size={width},900", f"--virtual-time-budget={wait}"]
    done = subprocess.run([*command, "--dump-dom", address], capture_output=True, text=True, timeout=60, check=True)
    complaints = [line for line in done.stderr.splitlines() if ":CONSOLE" in line and re.search(r"rror|efuse|iolat", line)]
    return Seen(done.stdout, complaints)
