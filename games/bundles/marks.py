"""Marks against the rules: is there such a criterion, is the value one it can have, may this judge mark this group."""

from fractions import Fraction
from typing import Final

from games.bundles.bundle import Bundle
from games.bundles.places import Places
from games.bundles.rules import Faults
from games.bundles.tables import MarkRow
from games.playbooks.rules import Capability
from games.playbooks.schema import ChallengeDesign
from leaderboards.engine.numbers import text
from leaderboards.engine.spec import Criterion, Format

MARKED: Final = frozenset({Format.RUBRIC, Format.RANKING})
Unit = tuple[str, str]


class MarkChecker:
    """Checks marks row by row. What is the same for many rows is worked out once and remembered."""

    def __init__(self, bundle: Bundle, places: Places) -> None:
        self.table = bundle.tables.marks
        self.places = places
        self.criteria: dict[Unit, dict[str, Criterion]] = {
            unit: {one.key: one for one in task.marked_criteria} for unit, task in places.tasks.items() if task.format in MARKED
        }
        self.values: dict[tuple[str, str, str, Fraction], str] = {}
        self.entries: dict[tuple[str, str, str], tuple[ChallengeDesign | None, list[tuple[str, str]]]] = {}
        roles = {role.key for role in bundle.design.roles if Capability.JUDGE in role.capabilities}
        people = bundle.tables.people.rows
        self.judges = {row.person for row in people if row.role in roles}
        self.own = {(row.person, row.group) for row in people if row.group}
        self.conflicts = {(row.judge, row.group) for row in bundle.tables.conflicts.rows}
        self.assigned = _assigned(bundle, places)

    def check(self, faults: Faults) -> None:
        """Name everything wrong with the marks."""
        seen: set[tuple[str, str, str, str, str]] = set()
        for place, row in enumerate(self.table.rows):
            found = self._entry(row) + self._of(row)
            mark = (row.round, row.challenge, row.group, row.judge, row.criterion)
            if mark in seen:
                found.append(("judge", f'judge "{row.judge}" marks "{row.criterion}" of "{row.group}" twice'))
            seen.add(mark)
            for column, message in found:
                faults.add(message, row=self.table.number(place), column=column)

    def _entry(self, row: MarkRow) -> list[tuple[str, str]]:
        """What is wrong with the entry the row points at; the same for all its marks."""
        unit = (row.round, row.challenge, row.group)
        if unit not in self.entries:
            found: list[tuple[str, str]] = []
            task = self.places.entry(*unit, lambda column, message: found.append((column, message)))
            if task is not None and task.format not in MARKED:
                found.append(("challenge", f'"{row.challenge}" is of format {task.format}, which has no marks'))
            self.entries[unit] = (task, found)
        return list(self.entries[unit][1])

    def _of(self, row: MarkRow) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        criteria = self.criteria.get((row.round, row.challenge))
        if criteria is None:
            return found
        criterion = criteria.get(row.criterion)
        if criterion is None:
            known = ", ".join(criteria) or "none"
            return [("criterion", f'"{row.criterion}" is not a criterion of "{row.challenge}"; known: {known}')]
        if row.value is not None:
            if row.state:
                found.append(
                    (
                        "value",
                        f'judge "{row.judge}" is {row.state} for "{row.group}", but the mark has the value {text(row.value)}',
                    )
                )
            fault = self._value(row, criterion, row.value)
            if fault:
                found.append(("value", fault))
            found += self._judge(row, criterion)
        return found

    def _value(self, row: MarkRow, criterion: Criterion, value: Fraction) -> str:
        key = (row.round, row.challenge, row.criterion, value)
        if key not in self.values:
            self.values[key] = value_fault(criterion, value, self.places)
        return self.values[key]

    def _judge(self, row: MarkRow, criterion: Criterion) -> list[tuple[str, str]]:
        """A judge marks what is assigned, never the own group, never in conflict. A recusal is always allowed."""
        judge, group = row.judge, row.group
        if self.judges and judge not in self.judges:
            return [("judge", f'"{judge}" has no role in people.csv that judges')]
        if (judge, group) in self.own:
            return [("judge", f'"{judge}" belongs to "{group}" and cannot mark it')]
        if (judge, group) in self.conflicts:
            return [("judge", f'"{judge}" is in conflict with "{group}" (conflicts.csv) and cannot mark it')]
        allowed = self.assigned.get((row.round, row.challenge))
        if allowed is None:
            return []
        panel = self.places.tasks[row.round, row.challenge].panel_of(criterion)
        if any((judge, one, of) in allowed for one in (group, "") for of in (panel, "")):
            return []
        return [("judge", f'"{judge}" is not on the panel "{panel}" for "{group}" (assignments.csv)')]


def value_fault(criterion: Criterion, value: Fraction, places: Places) -> str:
    """What is wrong with a mark's value; empty if nothing. The value that means "no mark" is always right."""
    if criterion.not_marked is not None and value == criterion.not_marked:
        return ""
    shown = text(value)
    fault = places.bounds(value, criterion.min, criterion.max)
    if fault:
        return f'{shown} {fault} of criterion "{criterion.key}"'
    if criterion.values is not None and value not in criterion.values:
        return f'{shown} is not among {", ".join(text(one) for one in criterion.values)} of criterion "{criterion.key}"'
    if criterion.step and ((value - (criterion.min or 0)) / criterion.step).denominator != 1:
        return f'{shown} is not on the step {text(criterion.step)} of criterion "{criterion.key}"'
    fault = places.decimals(value)
    return f"{shown} {fault}" if fault else ""


def _assigned(bundle: Bundle, places: Places) -> dict[Unit, set[tuple[str, str, str]]]:
    """Who may mark what, as (judge, group or "", panel or ""); a challenge without assignments is open to all its judges."""
    found: dict[Unit, set[tuple[str, str, str]]] = {}
    for row in bundle.tables.assignments.rows:
        for unit in places.tasks:
            if row.round in {"", unit[0]} and row.challenge in {"", unit[1]}:
                found.setdefault(unit, set()).add((row.judge, row.group, row.panel))
    return found
