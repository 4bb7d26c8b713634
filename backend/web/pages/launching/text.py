"""All rules as text: written as TOML, read back, each fault at its line. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import tomli_w

from games.errors import Problem
from games.playbooks.expand import expand, plain
from games.playbooks.queries import exact
from games.playbooks.schema import DesignRefused, read_toml
from games.progression.paths import Path, path_of
from leaderboards.engine.language import gettext as _

LONGEST: Final = 500_000
ORDER: Final = (
    *("format", "playbook", "cycle", "aim", "checks", "roles", "registration", "rounds", "challenges"),
    *("boards", "cuts", "awards", "rules", "badges", "brand", "retention"),
)
_TABLE: Final = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?\s*(?:#.*)?")
_KEY: Final = re.compile(r"\s*([\w-]+)\s*=")
_LINE: Final = re.compile(r"line (\d+)")


def toml_of(data: Mapping[str, Any]) -> str:
    """The rules as they are written in a bundle."""
    ranked = [name for name in ORDER if name in data] + [name for name in data if name not in ORDER]
    return tomli_w.dumps({name: _clean(data[name]) for name in ranked if data[name] is not None}, multiline_strings=True)


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _clean(inner) for key, inner in value.items() if inner is not None}
    return [_clean(one) for one in value if one is not None] if isinstance(value, list) else value


def read(text: str, *, start: datetime) -> dict[str, Any]:
    """The rules of a text, families resolved, times counted from `start`. Raises DesignRefused for what is no TOML or cannot be resolved."""
    if len(text) > LONGEST:
        raise DesignRefused(
            [Problem("", _("rules have at most {longest} characters; these have {count}", longest=LONGEST, count=len(text)))]
        )
    try:
        written = exact(read_toml(text.replace("\r\n", "\n")))
    except ValueError as error:
        raise DesignRefused([Problem("", str(error))]) from None
    opened = expand(written, start=start)
    if opened.problems:
        raise DesignRefused(opened.problems)
    found: Any = plain(opened.data)
    return dict(found)


def lines_of(text: str) -> dict[Path, int]:
    """Where each table and key stands: path → line, from 1. What is written inside one line belongs to that line."""
    found: dict[Path, int] = {}
    counts: dict[tuple[str, ...], int] = {}
    here: Path = ()
    quotes = ""
    for number, line in enumerate(text.split("\n"), 1):
        if quotes:
            quotes = "" if quotes in line else quotes
            continue
        table, key = _TABLE.fullmatch(line), _KEY.match(line)
        if table is not None:
            here = _opened(table, counts)
            found.setdefault(here, number)
        elif key is not None:
            found.setdefault((*here, key[1]), number)
        quotes = next((one for one in ('"""', "'''") if line.count(one) % 2), "")
    return found


def _opened(table: re.Match[str], counts: dict[tuple[str, ...], int]) -> Path:
    names = tuple(table[2].split("."))
    if table[1] == "[[":
        counts[names] = counts.get(names, -1) + 1
        for other in [one for one in counts if len(one) > len(names) and one[: len(names)] == names]:
            del counts[other]
    path: list[str | int] = []
    for depth, name in enumerate(names, 1):
        path.append(name)
        if names[:depth] in counts:
            path.append(counts[names[:depth]])
    return tuple(path)


def line_at(problem: Problem, text: str, data: Any) -> int | None:
    """The line a problem is about: that of its key, else of its table; None if nothing is found."""
    said = _LINE.search(problem.message)
    if said is not None and not problem.where:
        return int(said[1])
    known = lines_of(text)
    path = path_of(problem.where, data)
    while path:
        if path in known:
            return known[path]
        path = path[:-1]
    return None
