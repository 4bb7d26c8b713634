"""A list of people as organizers paste or upload it, read into guests: lines like `Name <mail>`, or a table with a header. Pure.

`Guest` = one person with the place they are meant for. Every fault carries its row (counted from 1, as a spreadsheet does) and column.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from games.errors import Problem
from leaderboards.engine.language import gettext as _

MAX_BYTES: Final = 1024 * 1024
MAX_GUESTS: Final = 2000
COLUMNS: Final = ("name", "email", "role", "team", "division")
ALSO: Final = {
    "e-mail": "email",
    "mail": "email",
    "address": "email",
    "e-mail address": "email",
    "email address": "email",
    "full name": "name",
    "group": "team",
    "as": "role",
}
"""Other names of columns, as address books and spreadsheets call them."""
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_IN_BRACKETS = re.compile(r"^(?P<name>[^<>]*)<\s*(?P<email>[^<>\s]*)\s*>$")


class Guest(NamedTuple):
    """One person of a list. `role` is a key where the list names a known one, else as it was typed; empty cells are empty text."""

    row: int
    name: str
    email: str
    role: str = ""
    team: str = ""
    division: str = ""


def read_guests(text: str, roles: Mapping[str, str]) -> tuple[list[Guest], list[Problem]]:
    """The guests of a pasted or uploaded list, and everything that is wrong with its form.

    `roles`: name or key in lower case → key. A first row that names columns makes it a table; otherwise each line is read by itself.
    """
    text = text.removeprefix("\ufeff").replace("\0", "")
    if len(text) > MAX_BYTES:
        return [], [Problem("", _("The list has more than {max_bytes:,} characters.", max_bytes=MAX_BYTES))]
    header = _header(text)
    guests, problems = _table(text, header, roles) if header else _lines(text, roles)
    if len(guests) > MAX_GUESTS:
        return [], [
            Problem(
                "",
                _(
                    "The list has {count:,} people: at most {max_guests:,} are invited at once.",
                    count=len(guests),
                    max_guests=MAX_GUESTS,
                ),
            )
        ]
    if not guests and not problems:
        problems = [Problem("", _("Nobody is in the list."))]
    return guests, problems


def place(row: int, column: str = "") -> str:
    """How messages call a place in the list."""
    return f"row {row}, {column}" if column else f"row {row}"


def _named(cell: str) -> str:
    word = cell.strip().strip('"').lower()
    return word if word in COLUMNS else ALSO.get(word, "")


def _delimiter(line: str) -> str:
    return max(";\t,", key=line.count)


def _header(text: str) -> list[str]:
    """The columns, by their own names, if the first line names them: an address column at least. A name nobody knows is kept as it is."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    cells = first.split(_delimiter(first))
    named = [_named(cell) or cell.strip().strip('"') for cell in cells]
    return named if "email" in named and not _ADDRESS.search(first) else []


# --- A table --------------------------------------------------------------------------------------------------------------------------


def _table(text: str, header: Sequence[str], roles: Mapping[str, str]) -> tuple[list[Guest], list[Problem]]:
    before = len(text) - len(text.lstrip("\r\n"))
    first = text[before:].partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(first))
    problems = [
        Problem(place(1), _('"{name}" is no column that is known here; known: {names}.', name=name, names=", ".join(COLUMNS)))
        for name in header
        if name and name not in COLUMNS
    ]
    problems += [
        Problem(place(1), _('The column "{name}" is there twice.', name=name)) for name in COLUMNS if header.count(name) > 1
    ]
    if problems:
        return [], problems
    guests: list[Guest] = []
    seen_header = False
    try:
        for number, cells in enumerate(reader, start=1):
            if not any(cell.strip() for cell in cells):
                continue
            if not seen_header:
                seen_header = True
                continue
            if len(cells) > len(header):
                problems.append(
                    Problem(
                        place(number), _("{count} cells where the header has {count2}.", count=len(cells), count2=len(header))
                    )
                )
                continue
            values = {name: _clean(cell) for name, cell in zip(header, cells, strict=False)}
            guests.append(_guest(number, values, roles, problems))
    except csv.Error as error:
        problems.append(Problem(place(reader.line_num), _("This is no table of cells: {error}.", error=error)))
    return guests, problems


def _guest(row: int, values: Mapping[str, str], roles: Mapping[str, str], problems: list[Problem]) -> Guest:
    email, name = values.get("email", ""), values.get("name", "")
    if found := _IN_BRACKETS.match(email):
        email, name = found["email"], name or _clean(found["name"])
    guest = Guest(
        row, name, email.lower(), _role(values.get("role", ""), roles), values.get("team", ""), values.get("division", "")
    )
    _check(guest, problems)
    return guest


# --- Lines ----------------------------------------------------------------------------------------------------------------------------


def _lines(text: str, roles: Mapping[str, str]) -> tuple[list[Guest], list[Problem]]:
    guests: list[Guest] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        cells = [_clean(one) for one in line.split(_delimiter(line))]
        with_address = [index for index, cell in enumerate(cells) if _looks_like_address(cell)]
        if not with_address:
            problems.append(Problem(place(number, "email"), _('No e-mail address in "{line}".', line=line.strip()[:80])))
        elif len(with_address) > 1:
            guests += [_alone(number, cells[index], problems) for index in with_address]
            problems += [
                Problem(place(number), _('"{cell}" belongs to none of the addresses: one person a line.', cell=cell))
                for index, cell in enumerate(cells)
                if cell and index not in with_address
            ]
        else:
            guests.append(_line(number, cells, with_address[0], roles, problems))
    return guests, problems


def _looks_like_address(cell: str) -> bool:
    return "@" in cell or bool(_IN_BRACKETS.match(cell))


def _alone(row: int, cell: str, problems: list[Problem]) -> Guest:
    found = _IN_BRACKETS.match(cell)
    guest = Guest(row, _clean(found["name"]), found["email"].lower()) if found else Guest(row, "", cell.lower())
    _check(guest, problems)
    return guest


def _line(row: int, cells: Sequence[str], at: int, roles: Mapping[str, str], problems: list[Problem]) -> Guest:
    """Before the address: the name. After it: team and role, in this order or the other, whichever names a role that is known."""
    before, own, after = [cell for cell in cells[:at] if cell], cells[at], list(cells[at + 1 :])
    if found := _IN_BRACKETS.match(own):
        given, email = _clean(found["name"]), found["email"]
        name = (
            " ".join([given, *before]).strip() if given else " ".join(before)
        )  # "Herschel, Caroline <c@…>" is Caroline Herschel
    else:
        name, email = " ".join(before), own
    team, role = [*after, "", ""][:2]
    if team.lower() in roles and role.lower() not in roles:
        team, role = role, team
    if rest := [cell for cell in after[2:] if cell]:
        problems.append(Problem(place(row), _('More than a name, an address, a team and a role: "{rest}".', rest=rest[0])))
    guest = Guest(row, name, email.lower(), _role(role, roles), team)
    _check(guest, problems)
    return guest


# --- Cells ----------------------------------------------------------------------------------------------------------------------------


def _clean(cell: str) -> str:
    return " ".join(cell.split()).strip('"').strip()


def _role(word: str, roles: Mapping[str, str]) -> str:
    return roles.get(word.lower(), word)


def _check(guest: Guest, problems: list[Problem]) -> None:
    if not guest.email:
        problems.append(Problem(place(guest.row, "email"), _("An e-mail address is missing.")))
    elif not _ADDRESS.fullmatch(guest.email):
        problems.append(
            Problem(
                place(guest.row, "email"),
                _('"{email}" is no e-mail address; expected one like name@example.org.', email=guest.email),
            )
        )
