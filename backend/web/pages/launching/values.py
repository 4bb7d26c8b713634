"""From a value of the rules to what stands in a field, and back. What cannot be read is kept as it was typed: the check names it. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from backend.web.pages.launching.parts import Field, Kind

ABSENT: Final = object()
"""Nothing stands here: the key is left out, so that the default holds."""
CENTS: Final = 100
_AMOUNT: Final = re.compile(r"(\d{1,13})(?:[.,](\d{1,2}))?", re.ASCII)
_LEVEL: Final = re.compile(r"\s*([^=:]{1,20}?)\s*[=:]\s*(.*)", re.DOTALL)


def shown(field: Field, value: Any, zone: tzinfo) -> str:
    """What stands in the field. What has several inputs (weights, places, an answer) is shown apart."""
    if value is None or value is ABSENT:
        return ""
    if field.kind in {Kind.TIME, Kind.DAY}:
        local = _local(value, zone)
        return local[: len("2027-01-31")] if field.kind is Kind.DAY else local
    if field.kind is Kind.SUM:
        return _amount_shown(value)
    if isinstance(value, list) and field.kind in LISTED:
        between, one_shown = LISTED[field.kind]
        return between.join(one_shown(one) for one in value)
    return "" if isinstance(value, Mapping | list) else str(value)


def read(field: Field, typed: str, zone: tzinfo) -> Any:
    """The value that was typed; ABSENT for nothing."""
    text = typed.replace("\r\n", "\n")
    if not text.strip():
        return ABSENT
    if field.kind is Kind.TIME:
        return _moment(text.strip(), zone)
    if field.kind in SPLIT:
        between, one_read = SPLIT[field.kind]
        return [one_read(one.strip()) for one in re.split(between, text) if one.strip()]
    return READ.get(field.kind, str.strip)(text)


def whole(text: str) -> int | str:
    """A whole number, or what was typed instead of one."""
    text = text.strip()
    sign = text.removeprefix("-")
    return int(text) if sign.isascii() and sign.isdigit() and len(sign) < 16 else text  # noqa: PLR2004 beyond it no number is exact


def _local(value: Any, zone: tzinfo) -> str:
    """2027-01-31T09:00 on the clock of the cycle; what is no moment, as it is."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    if len(str(value)) == len("2027-01-31"):
        return f"{value}T00:00"
    local = found.astimezone(zone) if found.tzinfo else found
    return local.strftime("%Y-%m-%dT%H:%M")


def _moment(text: str, zone: tzinfo) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (found if found.tzinfo else found.replace(tzinfo=zone)).isoformat()


def _level_shown(one: Any) -> str:
    if not isinstance(one, Mapping):
        return str(one)
    return f"{one.get('value', '')} = {one.get('text', '')}"


def _level(line: str) -> Any:
    match = _LEVEL.fullmatch(line)
    return {"value": match[1].replace(",", "."), "text": match[2].strip()} if match else {"value": line.strip(), "text": ""}


def _amount_shown(one: Any) -> str:
    if isinstance(one, bool) or not isinstance(one, int):
        return str(one)
    return str(one // CENTS) if one % CENTS == 0 else f"{one // CENTS}.{one % CENTS:02}"


def _amount(text: str) -> int | str:
    match = _AMOUNT.fullmatch(text.replace("'", "").replace(" ", ""))
    if match is None:
        return text
    return int(match[1]) * CENTS + int((match[2] or "").ljust(2, "0") or 0)


LISTED: Final[Mapping[Kind, tuple[str, Callable[[Any], str]]]] = {
    Kind.LINES: ("\n", str),
    Kind.COMMAS: (", ", str),
    Kind.LEVELS: ("\n", _level_shown),
    Kind.MONEY: ("\n", _amount_shown),
}
SPLIT: Final[Mapping[Kind, tuple[str, Callable[[str], Any]]]] = {
    Kind.LINES: ("\n", str),
    Kind.COMMAS: ("[,\n]", str),
    Kind.LEVELS: ("\n", _level),
    Kind.MONEY: ("\n", _amount),
}
READ: Final[Mapping[Kind, Callable[[str], Any]]] = {
    Kind.LONG: str.rstrip,
    Kind.MARKDOWN: str.rstrip,
    Kind.NUMBER: lambda text: text.strip().replace(",", "."),
    Kind.WHOLE: whole,
    Kind.SUM: lambda text: _amount(text.strip()),
}


def inside(data: Any, path: Sequence[str | int]) -> Any:
    """What stands at a path; ABSENT if nothing does."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return ABSENT
    return data


def put(data: Any, path: Sequence[str | int], value: Any) -> None:
    """Write a value at a path, making tables on the way; ABSENT takes the key away, and tables that are empty then."""
    holder = inside(data, path[:-1])
    if value is ABSENT:
        gone = isinstance(holder, dict) and holder.pop(path[-1], ABSENT) is not ABSENT
        if gone and not holder and len(path) > 1 and isinstance(path[-2], str):
            put(data, path[:-1], ABSENT)
        return
    for depth in range(1, len(path)):
        table = inside(data, path[:depth])
        if table is ABSENT or table is None or not isinstance(table, dict | list):
            inside(data, path[: depth - 1])[path[depth - 1]] = {}
    inside(data, path[:-1])[path[-1]] = value
