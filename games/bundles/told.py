"""Checks of points.csv and journal.csv: what acts earned, and what the journal tells."""

from collections.abc import Collection
from datetime import date

from games.bundles.earned_rows import GameRow, PointRow
from games.bundles.rows import JournalRow
from games.bundles.rules import Faults
from games.bundles.tables import Table
from leaderboards.engine.language import gettext as _


def check_points(table: Table[PointRow], groups: Collection[str], faults: Faults) -> None:
    """Each award once; a reversal takes back one given before, whole."""
    given: dict[tuple[int, str, str], int] = {}
    for place, row in enumerate(table.rows):
        number = table.number(place)
        if row.group and row.group not in groups:
            faults.add(_('"{group}" is not in groups.csv', group=row.group), row=number, column="group")
        if row.partner and row.partner not in groups:
            faults.add(_('"{partner}" is not in groups.csv', partner=row.partner), row=number, column="partner")
        if (row.number, row.rule, row.group) in given:
            faults.add(
                _('act {number} earns by rule "{rule}" twice', number=row.number, rule=row.rule), row=number, column="number"
            )
        given[row.number, row.rule, row.group] = row.amount
    for place, row in enumerate(table.rows):
        taken = given.get((row.reverses, row.rule, row.group))
        if row.reverses and (taken is None or row.reverses >= row.number or taken != -row.amount):
            said = _(
                'act {reverses} earned no {amount} by rule "{rule}" before',
                reverses=row.reverses,
                amount=-row.amount,
                rule=row.rule,
            )
            faults.add(said, row=table.number(place), column="reverses")


def check_game(table: Table[GameRow], groups: Collection[str], faults: Faults) -> None:
    """Groups are there; each thing stands once; a week is named by its Monday, and belongs to a group as quests do."""
    seen: set[tuple[str, str, str, str]] = set()
    for place, row in enumerate(table.rows):
        number = table.number(place)
        if row.group and row.group not in groups:
            faults.add(_('"{group}" is not in groups.csv', group=row.group), row=number, column="group")
        if not row.group and row.kind in {"quest", "week"}:
            faults.add(_("a {kind} is of a group", kind=row.kind), row=number, column="group")
        if row.kind == "week" and not _is_monday(row.key):
            faults.add(_('expected a Monday like 2027-03-01, found "{key}"', key=row.key), row=number, column="key")
        whose = (row.kind, row.key, "" if row.person else row.group, row.person)
        if whose in seen:
            faults.add(_('the {kind} "{key}" is there twice', kind=row.kind, key=row.key), row=number, column="key")
        seen.add(whose)


def _is_monday(key: str) -> bool:
    try:
        return date.fromisoformat(key).weekday() == 0
    except ValueError:
        return False


def check_journal(table: Table[JournalRow], groups: Collection[str], faults: Faults) -> None:
    """Numbers stand once, groups are there."""
    seen: set[int] = set()
    for place, row in enumerate(table.rows):
        if row.number in seen:
            faults.add(_("{number} is there twice", number=row.number), row=table.number(place), column="number")
        seen.add(row.number)
        if row.group and row.group not in groups:
            faults.add(_('"{group}" is not in groups.csv', group=row.group), row=table.number(place), column="group")
