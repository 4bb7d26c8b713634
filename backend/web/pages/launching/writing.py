"""What was sent, written into the rules: every field of the page, then what was pressed (add, remove, up, down). Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import tzinfo
from typing import Any, Final, Protocol

from backend.web.pages.launching.parts import Field, Kind, Once, Part, Rows
from backend.web.pages.launching.values import ABSENT, inside, put, read, shown, whole
from games.progression.paths import Path, parsed, written

SHOWN: Final = "shown"  # the fields on the page of which a browser may send nothing
DO: Final = "do"
MOST_ROWS: Final = 200
KINDS: Final = {"format": "rubric", "type": "text", "who": "judges"}
_SLUG: Final = re.compile(r"[^a-z0-9]+")


class Sent(Protocol):
    """A form as it was sent."""

    def get(self, key: str, default: Any = None, /) -> Any:
        """One value."""

    def getlist(self, key: str, /) -> list[Any]:
        """All values of a name."""

    def __contains__(self, key: object, /) -> bool:
        """Whether the name was sent."""


def path_in(base: Path, part: Part) -> Path:
    """The path of a part in its table."""
    return (*base, *part.path.split("."))


def applies(part: Part, kind: str) -> bool:
    """Whether the part has a meaning for the format or type of its table."""
    return not part.only or kind in part.only


def kind_of(rows: Rows | Once, row: Any) -> str:
    """The format or type of a table; the default of the first one that the form offers, where there is one."""
    if not rows.kind_key:
        return ""
    found = row.get(rows.kind_key) if isinstance(row, Mapping) else None
    return found if isinstance(found, str) and found else KINDS.get(rows.kind_key, "")


def after(
    data: Mapping[str, Any], parts: Sequence[Part], sent: Sent, zone: tzinfo, *, base: Path = (), of: Rows | None = None
) -> dict[str, Any]:
    """The rules with everything that the page showed as it was sent, and with what was pressed done.

    `parts` stand at `base`, where that is not the whole: in one table of `of`.
    """
    found: dict[str, Any] = deepcopy(dict(data))
    kind = _kind_after(found, of, base, sent, zone) if of is not None else ""
    _apply(found, parts, base, kind, sent, zone)
    do = str(sent.get(DO) or "")
    if ":" in do:
        verb, _, where = do.partition(":")
        _pressed(found, verb, parsed(where), parts, base)
    return found


def _apply(data: dict[str, Any], parts: Sequence[Part], base: Path, kind: str, sent: Sent, zone: tzinfo) -> None:
    meant = {part.path for part in parts if applies(part, kind)}  # a field may have other words for each kind
    for part in parts:
        path = path_in(base, part)
        if not applies(part, kind):
            if part.path not in meant and inside(data, path) is not ABSENT and f"{SHOWN}-kind" in sent:
                put(data, path, ABSENT)
        elif isinstance(part, Once):
            _apply(data, part.parts, path, _kind_after(data, part, path, sent, zone), sent, zone)
        elif isinstance(part, Rows):
            rows = inside(data, path)
            for number in range(len(rows) if isinstance(rows, list) else 0):
                here = (*path, number)
                _apply(data, part.parts, here, _kind_after(data, part, here, sent, zone), sent, zone)
        else:
            _write(data, part, path, sent, zone)
    for part in parts:
        if isinstance(part, Field) and part.needs and inside(data, (*path_in(base, part)[:-1], part.needs)) is ABSENT:
            put(data, path_in(base, part), ABSENT)


def _kind_after(data: dict[str, Any], rows: Rows | Once, path: Path, sent: Sent, zone: tzinfo) -> str:
    """The format or type of a table as it was sent: what has no meaning for it goes at once."""
    field = next((one for one in rows.parts if isinstance(one, Field) and one.path == rows.kind_key), None)
    if field is not None:
        _write(data, field, path_in(path, field), sent, zone)
    return kind_of(rows, inside(data, path))


def _write(data: dict[str, Any], part: Field, path: Path, sent: Sent, zone: tzinfo) -> None:
    name = written(path)
    before = inside(data, path)
    match part.kind:
        case Kind.SWITCH:
            if name in sent.getlist(SHOWN):
                wanted = name in sent
                if wanted != (part.on if before is ABSENT else before):
                    put(data, path, wanted)
        case Kind.KEYS:
            if name in sent.getlist(SHOWN):
                chosen = [str(one) for one in sent.getlist(name)]
                kept = [one for one in before if one in chosen] if isinstance(before, list) else []
                put(data, path, [*kept, *(one for one in chosen if one not in kept)] or ABSENT)
        case Kind.ANSWER:
            _answer(data, path, name, sent)
        case Kind.PLACES:
            _places(data, path, name, sent)
        case Kind.WEIGHTS:
            _weights(data, path, name, sent)
        case _:
            typed = sent.get(name)
            if isinstance(typed, str) and typed.replace("\r\n", "\n") != shown(part, before, zone):
                put(data, path, read(part, typed, zone))


def _answer(data: dict[str, Any], path: Path, name: str, sent: Sent) -> None:
    if name not in sent:
        return
    words, waived = str(sent.get(name) or "").strip(), str(sent.get(f"{name}.waived") or "").strip()
    put(data, path, words or ({"waived": waived} if waived else ABSENT))


def _places(data: dict[str, Any], path: Path, name: str, sent: Sent) -> None:
    if f"{name}[0]" not in sent:
        return
    both = [str(sent.get(f"{name}[{number}]") or "").strip() for number in (0, 1)]
    if both[0] and not both[1]:
        both[1] = both[0]
    put(data, path, [whole(one) for one in both] if any(both) else ABSENT)


def _weights(data: dict[str, Any], path: Path, name: str, sent: Sent) -> None:
    for key in [str(row["key"]) for row in rows_at(data, "rounds") if row.get("key")]:
        typed = sent.get(f"{name}.{key}")
        if isinstance(typed, str):
            put(data, (*path, key), typed.strip().replace(",", ".") or ABSENT)


def rows_at(data: Mapping[str, Any], where: str) -> list[Mapping[str, Any]]:
    """The tables at a place such as rounds or registration.form."""
    found = inside(data, where.split("."))
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


# --- What was pressed -------------------------------------------------------------------------------------------------------------------


def _pressed(data: dict[str, Any], verb: str, path: Path, parts: Sequence[Part], base: Path) -> None:
    spec = next((one for one, at in _all_rows(data, parts, base) if at == (path if verb == "add" else path[:-1])), None)
    if spec is None or not path:
        return
    if verb == "add":
        _add(data, path, spec)
        return
    rows, number = inside(data, path[:-1]), path[-1]
    if not isinstance(rows, list) or not isinstance(number, int) or number >= len(rows):
        return
    if verb == "remove":
        del rows[number]
        if not rows:
            put(data, path[:-1], ABSENT)
    other = number + {"up": -1, "down": 1}.get(verb, 0)
    if verb in {"up", "down"} and 0 <= other < len(rows):
        rows[number], rows[other] = rows[other], rows[number]


def _all_rows(data: Mapping[str, Any], parts: Sequence[Part], base: Path) -> Iterator[tuple[Rows, Path]]:
    """Every repeated table on the page, with its path."""
    for part in parts:
        if isinstance(part, Once):
            yield from _all_rows(data, part.parts, path_in(base, part))
        if isinstance(part, Rows):
            path = path_in(base, part)
            yield part, path
            rows = inside(data, path)
            for number in range(len(rows) if isinstance(rows, list) else 0):
                yield from _all_rows(data, part.parts, (*path, number))


def _add(data: dict[str, Any], path: Path, spec: Rows) -> None:
    rows = inside(data, path)
    if not isinstance(rows, list):
        rows = []
        put(data, path, rows)
    if len(rows) >= MOST_ROWS:
        return
    row = deepcopy(spec.blank)
    if spec.keyed:
        row = {"key": new_key(spec.one, [one.get("key") for one in rows if isinstance(one, Mapping)]), **row}
    rows.append(row)


def new_key(one: str, taken: Sequence[Any]) -> str:
    """question-4: the word with the first number that is free."""
    word = _SLUG.sub("-", one.lower()).strip("-")
    number = len(taken) + 1
    while f"{word}-{number}" in taken:
        number += 1
    return f"{word}-{number}"
