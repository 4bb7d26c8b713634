"""What is known of a judge on a panel: what they know well, what they read, how much they take. And a table of all that. Pure."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from games.errors import Invalid, Problem
from games.judging.rules.table import rows_of
from leaderboards.engine.language import gettext as _

MOST: Final = 100  # topics or languages of a judge
LENGTH: Final = 100  # characters of each
HIGHEST: Final = 100_000  # sheets of a judge
COLUMNS: Final = ("round", "challenge", "panel", "judge", "topics", "languages", "max_load", "chair")
YES: Final = frozenset({"yes", "true", "1", "x", "chair"})
NO: Final = frozenset({"no", "false", "0", ""})
BETWEEN: Final = "|"


class SeatRefused(Invalid):
    """A panelist's details are not as they can be. `problems` names each."""

    code = "seat_refused"


class Details(NamedTuple):
    """What is to be changed; None stays as it is. `max_load` 0: no limit."""

    topics: tuple[str, ...] | None = None
    languages: tuple[str, ...] | None = None
    max_load: int | None = None
    chair: bool | None = None


class SeatLine(NamedTuple):
    """One row of a table of panels; `number` counts from 1, the header."""

    number: int
    round: str
    challenge: str
    panel: str
    judge: str
    details: Details


def words_in(text: str) -> tuple[str, ...]:
    """Several values of one cell: between bars, or a line each."""
    cells = text.replace("\r", "\n").replace(BETWEEN, "\n").split("\n")
    return tuple(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))


def faults_of(details: Details, *, topics: Collection[str], languages: Collection[str]) -> list[Problem]:
    """What is wrong with details. `topics`, `languages`: what an entry of the task may say; empty: it says nothing, anything goes."""
    found: list[Problem] = []
    for where, given, known in (("topics", details.topics, topics), ("languages", details.languages, languages)):
        for one in given or ():
            if known and one not in known:
                found.append(Problem(where, _('"{one}" is not among {names}', one=one[:LENGTH], names=", ".join(known))))
            elif len(one) > LENGTH:
                found.append(Problem(where, _("expected at most {length} characters", length=LENGTH)))
        if given is not None and len(given) > MOST:
            found.append(Problem(where, _("expected at most {most}", most=MOST)))
    if details.max_load is not None and not 0 <= details.max_load <= HIGHEST:
        found.append(Problem("max_load", _("expected a whole number of sheets up to {highest}, or nothing", highest=HIGHEST)))
    return found


def refuse(problems: Sequence[Problem], said: str) -> None:
    """Raise SeatRefused with every fault, if there is one."""
    if problems:
        more = _(" (and {count} more)", count=len(problems) - 1) if len(problems) > 1 else ""
        msg = f"{said}{problems[0]}{more}"
        raise SeatRefused(msg, where=problems[0].where, problems=problems)


def read_seats(content: bytes) -> tuple[list[SeatLine], list[Problem]]:
    """The rows of a table of panels, and what is wrong with its form. A column that is not there changes nothing."""
    header, rows, problems = rows_of(content, COLUMNS, needed={"judge"})
    lines: list[SeatLine] = []
    for number, values in rows:
        details, faults = _details(values, header)
        problems += [Problem(f"row {number}", fault) for fault in faults]
        of_round, challenge, panel, judge = (values.get(name, "") for name in ("round", "challenge", "panel", "judge"))
        lines.append(SeatLine(number, of_round, challenge, panel, judge, details))
    return lines, problems


def _details(values: dict[str, str], header: Iterable[str]) -> tuple[Details, list[str]]:
    there = set(header)
    faults: list[str] = []
    given: dict[str, Any] = {name: words_in(values[name]) if name in there else None for name in ("topics", "languages")}
    if "max_load" in there:
        number = values["max_load"]
        given["max_load"] = int(number or "0") if (number or "0").isascii() and (number or "0").isdigit() else None
        if given["max_load"] is None:
            faults.append(_('max_load: expected a whole number of sheets, found "{number}"', number=number))
    if "chair" in there:
        word = values["chair"].lower()
        given["chair"] = word in YES
        if word not in YES | NO:
            faults.append(_('chair: expected yes or no, found "{values}"', values=values["chair"]))
    return Details(**given), faults
