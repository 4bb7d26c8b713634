"""Checks of points.csv and journal.csv: what acts earned, and what the journal tells."""

from collections.abc import Collection

from games.bundles.rows import JournalRow, PointRow
from games.bundles.rules import Faults
from games.bundles.tables import Table


def check_points(table: Table[PointRow], groups: Collection[str], faults: Faults) -> None:
    """Each award once; a reversal takes back one given before, whole."""
    given: dict[tuple[int, str, str], int] = {}
    for place, row in enumerate(table.rows):
        number = table.number(place)
        if row.group and row.group not in groups:
            faults.add(f'"{row.group}" is not in groups.csv', row=number, column="group")
        if (row.number, row.rule, row.group) in given:
            faults.add(f'act {row.number} earns by rule "{row.rule}" twice', row=number, column="number")
        given[row.number, row.rule, row.group] = row.amount
    for place, row in enumerate(table.rows):
        taken = given.get((row.reverses, row.rule, row.group))
        if row.reverses and (taken is None or row.reverses >= row.number or taken != -row.amount):
            said = f'act {row.reverses} earned no {-row.amount} by rule "{row.rule}" before'
            faults.add(said, row=table.number(place), column="reverses")


def check_journal(table: Table[JournalRow], groups: Collection[str], faults: Faults) -> None:
    """Numbers stand once, groups are there."""
    seen: set[int] = set()
    for place, row in enumerate(table.rows):
        if row.number in seen:
            faults.add(f"{row.number} is there twice", row=table.number(place), column="number")
        seen.add(row.number)
        if row.group and row.group not in groups:
            faults.add(f'"{row.group}" is not in groups.csv', row=table.number(place), column="group")
