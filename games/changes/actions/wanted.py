"""What a correction should change, checked against what there is, and written down with what it was before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from games.changes.models import Change
from games.changes.rules import ChangeKind, ChangesInvalid
from games.changes.rules.written import spelled_out
from games.cycles.models import Cycle
from games.cycles.queries import decisions_in_force, design_of
from games.cycles.rules import DecisionKind, changes
from games.errors import GameError, Problem
from games.groups.models import Group
from games.journal.queries import db_now
from games.judging.models import PastSheet, Sheet
from games.judging.queries import marks_of
from games.judging.rules import Given, MarkState, SheetState, check_marks
from games.playbooks.queries import exact
from games.progression.actions.designs import amended
from games.progression.correcting import fixed_problems
from games.progression.drafting import begun_rounds
from games.progression.rules import AmendRefused
from games.results.queries import published_rounds
from games.submissions.models import Submission
from games.submissions.queries import rules_of
from games.submissions.rules import COUNTS, SubmissionState
from leaderboards.engine.language import gettext as _
from leaderboards.engine.numbers import from_scaled, text

OUT = (DecisionKind.DISQUALIFY, DecisionKind.WITHDRAW)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One change, as it was asked for. Which fields count depends on the kind.

    mark: sheet, criterion, value (number or its text, None with `state` absent). recuse: sheet; a sheet that was taken out is put back.
    disqualify, reinstate: a submission alone, or group (and round: as of which). rule: `changes` merged into the rules, or a whole `design`.
    """

    kind: ChangeKind
    sheet: Sheet | None = None
    criterion: str = ""
    value: Any = None
    state: str = MarkState.GIVEN.value
    group: Group | None = None
    round: str = ""
    submission: Submission | None = None
    changes: Mapping[str, Any] | None = None
    design: Mapping[str, Any] | None = None


type Stored = dict[str, Any]
"""kind, target, before, after: as a row of Change holds them."""


def stored(cycle: Cycle, wanted: Sequence[Wanted]) -> list[Stored]:
    """The changes as they are kept. Raises ChangesInvalid with every fault, naming each by its number; and two changes of one thing."""
    problems: list[Problem] = []
    found: list[Stored] = []
    seen: set[str] = set()
    for number, one in enumerate(wanted):
        try:
            row = _row(cycle, one)
        except GameError as fault:
            problems += [Problem(f"changes.{number}", str(part), fault.code) for part in fault.problems or (fault.message,)]
            continue
        name = _name(row)
        if name in seen:
            problems.append(Problem(f"changes.{number}", _("this is changed twice: leave one of both"), "twice"))
        seen.add(name)
        found.append(row)
    if problems:
        message = "; ".join(one.message for one in problems)
        raise ChangesInvalid(message, where=problems[0].where, problems=problems)
    return found


def _name(row: Stored) -> str:
    """What a change touches: nothing is touched twice in one set."""
    target = row["target"]
    match ChangeKind(row["kind"]):
        case ChangeKind.MARK:
            return f"sheet {target['sheet']} {target['criterion']}"
        case ChangeKind.RECUSE:
            return f"sheet {target['sheet']}"
        case ChangeKind.RULE:
            return "rules"
        case _:
            return f"group {target['group']} {target.get('submission', '')}"


def overlaps(rows: Sequence[Change]) -> bool:
    """Whether a sheet is taken out, or put back, and one of its marks is set as well."""
    whole = {one.target["sheet"] for one in rows if one.kind == ChangeKind.RECUSE.value}
    return any(one.kind == ChangeKind.MARK.value and one.target["sheet"] in whole for one in rows)


def _row(cycle: Cycle, one: Wanted) -> Stored:
    match one.kind:
        case ChangeKind.MARK | ChangeKind.RECUSE:
            return _of_sheet(cycle, one)
        case ChangeKind.RULE:
            return _rule(cycle, one)
        case _:
            return _of_entry(cycle, one) if one.submission is not None else _of_group(cycle, one)


def _invalid(message: str) -> ChangesInvalid:
    return ChangesInvalid(message)


# --- Sheets ---------------------------------------------------------------------------------------------------------------------------


def _of_sheet(cycle: Cycle, one: Wanted) -> Stored:
    sheet = one.sheet
    if sheet is None or sheet.challenge.round.cycle_id != cycle.pk:
        raise _invalid(_("a sheet of this cycle is needed"))
    if sheet.challenge.round.published_at is None:
        raise _invalid(_("its round is not published: open the sheet again instead"))
    row = _mark(sheet, one) if one.kind is ChangeKind.MARK else _whole(sheet)
    return {"kind": one.kind.value, **row, "target": _sheet_target(sheet) | row["target"]}


def _sheet_target(sheet: Sheet) -> dict[str, Any]:
    return {
        "sheet": sheet.pk,
        "round": sheet.challenge.round.key,
        "challenge": sheet.challenge.key,
        "panel": sheet.panel,
        "group": sheet.group.key,
        "judge": sheet.judge.key,
        "person": sheet.judge_id,
    }


def _mark(sheet: Sheet, one: Wanted) -> Stored:
    if sheet.state != SheetState.FINAL.value:
        message = _("the sheet is {state}: only marks of a final one are corrected", state=sheet.state)
        raise _invalid(message)
    design, spec = rules_of(sheet.challenge)
    [scaled] = check_marks(spec, sheet.panel, [Given(one.criterion, one.value, one.state)], decimals=design.mark_decimals)
    there = next((mark for mark in marks_of(sheet) if mark.criterion == one.criterion), None)
    was = _said(there.value if there else None, there.state if there else "", design.mark_decimals)
    after = _said(scaled.value, scaled.state, design.mark_decimals)
    if was == after:
        message = _("the mark is {after} already", after=after["value"] or after["state"] or "empty")
        raise _invalid(message)
    return {"target": {"criterion": one.criterion}, "before": was, "after": after}


def _said(value: int | None, state: str, decimals: int) -> dict[str, Any]:
    return {"value": None if value is None else text(from_scaled(value, decimals)), "state": state}


def _whole(sheet: Sheet) -> Stored:
    """A final sheet is taken out; a recused one is put back as it was when it was taken out."""
    if sheet.state == SheetState.FINAL.value:
        return {"target": {}, "before": {"state": "final"}, "after": {"state": "recused"}}
    past = PastSheet.objects.filter(sheet=sheet).order_by("-revision").first()
    if sheet.state != SheetState.RECUSED.value or past is None:
        message = _("the sheet is {state}: a final one is taken out, and one that was taken out is put back", state=sheet.state)
        raise _invalid(message)
    design, __ = rules_of(sheet.challenge)
    marks = {
        key: [said["value"], said["state"]]
        for key, (value, state, _words) in past.marks.items()
        for said in (_said(value, state, design.mark_decimals),)
    }
    return {"target": {}, "before": {"state": "recused"}, "after": {"state": "final", "marks": marks}}


# --- Groups and entries ---------------------------------------------------------------------------------------------------------------


def _of_group(cycle: Cycle, one: Wanted) -> Stored:
    if one.group is None or one.group.cycle_id != cycle.pk:
        raise _invalid(_("a team of this cycle is needed"))
    held = list(decisions_in_force(cycle, *OUT).filter(group=one.group.key).order_by("number"))
    if one.kind is ChangeKind.REINSTATE:
        if not held:
            message = _('"{group}" is neither disqualified nor withdrawn', group=one.group.name)
            raise _invalid(message)
        first = min((decision.round for decision in held), key=_order(cycle))
        before = {"decisions": [decision.number for decision in held]}
        return {"kind": one.kind.value, "target": {"group": one.group.key, "round": first}, "before": before, "after": {}}
    rounds = [spec.key for spec in design_of(cycle).rounds]
    if one.round not in rounds:
        message = _('"{round}" is not a round of this cycle; known: {names}', round=one.round, names=", ".join(rounds))
        raise _invalid(message)
    if not published_rounds(cycle).intersection(rounds[rounds.index(one.round) :]):
        raise _invalid(_("nothing of this is published yet: decide it before the round is published instead"))
    if any(_order(cycle)(decision.round) <= _order(cycle)(one.round) for decision in held):
        message = _('"{group}" is out as of then already', group=one.group.name)
        raise _invalid(message)
    return {"kind": one.kind.value, "target": {"group": one.group.key, "round": one.round}, "before": {}, "after": {}}


def _order(cycle: Cycle) -> Any:
    """The place of a round in time; a decision without one takes effect from the first."""
    rounds = [spec.key for spec in design_of(cycle).rounds]
    return lambda key: rounds.index(key) if key in rounds else 0


def _of_entry(cycle: Cycle, one: Wanted) -> Stored:
    entry = one.submission
    if entry is None or entry.challenge.round.cycle_id != cycle.pk:
        raise _invalid(_("an entry of this cycle is needed"))
    if entry.challenge.round.published_at is None:
        raise _invalid(_("its round is not published: disqualify or reinstate the entry itself instead"))
    out = one.kind is ChangeKind.DISQUALIFY
    fits = entry.state in {state.value for state in COUNTS} if out else entry.state in _TAKEN_OUT
    if not fits:
        message = (
            _("the entry is {state} already", state=entry.state)
            if out
            else _("the entry is {state}: it was not taken out", state=entry.state)
        )
        raise _invalid(message)
    target = {
        "submission": entry.pk,
        "number": entry.number,
        "round": entry.challenge.round.key,
        "challenge": entry.challenge.key,
        "group": entry.group.key,
    }
    after = {"state": SubmissionState.DISQUALIFIED.value if out else SubmissionState.SUBMITTED.value}
    return {"kind": one.kind.value, "target": target, "before": {"state": entry.state}, "after": after}


_TAKEN_OUT = frozenset({SubmissionState.DISQUALIFIED.value, SubmissionState.WITHDRAWN.value})


# --- Rules ----------------------------------------------------------------------------------------------------------------------------


def _rule(cycle: Cycle, one: Wanted) -> Stored:
    """Rules that may be corrected, with what differs. Raises as `amend` does with `correcting`."""
    before = design_of(cycle)
    after = amended(cycle, one.changes, design=one.design)
    problems = fixed_problems(before, after, begun_rounds(cycle, db_now()))
    if problems:
        raise AmendRefused(problems)
    differs = changes(spelled_out(before.data()), spelled_out(after.data()))
    kept = {"changes": exact(one.changes or {})} if one.design is None else {"design": exact(one.design)}
    return {
        "kind": one.kind.value,
        "target": {"diff": differs},
        "before": {"design": cycle.design_number},
        "after": kept,
    }
