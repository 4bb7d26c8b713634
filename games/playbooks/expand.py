"""From what is written to what is meant: `like` and `keys` become plain tables, offsets become times. Dictionaries in, dictionaries out.

It runs before validation, so that the models see plain tables only, and the stored Design is the expanded one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from games.errors import Problem
from leaderboards.engine.language import gettext as _

Table = dict[str, Any]
Path = tuple[str | int, ...]

TIME_KEYS: Final = frozenset({"opens", "closes", "judging_closes", "starts", "begins", "ends", "date", "mergers_until"})
MAX_TABLES: Final = 5_000
_OFFSET: Final = re.compile(r"\+(?:(\d{1,4})w)?(?:(\d{1,5})d)?(?:([01]\d|2[0-3]):([0-5]\d)|(\d{1,4})h)?", re.ASCII)
_KEYS: Final = re.compile(r"\{key\}")


@dataclass(slots=True)
class Expansion:
    """The plain data, what was wrong with it, and where in the written file each expanded table stands."""

    data: Table
    problems: list[Problem] = field(default_factory=list)
    origins: dict[Path, str] = field(default_factory=dict)

    def place(self, path: Path) -> str:
        """The path as its author knows it: challenges[1] (key "B").penalty."""
        text, value = "", self.data
        for depth, step in enumerate(path):
            value = _inside(value, step)
            if isinstance(step, int):
                text += self.origins.get(path[: depth + 1]) or _by_key(value, step)
            else:
                text += f".{step}" if text else step
        return text


def _inside(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None


def _by_key(value: object, number: int) -> str:
    """A table that came by `like` has no place of its own: it is named by its key."""
    key = value.get("key") if isinstance(value, Mapping) else None
    return f'["{key}"]' if isinstance(key, str) else f"[{number}]"


def expand(written: Mapping[str, Any], *, start: datetime | None = None) -> Expansion:
    """Resolve `like`, `keys`, then times. `start` is what offsets such as "+14d09:00" count from; without it they are problems."""
    result = Expansion({})
    result.data = _tables(dict(written), (), (), result)
    if not result.problems:
        _resolve_times(result, start)
    return result


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> Table:
    """`base` with `changes`: tables merge, arrays of keyed tables merge by key, anything else is replaced (an empty array clears)."""
    found: Table = deepcopy(dict(base))
    for name, value in changes.items():
        before = found.get(name)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            found[name] = merged(before, value)
        elif _keyed(value) and _keyed(before):
            found[name] = _merged_arrays(before, value)
        else:
            found[name] = deepcopy(value)
    return found


def _merged_arrays(before: Any, changes: Sequence[Mapping[str, Any]]) -> list[Table]:
    rows = [deepcopy(dict(row)) for row in before]
    place = {row["key"]: number for number, row in enumerate(rows)}
    for row in changes:
        if row["key"] in place:
            rows[place[row["key"]]] = merged(rows[place[row["key"]]], row)
        else:
            place[row["key"]] = len(rows)
            rows.append(deepcopy(dict(row)))
    return rows


def _keyed(value: object) -> bool:
    """A non-empty array of tables that all have a key, each another one."""
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(row, Mapping) and isinstance(row.get("key"), str) for row in value)
    ):
        return False
    return len({row["key"] for row in value}) == len(value)


def _tables(table: Table, source: Path, target: Path, result: Expansion) -> Table:
    """A table with all arrays of tables inside it expanded. `source` is its path as written, `target` as it will be."""
    found: Table = {}
    for name, value in table.items():
        if isinstance(value, list) and any(isinstance(row, Mapping) for row in value):
            found[name] = _array(value, (*source, name), (*target, name), result)
        elif isinstance(value, Mapping):
            found[name] = _tables(dict(value), (*source, name), (*target, name), result)
        else:
            found[name] = value
    return found


def _array(rows: list[Any], source: Path, target: Path, result: Expansion) -> list[Any]:
    found: list[Any] = []
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping):
            found.append(row)
            continue
        here, there = (*source, number), (*target, len(found))
        plain = _tables({k: v for k, v in row.items() if k not in {"keys", "like"}}, here, there, result)
        nested = {path[len(there) :]: text for path, text in result.origins.items() if path[: len(there)] == there}
        if "like" in row:
            plain = _copied(row["like"], plain, found, here, result)
            result.origins = {path: text for path, text in result.origins.items() if path[: len(there)] != there}
            nested = {}
        for key in _keys_of(row, here, result):
            if len(found) >= MAX_TABLES:
                _refuse(result, here, _("more than {max_tables} tables after expansion", max_tables=MAX_TABLES))
                return found
            there = (*target, len(found))
            result.origins |= {(*there, *path): text for path, text in nested.items()}
            result.origins[there] = f"[{number}]" + (_(' (key "{key}")', key=key) if "keys" in row else "")
            found.append(plain if key is None else _with_key(plain, key))
    return found


def _with_key(plain: Table, key: str) -> Table:
    """One member of a family; "{key}" in its name stands for its key."""
    name = plain.get("name")
    named = {"name": _KEYS.sub(key, name)} if isinstance(name, str) else {}
    return {"key": key, **{name: value for name, value in deepcopy(plain).items() if name != "key"}, **named}


def _copied(like: object, plain: Table, earlier: list[Any], here: Path, result: Expansion) -> Table:
    base = next((row for row in reversed(earlier) if isinstance(row, Mapping) and row.get("key") == like), None)
    if base is None:
        known = ", ".join(dict.fromkeys(str(row["key"]) for row in earlier if isinstance(row, Mapping) and "key" in row)) or _(
            "none"
        )
        _refuse(
            result,
            here,
            _("no earlier {singular} has this key; earlier keys: {known}", singular=_singular(here), known=known),
            f' = "{like}"',
            "like",
        )
        return plain
    return merged(base, plain)


def _keys_of(row: Mapping[str, Any], here: Path, result: Expansion) -> Iterator[str | None]:
    if "keys" not in row:
        yield None
        return
    keys = row["keys"]
    if "key" in row:
        _refuse(result, here, _("either key or keys, not both"), "", "keys")
    elif not isinstance(keys, list) or not keys or not all(isinstance(key, str) for key in keys):
        _refuse(result, here, _("expected a list of keys, found {keys!r}", keys=keys), "", "keys")
    else:
        yield from keys


def _singular(path: Path) -> str:
    kind = next(str(step) for step in reversed(path) if isinstance(step, str))
    return {"criteria": "criterion", "series": "series"}.get(kind, kind.removesuffix("s"))


def _refuse(result: Expansion, here: Path, message: str, found: str = "", key: str | None = None) -> None:
    where = written_path((*here, key) if key else here) + found
    result.problems.append(Problem(where, message))


def written_path(path: Path) -> str:
    """A path as text: challenges[0].criteria[0].key."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


# Times


def has_offsets(value: object) -> bool:
    """Whether any time in it is an offset: then it is a playbook, not yet a cycle."""
    if isinstance(value, Mapping):
        return any((k in TIME_KEYS and isinstance(v, str) and v.startswith("+")) or has_offsets(v) for k, v in value.items())
    return isinstance(value, list) and any(has_offsets(row) for row in value)


def _resolve_times(result: Expansion, start: datetime | None) -> None:
    zone = _zone(result)
    if start is not None and start.tzinfo is None:
        start = start.replace(tzinfo=zone or UTC)
    for path, table in _walk(result.data, ()):
        for name in TIME_KEYS & table.keys():
            try:
                table[name] = _resolved(table[name], start, zone)
            except ValueError as error:
                result.problems.append(Problem(result.place((*path, name)), str(error)))
            except OverflowError:
                result.problems.append(Problem(result.place((*path, name)), _("expected a time before the year 10000")))


def _zone(result: Expansion) -> tzinfo | None:
    cycle = result.data.get("cycle")
    name = cycle.get("timezone") if isinstance(cycle, Mapping) else None
    if not isinstance(name, str) or not name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        result.problems.append(
            Problem("cycle.timezone", _('"{name}" is not a known time zone; expected a name like Europe/Berlin', name=name))
        )
        return UTC


def _walk(value: object, path: Path) -> Iterator[tuple[Path, Table]]:
    if isinstance(value, dict):
        yield path, value
        for name, inner in value.items():
            yield from _walk(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _walk(inner, (*path, number))


def _resolved(value: object, start: datetime | None, zone: tzinfo | None) -> object:
    """A time with its zone. Anything that is no time is left for the schema to refuse."""
    if isinstance(value, str) and value.startswith("+"):
        if start is None:
            msg = _('"{value}" counts from a start, and none was given; expected a time', value=value)
            raise ValueError(msg)
        return offset(value, start, zone or start.tzinfo or UTC)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if len(value) > len("2027-01-31") else value
        except ValueError:
            return value
    if isinstance(value, datetime) and value.tzinfo is None:
        if zone is None:
            msg = _("{value} has no offset; add one (Z or +02:00) or give cycle.timezone", value=value.isoformat())
            raise ValueError(msg)
        return value.replace(tzinfo=zone)
    return value


def offset(text: str, start: datetime, zone: tzinfo) -> datetime:
    """The time `text` after start: "+14d", "+2w", "+36h", "+14d09:00" (nine o'clock in `zone`, 14 days after the day of start)."""
    match = _OFFSET.fullmatch(text)
    if match is None or not any(match.groups()):
        msg = _('expected a time or an offset like "+14d", "+2w", "+14d09:00" or "+36h", found "{text}"', text=text)
        raise ValueError(msg)
    weeks, days, hour, minute, hours = match.groups()
    local = start.astimezone(zone)
    day = local.date() + timedelta(weeks=int(weeks or 0), days=int(days or 0))
    clock = time(int(hour), int(minute)) if hour else local.time().replace(fold=local.fold)
    resolved = datetime.combine(day, clock, tzinfo=zone)
    return (resolved.astimezone(UTC) + timedelta(hours=int(hours))).astimezone(zone) if hours else resolved


def plain(value: object) -> object:
    """The same data with times as ISO text: what JSON can hold."""
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | time) else value
