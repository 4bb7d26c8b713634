"""Where in written rules a problem stands, in one way of writing: challenges[0].criteria[1].min. Pure."""

import re
from collections.abc import Mapping
from itertools import chain
from typing import Any, Final

PLURAL: Final = {
    "board": "boards",
    "challenge": "challenges",
    "round": "rounds",
    "award": "awards",
    "cut": "cuts",
    "criterion": "criteria",
    "panel": "panels",
    "field": "fields",
}
USUAL_PANEL: Final = "jury"
"""The key of a panel whose rules say none."""
_WORDED: Final = re.compile(r'(?:^|\.)(board|challenge|round|award|cut|criterion|panel|field)(?: to)? "([^"]*)"(?: \(([^)]*)\))?')
_STEP: Final = re.compile(r'([A-Za-z_]\w*)|\[(\d+)\](?: \(key "[^"]*"\))?|\["([^"\]]*)"(?: in [^\]]*)?\]')
_SET_IN: Final = re.compile(r'^rounds\["[^"]*"\]\.challenges\.([\w-]+)')
type Path = tuple[str | int, ...]


def path_of(where: str, data: Any) -> Path:
    """The steps of a place as messages name it: with numbers, keys or words ('board "result".order', 'rounds["call"].closes').

    What cannot be followed further ends there: a message is better at the table than nowhere.
    """
    text = _WORDED.sub(_plain, _SET_IN.sub(r'challenges["\1"]', where))
    found: list[str | int] = []
    here = data
    for match in _STEP.finditer(text):
        name, number, key = match.groups()
        step: str | int | None = name if name is not None else int(number) if number is not None else _place(here, key)
        if step is None:
            break
        found.append(step)
        here = _inside(here, step)
    return tuple(found)


def _plain(match: re.Match[str]) -> str:
    kind, key, _rounds = match.groups()
    dot = "." if match[0].startswith(".") else ""
    return f'{dot}{PLURAL[kind]}["{key}"]'


def _place(rows: Any, key: str) -> int | None:
    """The number of the table with this key (of a cut: with this `to`)."""
    if not isinstance(rows, list):
        return None
    tables = [(number, row) for number, row in enumerate(rows) if isinstance(row, Mapping)]
    found = (number for name in ("key", "to", "board") for number, row in tables if row.get(name) == key)
    unsaid = (number for number, row in tables if key == USUAL_PANEL and "key" not in row)
    return next(chain(found, unsaid), None)


def _inside(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None


def written(path: Path) -> str:
    """challenges[0].criteria[1].min: the name of the field in a form, and what an author reads."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def parsed(text: str) -> Path:
    """What `written` wrote."""
    return path_of(text, None)
