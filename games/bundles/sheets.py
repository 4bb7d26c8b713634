"""Wide mark sheets, as juries hand them in: a row per entry, a column per judge. Declared in cycle.toml as `[[sheets]]`, turned into marks."""

import unicodedata
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ValidationError

from games.bundles import cells
from games.bundles.rows import MarkRow, PersonRow
from games.bundles.rules import Faults
from games.bundles.tables import Tables
from games.bundles.text import decoded, header_of, rows_of
from games.errors import Problem
from games.playbooks.expand import written_path
from games.playbooks.schema.messages import problems as validation_problems
from leaderboards.engine.facts import MarkState
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec.base import Spec


class Sheet(Spec):
    """One wide file: which column holds the group, which are to be passed over; every other column is a judge."""

    file: str
    round: str = ""
    challenge: str = ""
    criterion: str = ""
    group: str = "group"
    skip: tuple[str, ...] = ()
    empty: Literal["absent", "recused"] = "absent"
    recused: tuple[str, ...] = ("s",)


def sheets_of(written: Mapping[str, Any], file: str) -> tuple[list[Sheet], list[Problem]]:
    """The declared sheets of a cycle.toml, and what is wrong with them."""
    found: list[Sheet] = []
    problems: list[Problem] = []
    rows = written.get("sheets", [])
    if not isinstance(rows, list):
        return [], [Problem(f"{file}: sheets", _("expected a list of tables"))]
    for number, row in enumerate(rows):
        try:
            found.append(Sheet.model_validate(row))
        except ValidationError as error:
            place = f"sheets[{number}]"
            for one in validation_problems(error, Sheet, written_path):
                problems.append(Problem(f"{file}: {place}.{one.where}" if one.where else f"{file}: {place}", one.message))  # noqa: PERF401 - reads better
    return found, problems


def read_sheet(sheet: Sheet, content: bytes, tables: Tables, faults: Faults) -> None:
    """Add the marks of a sheet, and its judges as people, to the tables."""
    text = decoded(content, faults)
    header = header_of(text, faults) if text is not None else None
    if text is None or header is None:
        return
    if sheet.group not in header:
        faults.add(_("missing column {group}; found: {names}", group=sheet.group, names=", ".join(header)), row=1)
        return
    judges = [(place, name, slug(name)) for place, name in enumerate(header) if name != sheet.group and name not in sheet.skip]
    known = {row.person for row in tables.people.rows}
    tables.people.rows += [PersonRow(key, name, "judge") for __, name, key in judges if key not in known]
    tables.people.numbers = []
    place_of_group = header.index(sheet.group)
    for number, line in rows_of(text, len(header), faults):
        group = line[place_of_group].strip()
        for place, name, key in judges:
            try:
                value, state = _mark(sheet, line[place].strip())
            except ValueError as error:
                faults.add(str(error), row=number, column=name)
                continue
            tables.marks.rows.append(MarkRow(sheet.round, sheet.challenge, group, 0, key, sheet.criterion, value, state))
            tables.marks.numbers.append(_("{file} row {number}", file=sheet.file, number=number))


def _mark(sheet: Sheet, cell: str) -> tuple[Any, str]:
    if cell in sheet.recused and cell:
        return None, MarkState.RECUSED.value
    return cells.number(cell), "" if cell else str(sheet.empty)


def slug(name: str) -> str:
    """A readable ASCII key of a person's name: "Krzysztof Jabłoński" -> "krzysztof-jablonski"."""
    plain = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L")).encode("ascii", "ignore").decode()
    words = "".join(letter.lower() if letter.isalnum() else "" if letter == "'" else " " for letter in plain)
    return "-".join(words.split()) or "judge"
