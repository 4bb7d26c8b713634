"""Marks against the rules: is there such a criterion, is the value one it can have, may this judge mark this group."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from games.bundles.bundle import Bundle
from games.bundles.places import Places
from games.bundles.rows import MarkRow
from games.bundles.rules import Faults
from games.bundles.voters import AUDIENCE, PEERS, by_criterion
from games.playbooks.rules import Capability
from leaderboards.engine.language import gettext as _
from leaderboards.engine.numbers import text
from leaderboards.engine.spec import Criterion, Format

MARKED: Final = frozenset({Format.RUBRIC, Format.RANKING})
Unit = tuple[str, str]
Found = tuple[tuple[str, str], ...]


class MarkChecker:
    """Checks marks row by row. What is the same for many rows is worked out once and remembered."""

    def __init__(self, bundle: Bundle, places: Places) -> None:
        self.table = bundle.tables.marks
        self.places = places
        self.criteria: dict[Unit, dict[str, Criterion]] = {
            unit: {one.key: one for one in task.marked_criteria} for unit, task in places.tasks.items() if task.format in MARKED
        }
        self.entries: dict[tuple[str, str, str], Found] = {}
        self.kinds: dict[tuple[str, str, str, Fraction | None, str], Found] = {}
        roles = {role.key for role in bundle.design.roles if Capability.JUDGE in role.capabilities}
        people = bundle.tables.people.rows
        self.whos = by_criterion(bundle.design)
        self.judges = {row.person for row in people if row.role in roles}
        self.own = {(row.person, row.group) for row in people if row.group}
        # One that says who said so was exported: which marks stand beside it was settled there.
        self.conflicts = {(row.judge, row.group) for row in bundle.tables.conflicts.rows if not row.source and not row.lifted}
        self.assigned = _assigned(bundle, places)

    def check(self, faults: Faults) -> None:
        """Name everything wrong with the marks. Most rows ask what another row asked before them."""
        seen: set[tuple[str, str, str, str, str]] = set()
        entries, kinds = self.entries, self.kinds
        limited = bool(self.judges or self.own or self.conflicts or self.assigned)
        for place, row in enumerate(self.table.rows):
            of_round, challenge, group, _version, judge, criterion, value, state, *_rest = row
            entry, kind = (of_round, challenge, group), (of_round, challenge, criterion, value, state)
            found, other = entries.get(entry), kinds.get(kind)
            found = (self._entry(entry) if found is None else found) + (self._kind(kind) if other is None else other)
            before = len(seen)
            seen.add((of_round, challenge, group, judge, criterion))
            if len(seen) == before:
                found += (
                    (
                        "judge",
                        _(
                            'judge "{judge}" marks "{criterion}" of "{group}" twice',
                            judge=judge,
                            criterion=criterion,
                            group=group,
                        ),
                    ),
                )
            if limited and value is not None:
                found += self._judge(row)
            for column, message in found:
                faults.add(message, row=self.table.number(place), column=column)

    def unmarked(self) -> Iterator[tuple[str, str, str]]:
        """(round, challenge, criterion) that no mark has, where there are marks at all. Ask after `check`."""
        marked = {(of_round, challenge, criterion) for of_round, challenge, criterion, *_rest in self.kinds}
        judged = {unit[:2] for unit in marked}
        for unit, criteria in self.criteria.items():
            yield from ((*unit, key) for key in criteria if unit in judged and (*unit, key) not in marked)

    def _entry(self, entry: tuple[str, str, str]) -> Found:
        """What is wrong with the entry that a mark points at."""
        found: list[tuple[str, str]] = []
        task = self.places.entry(*entry, lambda column, message: found.append((column, message)))
        if task is not None and task.format not in MARKED:
            found.append(
                ("challenge", _('"{task}" is of format {format}, which has no marks', task=task.key, format=task.format))
            )
        self.entries[entry] = tuple(found)
        return self.entries[entry]

    def _kind(self, kind: tuple[str, str, str, Fraction | None, str]) -> Found:
        """What is wrong with the criterion, the value and the state, whoever marks whom."""
        of_round, challenge, key, value, state = kind
        found: list[tuple[str, str]] = []
        criteria = self.criteria.get((of_round, challenge))
        if criteria is not None and key not in criteria:
            found.append(
                (
                    "criterion",
                    _(
                        '"{key}" is not a criterion of "{challenge}"; known: {names}',
                        key=key,
                        challenge=challenge,
                        names=", ".join(criteria) or _("none"),
                    ),
                )
            )
        elif criteria is not None and value is not None:
            fault = value_fault(criteria[key], value, self.places)
            found += [("value", fault)] if fault else []
            found += (
                [("value", _("the judge is {state}, but the mark has the value {text}", state=state, text=text(value)))]
                if state
                else []
            )
        self.kinds[kind] = tuple(found)
        return self.kinds[kind]

    def _judge(self, row: MarkRow) -> Found:
        """A judge marks what is assigned, never the own group, never in conflict; peers need no seat, an audience is asked nothing here.

        A recusal is always allowed.
        """
        judge, group, unit = row.judge, row.group, (row.round, row.challenge)
        who = self.whos.get(unit, {}).get(row.criterion, "judges")
        if who == AUDIENCE:
            return ()
        fault = ""
        if who != PEERS and self.judges and judge not in self.judges:
            fault = _('"{judge}" has no role in people.csv that judges', judge=judge)
        elif (judge, group) in self.own:
            fault = _('"{judge}" belongs to "{group}" and cannot mark it', judge=judge, group=group)
        elif (judge, group) in self.conflicts:
            fault = _('"{judge}" is in conflict with "{group}" (conflicts.csv) and cannot mark it', judge=judge, group=group)
        elif who != PEERS:
            fault = self._unseated(unit, row)
        return (("judge", fault),) if fault else ()

    def _unseated(self, unit: Unit, row: MarkRow) -> str:
        """Why the judge has no seat where this is marked; empty if they have."""
        allowed, criterion = self.assigned.get(unit), self.criteria.get(unit, {}).get(row.criterion)
        if allowed is None or criterion is None:
            return ""
        panel = self.places.tasks[unit].panel_of(criterion)
        if any((row.judge, one, of) in allowed for one in (row.group, "") for of in (panel, "")):
            return ""
        return _(
            '"{judge}" is not on the panel "{panel}" for "{group}" (assignments.csv)',
            judge=row.judge,
            panel=panel,
            group=row.group,
        )


def value_fault(criterion: Criterion, value: Fraction, places: Places) -> str:
    """What is wrong with a mark's value; empty if nothing. The value that means "no mark" is always right."""
    if criterion.not_marked is not None and value == criterion.not_marked:
        return ""
    shown = text(value)
    fault = places.bounds(value, criterion.min, criterion.max)
    if fault:
        return _('{shown} {fault} of criterion "{criterion}"', shown=shown, fault=fault, criterion=criterion.key)
    if criterion.values is not None and value not in criterion.values:
        return _(
            '{shown} is not among {names} of criterion "{criterion}"',
            shown=shown,
            names=", ".join(text(one) for one in criterion.values),
            criterion=criterion.key,
        )
    if criterion.step and ((value - (criterion.min or 0)) / criterion.step).denominator != 1:
        return _(
            '{shown} is not on the step {text} of criterion "{criterion}"',
            shown=shown,
            text=text(criterion.step),
            criterion=criterion.key,
        )
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
