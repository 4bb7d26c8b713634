"""What the documentation has to name: every setting, every command."""

import re
from collections.abc import Iterator
from pathlib import Path

from backend.cli.app import COMMANDS
from backend.cli.setup import ROOT

READER = re.compile(r"""env_(?:str|bool|int|list|secret|seed|url)\(\s*["'](\w+)["']""")
SETTINGS = ROOT / "docs" / "operations" / "settings.md"
README = ROOT / "README.md"
FIRST_COMMANDS = ("./run demo", "./run test")


def settings_read() -> set[str]:
    """Every environment variable that backend/env.py is asked for."""
    return {name for path in (ROOT / "backend").rglob("*.py") for name in READER.findall(path.read_text(encoding="utf-8"))}


def undocumented() -> Iterator[str]:
    """One line for each thing that the docs do not name, and for each setting they name that nobody reads."""
    documented = set(re.findall(r"^\| `(\w+)` \|", text(SETTINGS), flags=re.MULTILINE))
    yield from (f"setting {name} is not in docs/operations/settings.md" for name in sorted(settings_read() - documented))
    yield from (f"setting {name} in docs/operations/settings.md is read nowhere" for name in sorted(documented - settings_read()))
    everything = "\n".join(text(path) for path in [*sorted((ROOT / "docs").rglob("*.md")), README])
    yield from (f"command ./run {name} is nowhere in docs/" for name in COMMANDS if f"./run {name}" not in everything)
    yield from (f"README.md does not show {command}" for command in FIRST_COMMANDS if command not in text(README))


def text(path: Path) -> str:
    """Empty when there is no such file: then everything in it is missing, and said so."""
    return path.read_text(encoding="utf-8") if path.exists() else ""
