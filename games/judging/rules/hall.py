"""In the hall: which table a judge goes to next, how long it is theirs, and tables from a list. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from games.errors import Conflict, Invalid, Problem
from games.judging.rules.table import rows_of
from leaderboards.engine.language import gettext as _

LEASE: Final = timedelta(minutes=5)
"""How long a table is a judge's, unless they say that they need longer."""
HIGHEST: Final = 99_999  # number of a table
LOCATION: Final = 200  # characters
COLUMNS: Final = ("table", "group", "location")
BAND: Final = 1
"""Tables that were seen at most this much more often than the least seen are as good as it."""


class HallRefused(Conflict):
    """This cannot be done in the hall now."""

    code = "hall_refused"


class TablesRefused(Invalid):
    """Some tables cannot be as they were given; nothing was changed. `problems` names each."""

    code = "tables_refused"


class Option(NamedTuple):
    """A table at which a judge has something to do. `seen`: judges who were there already. `busy_until`: somebody else is there."""

    stand: int
    number: int
    seen: int = 0
    absent: bool = False
    busy_until: datetime | None = None


class Way(NamedTuple):
    """Where to go: tables in the order in which they are tried; else when the first is free; and at which nobody was."""

    tables: tuple[Option, ...]
    free_at: datetime | None
    absent: tuple[Option, ...]


def way_from(options: Iterable[Option], here: int | None, now: datetime) -> Way:
    """The next table: among those least seen the nearest by number to where the judge is (`here`; None: from the lowest).

    Tables where a judge stands and where nobody was are left out, and told apart.
    """
    known = list(options)
    there = [one for one in known if not one.absent]
    free = [one for one in there if one.busy_until is None or one.busy_until <= now]
    least = min((one.seen for one in there), default=0)

    def order(one: Option) -> tuple[bool, int, int]:
        return one.seen > least + BAND, abs(one.number - (here or 0)), one.number

    busy = [one.busy_until for one in there if one.busy_until is not None and one.busy_until > now]
    absent = tuple(sorted((one for one in known if one.absent), key=order))
    return Way(tuple(sorted(free, key=order)), min(busy, default=None), absent)


class Placed(NamedTuple):
    """A group's table as it is wished; `number` 0: the next that is free. `where` is how messages call it."""

    group: str
    number: int = 0
    location: str = ""
    where: str = ""


def read_tables(content: bytes) -> tuple[list[Placed], list[Problem]]:
    """The rows of a table of tables, and what is wrong with its form."""
    __, rows, problems = rows_of(content, COLUMNS, needed={"group"})
    found: list[Placed] = []
    for line, values in rows:
        typed = values.get("table", "")
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= len(str(HIGHEST)) else 0
        if typed and not number:
            problems.append(
                Problem(
                    f"row {line}",
                    _('table: expected a whole number from 1 to {highest}, found "{typed}"', highest=HIGHEST, typed=typed[:40]),
                )
            )
        found.append(Placed(values["group"], number, values.get("location", ""), f"row {line}"))
    return found, problems


def faults_of(wanted: Sequence[Placed], groups: Iterable[str], taken: dict[int, str]) -> list[Problem]:
    """What is wrong with a list of tables. `groups`: keys of those in the round; `taken`: number → group that keeps its table."""
    known, seen, numbers = set(groups), set[str](), dict(taken)
    problems: list[Problem] = []
    for one in wanted:
        holder = numbers.get(one.number) if one.number else None
        if one.group not in known:
            problems.append(Problem(one.where, _('"{group}" is not in this round', group=one.group)))
        elif one.group in seen:
            problems.append(Problem(one.where, _('"{group}" is named twice', group=one.group)))
        elif not 0 <= one.number <= HIGHEST:
            problems.append(Problem(one.where, _("expected a number from 1 to {highest}", highest=HIGHEST)))
        elif holder is not None and holder != one.group:
            problems.append(Problem(one.where, _('table {number} is the table of "{holder}"', number=one.number, holder=holder)))
        if len(one.location) > LOCATION:
            problems.append(Problem(one.where, _("the location has more than {location} characters", location=LOCATION)))
        seen.add(one.group)
        if one.number:
            numbers[one.number] = one.group
    return problems


def numbered(wanted: Sequence[Placed], taken: Iterable[int], *, first: int = 1) -> list[Placed]:
    """The same with a number for each: those without one get the lowest that is free from `first` on, in their order."""
    used = {*taken, *(one.number for one in wanted)}
    following = first
    found: list[Placed] = []
    for one in wanted:
        number = one.number
        if not number:
            while following in used:
                following += 1
            number = following
            used.add(number)
        found.append(one._replace(number=number))
    return found
