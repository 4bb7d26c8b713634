"""A small sound bundle, to be broken one cell at a time."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from games.bundles.reading import read_path
from games.bundles.rules import BundleRefused
from games.errors import Problem

RULES = """
format = 1
cycle = { key = "small", timezone = "Europe/Berlin" }
rounds = [{ key = "one", opens = 2027-01-01T09:00:00 }, { key = "two" }]
boards = [
  { key = "after", rounds = ["one"], challenges = ["c"] },
  { key = "end", rounds = ["two"] },
]
cuts = [{ board = "after", to = "two", first = 2 }]
[[challenges]]
key = "c"
criteria = [{ key = "m", min = 0, max = 100, step = 1, not_marked = -1 }, { key = "n", values = [1, 2, 5], optional = true }]
fields = [{ key = "days", min = 0, max = 9, default = 0 }]
adjust = [{ minus = "days" }]
[[challenges]]
key = "run"
rounds = ["one"]
format = "measured"
better = "low"

"""
GROUPS = "group,name\na,Aqua\nb,Brook\nd,Delta\n"
MARKS = (
    "round,challenge,group,judge,criterion,value,state\none,c,a,j,m,50,\none,c,b,j,m,60,\none,c,d,j,m,40,\none,c,a,k,m,,recused\n"
)

Build = Callable[..., Path]
Faults = Callable[..., list[str]]


def small() -> dict[str, str | bytes]:
    return {"cycle.toml": RULES, "groups.csv": GROUPS, "marks.csv": MARKS}


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Write the small bundle with some files changed (None: left out), and give its folder."""

    def _build(changes: Mapping[str, str | bytes | None] | None = None) -> Path:
        folder = tmp_path / "bundle"
        folder.mkdir(exist_ok=True)
        for name, content in {**small(), **(changes or {})}.items():
            if content is not None:
                (folder / name).parent.mkdir(exist_ok=True)
                (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return _build


@pytest.fixture
def faults(build: Build) -> Faults:
    """The faults of the small bundle with some files changed, as text."""

    def _faults(changes: Mapping[str, str | bytes | None] | None = None) -> list[str]:
        return [str(problem) for problem in refused(build(changes))]

    return _faults


def refused(path: Path, fmt: str | None = None) -> tuple[Problem, ...]:
    try:
        read_path(path, fmt)
    except BundleRefused as refusal:
        return refusal.problems
    return ()
