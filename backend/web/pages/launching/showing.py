"""The form for reading: what stands in each field, what is wrong there, what can be chosen. Plain shapes for templates."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Final
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from backend.web.pages.launching.parts import Field, Kind, Once, Part, Rows, Step
from backend.web.pages.launching.tables import STEPS
from backend.web.pages.launching.values import ABSENT, inside, shown
from backend.web.pages.launching.writing import applies, kind_of, path_in, rows_at
from games.errors import Problem
from games.progression.paths import Path, path_of, written

_GAP: Final = "gap_"
_PLAIN: Final = re.compile(r"[^A-Za-z0-9_]+")
OPEN_ROWS: Final = 3
"""So few tables are shown open; of more each is opened when it is wanted."""
ZONES: Final = tuple(
    sorted(one for one in available_timezones() if "/" in one and not one.startswith(("Etc/", "posix/", "right/")))
)


def anchor(path: Path | str) -> str:
    """The id of a field or table on the page."""
    text = path if isinstance(path, str) else written(path)
    return f"f-{_PLAIN.sub('-', text).strip('-')}"


@dataclass(slots=True)
class Faults:
    """What is wrong, by the place where it stands: each is shown at its field, else at the table, else on top of its step."""

    by_path: dict[Path, list[str]] = field(default_factory=dict)
    gaps: set[Path] = field(default_factory=set)  # not wrong, only not written yet
    taken: set[Path] = field(default_factory=set)

    @classmethod
    def of(cls, problems: Iterable[Problem], data: Any) -> "Faults":
        """The problems of these rules."""
        found = cls()
        for one in problems:
            path, text, gap = told(one, data)
            found.by_path.setdefault(path, []).append(text)
            if gap:
                found.gaps.add(path)
        return found

    def at(self, path: Path, *, below: bool = True) -> list[str]:
        """What is wrong at a place (and below it), taken from the list."""
        here = [one for one in self.by_path if one == path or (below and one[: len(path)] == path)]
        self.taken.update(here)
        return [text for one in here for text in self.by_path[one]]

    def count(self, tables: Sequence[str]) -> int:
        """How many there are in these top tables."""
        return sum(len(texts) for path, texts in self.by_path.items() if step_of(path) in tables)

    def rest(self, tables: Sequence[str]) -> list[str]:
        """What no field on the page has shown."""
        left = [path for path in self.by_path if path not in self.taken and step_of(path) in tables]
        return [text if len(path) < 2 else f"{written(path)}: {text}" for path in left for text in self.by_path[path]]  # noqa: PLR2004 a whole table needs no path


def told(problem: Problem, data: Any) -> tuple[Path, str, bool]:
    """Where a problem is shown, in the words of the form, and whether it is only a gap: (path, text, gap)."""
    path = path_of(problem.where, data)
    if path == ("aim",) and problem.code.startswith(_GAP):
        return ("aim", problem.code.removeprefix(_GAP)), _("Needed, or a reason to launch without an aim."), True
    if path[:1] == ("checks",) and problem.code == "gap":
        return path, _("Answer it, or say why it is left out."), True
    if path == ("challenges",) and problem.code == "gap":
        return path, _("No task says how it serves the aim: one sentence at one task is enough."), True
    text = f"{problem.message[:1].upper()}{problem.message[1:]}"
    return path, text if text.endswith((".", "?", "!")) else f"{text}.", False


def step_of(path: Path) -> str:
    """The top table that a place stands in; `cycle` for the whole."""
    return str(path[0]) if path else "cycle"


def step_at(path: Path) -> Step:
    """The step on which a place is edited."""
    table = step_of(path)
    return next((one for one in STEPS if table in one.tables), next(one for one in STEPS if one.key == "all"))


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen."""

    value: str
    label: Any
    chosen: bool


@dataclass(slots=True)
class Slot:
    """A field on the page."""

    name: str
    id: str
    spec: Field
    value: str = ""
    errors: list[str] = field(default_factory=list)
    gap: bool = False
    choices: list[Choice] = field(default_factory=list)
    on: bool = False
    waived: str = ""
    parts: list[tuple[str, str, str]] = field(default_factory=list)  # name, label, value of several inputs
    raw: bool = False  # what was typed is no time: shown as text, not lost

    @property
    def kind(self) -> str:
        """Which control it has."""
        return self.spec.kind.value

    @property
    def rows(self) -> int:
        """Height of a box."""
        least = {Kind.MARKDOWN: 8, Kind.LEVELS: 4}.get(self.spec.kind, 3)
        return min(max(self.value.count("\n") + 2, least), 24)


@dataclass(slots=True)
class Group:
    """What stands together: fields, fields that are seldom needed, repeated tables."""

    slots: list[Slot]
    more: list[Slot]
    tables: list["Table"]
    onces: list["Table"] = field(default_factory=list)

    @property
    def more_open(self) -> bool:
        """Whether something is wrong among the folded fields."""
        return any(one.errors for one in self.more)


@dataclass(slots=True)
class Row:
    """One table of several."""

    path: str
    id: str
    title: str
    says: str
    parts: Group
    errors: list[str]
    open: bool
    first: bool
    last: bool
    faults: int


@dataclass(slots=True)
class Table:
    """A table on the page: repeated, or there once."""

    path: str
    id: str
    spec: Rows | Once
    rows: list[Row]
    errors: list[str]
    parts: Group | None = None  # of one that is there once


def shapes_of(
    parts: Sequence[Part], data: Mapping[str, Any], faults: Faults, zone: tzinfo, base: Path = (), kind: str = ""
) -> Group:
    """The parts of a page with what stands in them."""
    found = Group([], [], [])
    for part in parts:
        if not applies(part, kind):
            continue
        path = path_in(base, part)
        if isinstance(part, Once):
            found.onces.append(_once(part, path, data, faults, zone))
        elif isinstance(part, Rows):
            found.tables.append(_table(part, path, data, faults, zone))
        else:
            (found.more if part.more else found.slots).append(_slot(part, path, data, faults, zone))
    return found


def _table(part: Rows, path: Path, data: Mapping[str, Any], faults: Faults, zone: tzinfo) -> Table:
    there = inside(data, path)
    rows = there if isinstance(there, list) else []
    shown_rows = [
        _row(part, (*path, number), row, data, faults, zone, many=len(rows), number=number) for number, row in enumerate(rows)
    ]
    return Table(written(path), anchor(path), part, shown_rows, faults.at(path, below=False))


def _once(part: Once, path: Path, data: Mapping[str, Any], faults: Faults, zone: tzinfo) -> Table:
    parts = shapes_of(part.parts, data, faults, zone, path, kind_of(part, inside(data, path)))
    return Table(written(path), anchor(path), part, [], faults.at(path, below=False), parts)


def _row(
    part: Rows, path: Path, row: Any, data: Mapping[str, Any], faults: Faults, zone: tzinfo, *, many: int, number: int
) -> Row:
    wrong = sum(len(texts) for one, texts in faults.by_path.items() if one[: len(path)] == path)
    return Row(
        path=written(path),
        id=anchor(path),
        title=title_of(row, part, number),
        says=says_of(row, part),
        parts=shapes_of(part.parts, data, faults, zone, path, kind_of(part, row)),
        errors=faults.at(path, below=False),
        open=many <= OPEN_ROWS or bool(wrong),
        first=number == 0,
        last=number == many - 1,
        faults=wrong,
    )


def title_of(row: Any, part: Rows, number: int) -> str:
    """What a table is called in a list."""
    row = row if isinstance(row, Mapping) else {}
    if row.get("board") and row.get("to"):
        return f"{row['board']} → {row['to']}"
    named = row.get("name") or row.get("message") or row.get("key")
    return str(named) if named else f"{part.title} {number + 1}"


def says_of(row: Any, part: Rows) -> str:
    """What is said of a folded table in its line: kind of answer, marks and weight, what decides a cut."""
    if not isinstance(row, Mapping):
        return ""
    words = {key: str(label) for one in part.parts if isinstance(one, Field) for key, label in one.options}
    match part.one:
        case "question":
            needed = _("must be answered") if row.get("required") is True else ""
            return ", ".join(one for one in (words.get(str(row.get("type") or "text"), ""), needed) if one)
        case "criterion":
            weight = _("weight %(weight)s") % {"weight": row["weight"]} if "weight" in row else ""
            return ", ".join(one for one in (f"{row.get('min', '')} – {row.get('max', '')}".strip(" –"), weight) if one)
        case "award":
            return str(row.get("kind", ""))
    return ""


def _slot(part: Field, path: Path, data: Mapping[str, Any], faults: Faults, zone: tzinfo) -> Slot:
    value = inside(data, path)
    found = Slot(written(path), anchor(path), part, shown(part, value, zone), faults.at(path), gap=path in faults.gaps)
    match part.kind:
        case Kind.SWITCH:
            found.on = part.on if value is ABSENT else value is True
        case Kind.KEYS:
            chosen = [str(one) for one in value] if isinstance(value, list) else []
            found.choices = [Choice(key, label, key in chosen) for key, label in _choices(part, path, data)]
        case Kind.CHOICE:
            known = _choices(part, path, data)
            if found.value and found.value not in {key for key, _label in known}:
                known = [*known, (found.value, found.value)]
            found.choices = [Choice(key, label, key == found.value) for key, label in known]
        case Kind.ANSWER:
            found.waived = str(value.get("waived") or "") if isinstance(value, Mapping) else ""
        case Kind.PLACES:
            both = [str(one) for one in value] if isinstance(value, list) else []
            both = [*both, "", ""][:2]
            words = (_("from"), _("to"))
            found.parts = [(f"{found.name}[{at}]", word, text) for at, (word, text) in enumerate(zip(words, both, strict=True))]
        case Kind.WEIGHTS:
            table = value if isinstance(value, Mapping) else {}
            keys = [(str(one["key"]), str(one.get("name") or one["key"])) for one in rows_at(data, "rounds") if one.get("key")]
            found.parts = [(f"{found.name}.{key}", name, str(table.get(key, ""))) for key, name in keys]
        case Kind.TIME | Kind.DAY:
            found.raw = bool(found.value) and not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?", found.value)
    return found


def _choices(part: Field, path: Path, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
    if not part.source:
        return list(part.options)
    if part.source == "panels":  # of the task that the criterion belongs to
        there = inside(data, (*path[:2], "panels"))
        rows = [one for one in there if isinstance(one, Mapping)] if isinstance(there, list) else []
    elif part.source == "choices":  # questions of the same task that are answered by choosing
        there = inside(data, (*path[:2], "form"))
        rows = (
            [one for one in there if isinstance(one, Mapping) and one.get("type") == "choice"] if isinstance(there, list) else []
        )
    else:
        rows = rows_at(data, part.source)
    return [(str(one["key"]), str(one.get("name") or one["key"])) for one in rows if one.get("key")]
