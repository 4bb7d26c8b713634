"""Checks of what was recognized beside points and the game: wins, weeks, exchanges, flags, grants, what was carried."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final

from games.bundles.bundle import Bundle
from games.bundles.places import Places
from games.bundles.won_rows import FlagRow, GrantRow, WinRow
from games.playbooks.files import FileRefused, examine
from games.recognition.rules.grants import PROOF, GrantState
from games.recognition.rules.watching import FlagKind, FlagState
from games.recognition.rules.wins import monday
from leaderboards.engine.language import gettext as _

type Refuse = Callable[[str, str], None]
type Rows = Iterable[tuple[Any, Refuse]]
NAMES: Final = ("wins", "cheers", "progress", "weeks", "exchanges", "flags", "grants", "carried")
SEVERAL: Final[Mapping[str, tuple[int, int]]] = {FlagKind.PAIR: (2, 2), FlagKind.RING: (3, 6), FlagKind.MOTION: (1, 1)}
"""How many groups a flag of each kind is about, at least and at most."""


def check_won(bundle: Bundle, places: Places, rows: Mapping[str, Rows]) -> None:
    """Name everything wrong. `rows`: each table of NAMES by its name."""
    tables = bundle.tables
    numbers = {name: {row.number for row in getattr(tables, name).rows} for name in ("ideas", "change_tests")}
    people = {row.person for row in tables.people.rows}
    _check_wins(places, numbers, rows["wins"])
    _check_cheers(places, tables.wins.rows, people, rows["cheers"])
    _once(places, rows["progress"], "what")
    for row, refuse in _once(places, rows["weeks"], "week"):
        _check_monday(row.week, refuse)
    _check_exchanges(places, rows["exchanges"])
    _check_flags(places, people, rows["flags"])
    _check_grants(places, bundle.files, rows["grants"])
    for row, refuse in _once(places, rows["carried"], "kind", "key"):
        if row.test and row.test not in numbers["change_tests"]:
            refuse("test", _("{test} is not in change_tests.csv", test=row.test))


def _once(places: Places, rows: Rows, *names: str) -> list[tuple[Any, Refuse]]:
    """The rows, each of a group that is there, and each once for its group by these columns."""
    seen: set[tuple[Any, ...]] = set()
    found = list(rows)
    for row, refuse in found:
        if row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        what = (row.group, *(getattr(row, name) for name in names))
        if what in seen:
            refuse(names[-1], _('"{group}" has it twice', group=row.group))
        seen.add(what)
    return found


def _check_wins(places: Places, numbers: Mapping[str, Collection[int]], rows: Rows) -> None:
    for row, refuse in _once(places, rows, "kind", "key"):
        for name, table in (("idea", "ideas"), ("built", "ideas"), ("test", "change_tests")):
            number = getattr(row, name)
            if number and number not in numbers[table]:
                refuse(name, _("{number} is not in {table}.csv", number=number, table=table))
        _check_where(places, row, refuse)
        if row.partner and row.partner not in places.groups:
            refuse("partner", places.no_group(row.partner))


def _check_cheers(places: Places, wins: Iterable[WinRow], people: Collection[str], rows: Rows) -> None:
    known, seen = {(row.group, row.kind, row.key) for row in wins}, set()
    for row, refuse in rows:
        win = (row.group, row.kind, row.key)
        if win not in known:
            refuse("key", _('"{group}" has no such win in wins.csv', group=row.group))
        if row.person not in people:
            refuse("person", _('"{person}" is not in people.csv', person=row.person))
        if row.team and row.team not in places.groups:
            refuse("team", places.no_group(row.team))
        if row.team == row.group:
            refuse("team", _("cheers go to others"))
        if (*win, row.person) in seen:
            refuse("person", _('"{person}" cheers it twice', person=row.person))
        seen.add((*win, row.person))


def _check_where(places: Places, row: WinRow, refuse: Refuse) -> None:
    if row.attempt or row.round or row.challenge:
        places.challenge(row.round, row.challenge, refuse)
        if not row.attempt:
            refuse("attempt", _("expected the number of a try at the task"))
    if row.board and row.board not in places.boards:
        refuse("board", _('"{board}" is not a board; known: {names}', board=row.board, names=", ".join(places.boards)))


def _check_monday(day: date, refuse: Refuse) -> None:
    if day != monday(day):
        refuse("week", _("expected a Monday like 2027-03-01, found {day}", day=day.isoformat()))


def _check_exchanges(places: Places, rows: Rows) -> None:
    seen: set[tuple[str, str, str]] = set()
    for row, refuse in rows:
        for name in ("giver", "receiver"):
            if getattr(row, name) not in places.groups:
                refuse(name, places.no_group(getattr(row, name)))
        if row.giver == row.receiver:
            refuse("receiver", _("a group gives nothing to itself here"))
        if (row.giver, row.receiver, row.kind) in seen:
            refuse(
                "kind",
                _('{kind} from "{giver}" to "{receiver}" is there twice', kind=row.kind, giver=row.giver, receiver=row.receiver),
            )
        seen.add((row.giver, row.receiver, row.kind))


def _check_flags(places: Places, people: Collection[str], rows: Rows) -> None:
    seen: set[int] = set()
    standing: set[tuple[Any, ...]] = set()
    for row, refuse in rows:
        if row.number in seen:
            refuse("number", _("{number} is there twice", number=row.number))
        seen.add(row.number)
        _check_about(places, row, refuse)
        settled = row.state != FlagState.OPEN
        if settled != (row.settled is not None) or settled != bool(row.reason):
            refuse("settled", _("expected a time and a reason where somebody has looked at it, and there alone"))
        if row.by and (not settled or row.by not in people):
            refuse("by", _("expected somebody of people.csv where a flag is settled, and nobody elsewhere"))
        key = (row.kind, row.groups, facts_of(row).get("week", ""))
        if not settled and key in standing:
            refuse("state", _("the same is open twice"))
        standing |= set() if settled else {key}


def _check_about(places: Places, row: FlagRow, refuse: Refuse) -> None:
    groups, facts = row.groups.split("|"), facts_of(row)
    least, most = SEVERAL[row.kind]
    if not least <= len(set(groups)) == len(groups) <= most:
        refuse(
            "groups",
            (
                _("expected {least} to {most} groups for a {kind}, between |", least=least, most=most, kind=row.kind)
                if most > least
                else _("expected {least} groups for a {kind}, between |", least=least, kind=row.kind)
            ),
        )
    for one in groups:
        if one not in places.groups:
            refuse("groups", places.no_group(one))
    if row.kind == FlagKind.MOTION and not isinstance(facts.get("week"), str):
        refuse("facts", _('expected its week, as {"week": "2027-03-01"}'))
    if "giver" in facts and facts["giver"] not in groups:
        refuse("facts", _("expected one of its groups as giver"))


def facts_of(row: FlagRow) -> dict[str, Any]:
    """The numbers behind a flag."""
    found: dict[str, Any] = json.loads(row.facts)
    return found


def _check_grants(places: Places, files: Mapping[str, bytes], rows: Rows) -> None:
    seen: set[tuple[str, str]] = set()
    for row, refuse in rows:
        _check_proof(row, files, refuse)
        if row.group and row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        if bool(row.group) == (row.state == GrantState.UNALLOCATED):
            refuse(
                "group",
                _("expected a group, or nobody where the state is {unallocated}", unallocated=GrantState.UNALLOCATED.value),
            )
        if row.state != GrantState.REVOKED:
            if (row.award, row.group) in seen:
                refuse("award", _('"{group}" has "{award}" twice', group=row.group, award=row.award))
            seen.add((row.award, row.group))


def _check_proof(row: GrantRow, files: Mapping[str, bytes], refuse: Refuse) -> None:
    """A file that proves a delivery is one that would be taken here."""
    if bool(row.file) != bool(row.file_name):
        refuse("file_name", _("expected the SHA-256 of the file and its name, or neither"))
    elif row.file in files:
        try:
            examine(row.file_name, [files[row.file]], PROOF, most=PROOF.max_bytes)
        except FileRefused as error:
            refuse("file_name", error.message)


def check_prizes(grants: Iterable[GrantRow], bookings: Rows) -> None:
    """A session that is of a prize is of one that the group has."""
    held = {(row.award, row.group) for row in grants if row.state != GrantState.REVOKED}
    for row, refuse in bookings:
        if row.prize and (row.prize, row.group) not in held:
            refuse("prize", _('"{group}" has no "{prize}" in grants.csv', group=row.group, prize=row.prize))
