"""Tables of organizers, such as assignments: comma, semicolon or tab between cells, a header, rows numbered as a spreadsheet shows them."""

import csv
import io
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from games.errors import Problem
from leaderboards.engine.language import gettext as _

COLUMNS: Final = ("round", "challenge", "group", "judge", "panel")
NEEDED: Final = frozenset({"judge"})
MAX_BYTES: Final = 5 * 1024 * 1024


class Line(NamedTuple):
    """One row; `number` counts from 1, the header. Empty cells are empty text."""

    number: int
    round: str
    challenge: str
    group: str
    judge: str
    panel: str


def rows_of(
    content: bytes, columns: Sequence[str], *, needed: Collection[str]
) -> tuple[list[str], list[tuple[int, dict[str, str]]], list[Problem]]:
    """Header, numbered rows (column → cell) and everything that is wrong with the form of a table. A byte order mark and CRLF are fine."""
    if len(content) > MAX_BYTES:
        return [], [], [Problem("file", _("the table has more than {max_bytes} bytes", max_bytes=MAX_BYTES))]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [], [Problem(f"row {content[: error.start].count(b'\n') + 1}", _("expected UTF-8 text"))]
    if "\0" in text:
        return [], [], [Problem("file", _("expected text without null characters"))]
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        return [], [], [Problem("file", _("expected a table of cells: {error}", error=error))]
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    problems = [
        Problem("row 1", _('unknown column "{name}"; known: {names}', name=name, names=", ".join(columns)))
        for name in header
        if name not in columns
    ]
    problems += [Problem("row 1", _('the column "{name}" is missing', name=name)) for name in sorted(set(needed) - set(header))]
    if problems or len(set(header)) < len(header):
        return header, [], problems or [Problem("row 1", _("a column is named twice"))]
    found: list[tuple[int, dict[str, str]]] = []
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problems.append(
                Problem(f"row {number}", _("{count} cells where the header has {count2}", count=len(cells), count2=len(header)))
            )
            continue
        found.append((number, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
    return header, found, problems


def read_lines(content: bytes) -> tuple[list[Line], list[Problem]]:
    """The rows of an assignments table, and everything that is wrong with its form."""
    __, rows, problems = rows_of(content, COLUMNS, needed=NEEDED)
    return [Line(number, *(values.get(name, "") for name in COLUMNS)) for number, values in rows], problems
