"""Checks of appeals.csv and changes.csv: each appeal about a round and its group, each change about something that is there."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from games.bundles.bundle import Bundle
from games.bundles.places import Places
from games.bundles.rows import AppealRow, ChangeRow
from games.changes.rules import AppealState, ChangeKind
from leaderboards.engine.language import gettext as _

type Refuse = Callable[[str, str], None]
type Rows = Iterable[tuple[Any, Refuse]]
SAME: Final = ("state", "reason", "appeal", "at", "settled", "settled_reason")


def check_appeals(places: Places, rows: Rows) -> None:
    """Name everything wrong with the appeals."""
    numbers: set[int] = set()
    open_: set[tuple[str, str]] = set()
    for row, refuse in rows:
        if row.number in numbers:
            refuse("number", _("{number} is there twice", number=row.number))
        numbers.add(row.number)
        _check_appeal(places, row, refuse)
        if row.state == AppealState.OPEN.value:
            if (row.round, row.group) in open_:
                refuse("state", _('"{group}" has two open appeals about round "{round}"', group=row.group, round=row.round))
            open_.add((row.round, row.group))


def _check_appeal(places: Places, row: AppealRow, refuse: Refuse) -> None:
    if row.round not in places.rounds:
        refuse("round", places.no_round(row.round))
    elif row.challenge:
        places.challenge(row.round, row.challenge, refuse)
    if row.group not in places.groups:
        refuse("group", places.no_group(row.group))


def check_changes(bundle: Bundle, places: Places, rows: Rows) -> None:
    """Name everything wrong with the corrections."""
    appeals = {row.number for row in bundle.tables.appeals.rows}
    first: dict[int, ChangeRow] = {}
    seen: set[tuple[int, int]] = set()
    for row, refuse in rows:
        there = first.setdefault(row.number, row)
        for name in SAME:
            if getattr(row, name) != getattr(there, name):
                refuse(name, _("differs from the first row of correction {number}", number=row.number))
        if row.appeal and row.appeal not in appeals:
            refuse("appeal", _("{appeal} is not in appeals.csv", appeal=row.appeal))
        if (row.number, row.position) in seen:
            refuse("position", _("{position} is there twice in correction {number}", position=row.position, number=row.number))
        seen.add((row.number, row.position))
        if row.kind:
            _check_change(row, json.loads(row.target), places, refuse)


NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    ChangeKind.MARK.value: ("round", "challenge", "group", "judge", "panel", "criterion"),
    ChangeKind.RECUSE.value: ("round", "challenge", "group", "judge", "panel"),
    ChangeKind.DISQUALIFY.value: ("group", "round"),
    ChangeKind.REINSTATE.value: ("group", "round"),
    ChangeKind.RULE.value: (),
}
"""What the target of each kind names."""
AFTER: Final[Mapping[str, tuple[str, ...]]] = {
    ChangeKind.MARK.value: ("value", "state"),
    ChangeKind.RECUSE.value: ("state",),
}


def _check_change(row: ChangeRow, target: Mapping[str, Any], places: Places, refuse: Refuse) -> None:
    names = NAMES[row.kind]
    missing = [name for name in names if not isinstance(target.get(name), str)]
    if missing:
        refuse("target", _("misses {names}", names=", ".join(missing)))
    elif "group" in names and target["group"] not in places.groups:
        refuse("target", places.no_group(target["group"]))
    after = json.loads(row.after)
    lacking = [name for name in AFTER.get(row.kind, ()) if name not in after]
    if lacking:
        refuse("after", _("misses {names}", names=", ".join(lacking)))
    if row.kind == ChangeKind.RULE.value and not isinstance(after.get("changes", after.get("design")), dict):
        refuse("after", _("expected changes or a design"))
