"""Very many marks of one panel at once, for sheets that wait: judged on paper, or elsewhere. Everything or nothing, into the same journal."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import batched, count
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from games.bundles.actions.pour import check_references, pour, pour_under, rewrite
from games.challenges.models import Challenge
from games.cycles.actions import locked
from games.errors import Problem
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.actions.panels import check_panel
from games.judging.conflicts import barred
from games.judging.models import Mark, Sheet
from games.judging.queries import seat_of, sitting_of
from games.judging.queries.deciding import entries_by_group, judgeable, with_facts
from games.judging.rules import OPEN_SHEETS, Given, MarksRefused, SheetState, check_marks, check_seat, check_sitting
from games.judging.rules.marks import Scaled, criteria_of
from games.judging.rules.table import rows_of
from games.organizations.models import Person
from games.playbooks.schema import ChallengeDesign
from games.submissions.queries import rules_of
from leaderboards.collecting import uncollected
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext

AT_ONCE: Final = 5000
TOLD: Final = 1000
COLUMNS: Final = ("group", "judge", "criterion", "value")
MARK: Final = ("sheet_id", "criterion", "value", "state", "comment")
CHANNEL: Final = "import"


class ScoreRow(NamedTuple):
    """A mark as it was brought: keys of the group, the judge and the criterion, and its value as text."""

    group: str
    judge: str
    criterion: str
    value: str


class _Open(NamedTuple):
    """A sheet that waits: its id, group, judge, and the version that it judges."""

    pk: int
    group: int
    judge: int
    state: str
    judged: int | None


def first_panel(challenge: Challenge) -> str:
    """The key of the task's first panel; empty where nobody marks it."""
    return next((one.key for one in rules_of(challenge)[1].judges_panels), "")


def import_scores(*, challenge: Challenge, panel: str, rows: Sequence[ScoreRow], by: Any) -> int:
    """Make the sheets final that these marks fill. Returns how many. Three statements that write, whatever their number.

    Each sheet must wait for its judge (assigned, or begun) and be filled whole. Raises MarksRefused with the faults (the first thousand), by
    number of the row, the first is 1, and column; why nobody may mark in this round now; and nothing is written then.
    """
    return _import(challenge, panel, rows, count(1), [], by)


def import_table(*, challenge: Challenge, panel: str, content: bytes, by: Any) -> int:
    """The same from a table (CSV) with the columns group, judge, criterion, value. Its header is row 1."""
    __, lines, problems = rows_of(content, COLUMNS, needed=COLUMNS)
    return _import(challenge, panel, [ScoreRow(**cells) for __, cells in lines], [number for number, __ in lines], problems, by)


@uncollected()
@transaction.atomic
def _import(
    challenge: Challenge, panel: str, rows: Sequence[ScoreRow], numbers: Iterable[int], problems: list[Problem], by: Any
) -> int:
    """Marks go to the database while those after them are checked, until the first fault: it takes everything back."""
    locked(challenge.round.cycle)
    check_panel(challenge, panel)
    design, spec = rules_of(challenge)
    _expect_open(challenge, panel, spec)
    if not rows and not problems:
        problems.append(Problem("row 1", _("expected at least one mark"), "required"))
    table = _Table(_waiting(challenge, panel), _Marks(spec, panel, design.mark_decimals), problems)
    for some in batched(table.drafts(rows), AT_ONCE):
        Mark.objects.filter(sheet__in=some).delete()
    pour_under(Mark, MARK, table.read(zip(numbers, rows, strict=False)))
    table.expect_whole()
    if problems:
        several = ngettext("", " (and {count} faults more)", len(problems), count=len(problems) - 1)
        raise MarksRefused(
            _("Nothing was written: {problems}{several}", problems=problems[0], several=several),
            where=problems[0].where,
            problems=problems[:TOLD],
        )
    check_references()
    _finish(challenge, panel, [one.sheet for one in table.filled.values()], by, db_now())
    return len(table.filled)


def _expect_open(challenge: Challenge, panel: str, spec: ChallengeDesign) -> None:
    """May anybody mark in this round now? Asked of one sheet as if its judge did; who may mark what is asked of each."""
    sheets = Sheet.objects.filter(challenge=challenge, panel=panel, state__in=OPEN_SHEETS)
    row: Any = with_facts(judgeable(sheets).select_related("challenge__round__cycle", "judge")).order_by("pk").first()
    if row is not None:
        check_seat(seat_of(row), judge=row.judge.key, panel=panel)
        check_sitting(sitting_of(row, spec))


def _waiting(challenge: Challenge, panel: str) -> dict[tuple[str, str], _Open]:
    """(key of the group, key of the judge) → a sheet that waits, locked; without those that their judges must not fill."""
    sheets = Sheet.objects.filter(challenge=challenge, panel=panel, state__in=OPEN_SHEETS)
    rows = sheets.select_for_update(of=("self",), no_key=True).order_by("pk")
    found = rows.values_list("group__key", "judge__key", "pk", "group_id", "judge_id", "state").iterator(AT_ONCE)
    judged = entries_by_group(challenge)
    there = {(group, judge): _Open(pk, own, person, state, judged.get(own)) for group, judge, pk, own, person, state in found}
    judges = list(Person.objects.filter(pk__in={one.judge for one in there.values()}))
    bars = barred({one.group for one in there.values()}, judges)
    return {names: one for names, one in there.items() if (one.group, one.judge) not in bars} if bars else there


class _Marks:
    """Values as they are stored; the same value on the same criterion is checked once."""

    def __init__(self, spec: ChallengeDesign, panel: str, decimals: int) -> None:
        self.spec, self.panel, self.decimals = spec, panel, decimals
        self.known: dict[tuple[str, str], Scaled | Problem] = {}

    def scaled(self, criterion: str, value: str) -> Scaled | Problem:
        """The mark, or what is wrong with it, at a column."""
        found = self.known.get((criterion, value))
        if found is None:
            try:
                [found] = check_marks(self.spec, self.panel, [Given(criterion, value)], decimals=self.decimals)
            except MarksRefused as refused:
                [one] = refused.problems
                found = replace(one, where="criterion" if one.code == "unknown" else "value")
            self.known[criterion, value] = found
        return found

    def needed(self) -> frozenset[str]:
        """Criteria without which a sheet is not whole."""
        return frozenset(one.key for one in criteria_of(self.spec, self.panel) if not one.optional)


class _Filling(NamedTuple):
    """A sheet, and the criteria about which rows said something, each with the number of the first."""

    sheet: _Open
    said: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows that are read. What is wrong goes to `problems`; `filled`: (keys of the group and the judge) → the sheet with its marks."""

    waiting: Mapping[tuple[str, str], _Open]
    marks: _Marks
    problems: list[Problem]
    filled: dict[tuple[str, str], _Filling] = field(default_factory=dict)

    def drafts(self, rows: Sequence[ScoreRow]) -> Sequence[int]:
        """Ids of the sheets that these rows fill and that have marks already."""
        begun = {names: one.pk for names, one in self.waiting.items() if one.state == SheetState.DRAFT.value}
        return [begun[names] for names in begun.keys() & {(row.group, row.judge) for row in rows}] if begun else []

    def read(self, rows: Iterable[tuple[int, ScoreRow]]) -> Iterator[tuple[int, Scaled]]:
        """Each mark with the id of its sheet, as long as nothing is wrong."""
        groups, known, problems = {group for group, __ in self.waiting}, self.marks.known, self.problems
        names, there = ("", ""), None  # rows of one sheet mostly follow each other
        for number, (group, judge, criterion, value) in rows:
            if names != (here := (group, judge)):
                names, there = here, self._sheet(here)
            mark = known.get((criterion, value)) or self.marks.scaled(criterion, value)
            if there is None:
                column = "judge" if group in groups else "group"
                text = _('no sheet of "{judge}" on "{group}" waits on this panel', judge=judge, group=group)
                problems.append(_at(number, column, text, "unknown"))
            elif isinstance(mark, Problem):
                problems.append(_at(number, mark.where, mark.message, mark.code))
                there.said.setdefault(criterion, number)
            elif criterion in there.said:
                text = _('"{criterion}" is marked twice by "{judge}" on "{group}"', criterion=criterion, judge=judge, group=group)
                problems.append(_at(number, "criterion", text))
            else:
                there.said[criterion] = number
                if not problems:
                    yield there.sheet.pk, mark

    def _sheet(self, names: tuple[str, str]) -> _Filling | None:
        found = self.filled.get(names)
        if found is None and names in self.waiting:
            found = self.filled[names] = _Filling(self.waiting[names], {})
        return found

    def expect_whole(self) -> None:
        """A mark on each criterion that needs one, of something that was handed in."""
        needed, form = self.marks.needed(), self.marks.spec.form
        for sheet, said in self.filled.values():
            first = next(iter(said.values()))
            if not said.keys() >= needed:
                names = ", ".join(sorted(needed - said.keys()))
                text = _("the sheet has no mark on {names}", names=names)
                self.problems.append(_at(first, "criterion", text, "required"))
            if sheet.judged is None and form:
                self.problems.append(_at(first, "group", _("nothing was handed in that could be judged")))


def _at(number: int, column: str, message: str, code: str = "invalid") -> Problem:
    return Problem(f"row {number}, column {column}", message, code)


def _finish(challenge: Challenge, panel: str, sheets: Sequence[_Open], by: Any, now: datetime) -> None:
    """The sheets are final, with an entry of the journal for each."""
    round_ = challenge.round
    final = {"state": SheetState.FINAL.value, "design_number": round_.design_number, "updated_at": now, "final_at": now}
    rewrite(Sheet, ((sheet.judged, sheet.pk) for sheet in sheets), "version_id", counted="revision", **final)
    *others, last = sheets
    told = {"round": round_.key, "challenge": challenge.key, "panel": panel, "design": round_.design_number}
    begun = json.dumps(told)[:-1]
    actor = getattr(by, "pseudonym", None)
    pour(
        JournalEntry,
        ("group_id", "subject", "payload"),
        ((one.group, f"sheet:{one.pk}", f"{begun}{_said_last(one)}") for one in others),
        kind=Kind.SHEET_FINALIZED.value,
        cycle_id=round_.cycle_id,
        actor=None if actor is None else _uuid(actor),
        channel=CHANNEL,
        at=now,
        previous_hash="",
        hash="",
    )
    record(  # the last one wakes whoever listens
        Kind.SHEET_FINALIZED,
        cycle_id=round_.cycle_id,
        by=by,
        group_id=last.group,
        subject=f"sheet:{last.pk}",
        payload=_said(told, last),
        at=now,
        channel=CHANNEL,
    )


def _said_last(sheet: _Open) -> str:
    """The end of what `_said` gives, as JSON."""
    return f', "judge": {sheet.judge}, "version_id": {"null" if sheet.judged is None else sheet.judged}}}'


def _uuid(actor: UUID) -> str:
    """As the column keeps it."""
    return actor.hex if connection.vendor == "sqlite" else str(actor)


def _said(told: Mapping[str, Any], sheet: _Open) -> dict[str, Any]:
    return {**told, "judge": sheet.judge, "version_id": sheet.judged}
