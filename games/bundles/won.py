"""Checks of what was recognized beside points and the game: wins, weeks, exchanges, flags, grants, what was carried."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final

from games.bundles.places import Places
from games.bundles.won_rows import FlagRow, GrantRow, WinRow
from games.recognition.rules.grants import GrantState
from games.recognition.rules.watching import FlagKind, FlagState
from games.recognition.rules.wins import monday

type Refuse = Callable[[str, str], None]
type Rows = Iterable[tuple[Any, Refuse]]
NAMES: Final = ("wins", "progress", "weeks", "exchanges", "flags", "grants", "carried")
SEVERAL: Final[Mapping[str, tuple[int, int]]] = {FlagKind.PAIR: (2, 2), FlagKind.RING: (3, 6), FlagKind.MOTION: (1, 1)}
"""How many groups a flag of each kind is about, at least and at most."""


def check_won(places: Places, numbers: Mapping[str, Collection[int]], rows: Mapping[str, Rows]) -> None:
    """Name everything wrong. `numbers`: of the ideas and the change_tests that are there; `rows`: each table by its name."""
    _check_wins(places, numbers, rows["wins"])
    _once(places, rows["progress"], "what")
    for row, refuse in _once(places, rows["weeks"], "week"):
        _check_monday(row.week, refuse)
    _check_exchanges(places, rows["exchanges"])
    _check_flags(places, rows["flags"])
    _check_grants(places, rows["grants"])
    for row, refuse in _once(places, rows["carried"], "kind", "key"):
        if row.test and row.test not in numbers["change_tests"]:
            refuse("test", f"{row.test} is not in change_tests.csv")


def _once(places: Places, rows: Rows, *names: str) -> list[tuple[Any, Refuse]]:
    """The rows, each of a group that is there, and each once for its group by these columns."""
    seen: set[tuple[Any, ...]] = set()
    found = list(rows)
    for row, refuse in found:
        if row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        what = (row.group, *(getattr(row, name) for name in names))
        if what in seen:
            refuse(names[-1], f'"{row.group}" has it twice')
        seen.add(what)
    return found


def _check_wins(places: Places, numbers: Mapping[str, Collection[int]], rows: Rows) -> None:
    for row, refuse in _once(places, rows, "kind", "key"):
        for name, table in (("idea", "ideas"), ("built", "ideas"), ("test", "change_tests")):
            number = getattr(row, name)
            if number and number not in numbers[table]:
                refuse(name, f"{number} is not in {table}.csv")
        _check_where(places, row, refuse)
        if row.partner and row.partner not in places.groups:
            refuse("partner", places.no_group(row.partner))


def _check_where(places: Places, row: WinRow, refuse: Refuse) -> None:
    if row.attempt or row.round or row.challenge:
        places.challenge(row.round, row.challenge, refuse)
        if not row.attempt:
            refuse("attempt", "expected the number of a try at the task")
    if row.board and row.board not in places.boards:
        refuse("board", f'"{row.board}" is not a board; known: {", ".join(places.boards)}')


def _check_monday(day: date, refuse: Refuse) -> None:
    if day != monday(day):
        refuse("week", f"expected a Monday like 2027-03-01, found {day.isoformat()}")


def _check_exchanges(places: Places, rows: Rows) -> None:
    seen: set[tuple[str, str, str]] = set()
    for row, refuse in rows:
        for name in ("giver", "receiver"):
            if getattr(row, name) not in places.groups:
                refuse(name, places.no_group(getattr(row, name)))
        if row.giver == row.receiver:
            refuse("receiver", "a group gives nothing to itself here")
        if (row.giver, row.receiver, row.kind) in seen:
            refuse("kind", f'{row.kind} from "{row.giver}" to "{row.receiver}" is there twice')
        seen.add((row.giver, row.receiver, row.kind))


def _check_flags(places: Places, rows: Rows) -> None:
    seen: set[int] = set()
    standing: set[tuple[Any, ...]] = set()
    for row, refuse in rows:
        if row.number in seen:
            refuse("number", f"{row.number} is there twice")
        seen.add(row.number)
        _check_about(places, row, refuse)
        settled = row.state != FlagState.OPEN
        if settled != (row.settled is not None) or settled != bool(row.reason):
            refuse("settled", "expected a time and a reason where somebody has looked at it, and there alone")
        key = (row.kind, row.groups, facts_of(row).get("week", ""))
        if not settled and key in standing:
            refuse("state", "the same is open twice")
        standing |= set() if settled else {key}


def _check_about(places: Places, row: FlagRow, refuse: Refuse) -> None:
    groups, facts = row.groups.split("|"), facts_of(row)
    least, most = SEVERAL[row.kind]
    if not least <= len(set(groups)) == len(groups) <= most:
        refuse("groups", f"expected {least}{f' to {most}' if most > least else ''} groups for a {row.kind}, between |")
    for one in groups:
        if one not in places.groups:
            refuse("groups", places.no_group(one))
    if row.kind == FlagKind.MOTION and not isinstance(facts.get("week"), str):
        refuse("facts", 'expected its week, as {"week": "2027-03-01"}')
    if "giver" in facts and facts["giver"] not in groups:
        refuse("facts", "expected one of its groups as giver")


def facts_of(row: FlagRow) -> dict[str, Any]:
    """The numbers behind a flag."""
    found: dict[str, Any] = json.loads(row.facts)
    return found


def _check_grants(places: Places, rows: Rows) -> None:
    seen: set[tuple[str, str]] = set()
    for row, refuse in rows:
        if row.group and row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        if bool(row.group) == (row.state == GrantState.UNALLOCATED):
            refuse("group", f"expected a group, or nobody where the state is {GrantState.UNALLOCATED.value}")
        if row.state != GrantState.REVOKED:
            if (row.award, row.group) in seen:
                refuse("award", f'"{row.group}" has "{row.award}" twice')
            seen.add((row.award, row.group))


def check_prizes(grants: Iterable[GrantRow], bookings: Rows) -> None:
    """A session that is of a prize is of one that the group has."""
    held = {(row.award, row.group) for row in grants if row.state != GrantState.REVOKED}
    for row, refuse in bookings:
        if row.prize and (row.prize, row.group) not in held:
            refuse("prize", f'"{row.group}" has no "{row.prize}" in grants.csv')
