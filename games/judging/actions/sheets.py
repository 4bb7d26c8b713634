"""A judge's marks on an entry: saved as a draft, made final in one transaction, given back, opened again by decision."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db import transaction

from games.cycles.actions import needs_reason, record_decision
from games.cycles.rules import CycleState, DecisionKind
from games.errors import Problem
from games.journal.actions import record
from games.journal.rules import Kind
from games.judging.actions.past import keep_past
from games.judging.models import Mark, Sheet
from games.judging.queries import Look, locked_sheet, seat_of, sitting_of, stored_marks
from games.judging.queries.feedback import words_owed
from games.judging.rules import (
    OPEN_SHEETS,
    Given,
    MarkState,
    NotOnPanel,
    Scaled,
    SheetRefused,
    SheetStale,
    SheetState,
    check_marks,
    check_seat,
    check_sitting,
    check_whole,
)
from games.judging.rules.marks import COMMENT, differences, merged
from games.organizations.models import Person
from games.submissions.queries import rules_of
from leaderboards.engine.language import gettext as _
from leaderboards.kept_writes import MANY, KeptInsert, KeptUpdate

ONE_MARK: Final = ("sheet", "criterion")
OF_A_MARK: Final = ("value", "state", "comment")
_put_marks: Final = KeptInsert(Mark, unique=ONE_MARK, over=OF_A_MARK)
_put_sheet: Final = KeptUpdate(
    Sheet, "state", "version", "design_number", "updated_at", "final_at", "comment", "note", "revision"
)


class _Put(NamedTuple):
    """A row of Mark as it is written: its sheet, and the fields of Scaled."""

    sheet_id: int
    criterion: str
    value: int | None
    state: str
    comment: str


@transaction.atomic
def save_sheet(
    *,
    sheet: Sheet | Look,
    marks: Iterable[Given],
    by: Any,  # noqa: ARG001 every action says who acts; a draft is not journalled
    person: Person | None = None,
    comment: str | None = None,
    note: str | None = None,
    revision: int | None = None,
) -> Sheet:
    """Keep marks as a draft; criteria not named stay as they are. Three statements.

    `sheet`: or what gives its locked rows. `revision` is the one the page started from. Raises SheetStale when another save came between, MarksRefused, and why this judge may
    not mark this entry now.
    """
    rows, given = _open_sheet(sheet, marks, person)
    _not_stale(rows, given, revision, comment=comment, note=note)
    _upsert(rows[0], given)
    return _write(rows[0], SheetState.DRAFT, comment=comment, note=note)


@transaction.atomic
def finalize(
    *,
    sheet: Sheet | Look,
    by: Any,
    marks: Iterable[Given] = (),
    person: Person | None = None,
    comment: str | None = None,
    note: str | None = None,
    revision: int | None = None,
) -> Sheet:
    """Save the last marks and make the sheet final: durable when this returns. Four statements.

    The sheet that is returned has `words_owed`: criteria on which the round promises words and nobody has written any yet (where
    something is promised, one statement more). They can still be added: `add_words`.

    Raises SheetIncomplete naming the criteria without mark, and all that `save_sheet` raises.
    """
    rows, given = _open_sheet(sheet, marks, person)
    row = rows[0]
    _not_stale(rows, given, revision, comment=comment, note=note)
    __, spec = rules_of(row.challenge)
    whole = merged(stored_marks(rows), given)
    check_whole(spec, row.panel, whole)
    _upsert(row, given)
    final = _write(row, SheetState.FINAL, comment=comment, note=note)
    journal_sheet(Kind.SHEET_FINALIZED, final, by=by, at=row.now)
    final.words_owed = words_owed(final, whole.values())  # type: ignore[attr-defined]  # told, not stored
    return final


def _open_sheet(sheet: Sheet | Look, marks: Iterable[Given], person: Person | None) -> tuple[list[Any], tuple[Scaled, ...]]:
    """Lock the sheet, check who marks, when, and what. Returns its rows and the marks as they are stored."""
    rows = locked_sheet(sheet)
    if not rows:
        raise SheetRefused(_("The sheet is gone: the assignment was taken back."))
    row = rows[0]
    if person is not None and person.pk != row.judge_id:
        raise NotOnPanel(_("The sheet is another judge's."))
    if row.state not in OPEN_SHEETS:
        reason = (
            _("it changes only after an organizer reopened it, with a reason")
            if row.state == SheetState.FINAL
            else _("it was given back")
        )
        msg = _("The sheet is {state}: {reason}.", state=row.state, reason=reason)
        raise SheetRefused(msg)
    check_seat(seat_of(row), judge=row.judge.key, panel=row.panel)
    design, spec = rules_of(row.challenge)
    check_sitting(sitting_of(row, spec))
    return rows, check_marks(spec, row.panel, marks, decimals=design.mark_decimals)


def _not_stale(
    rows: Sequence[Any], given: Sequence[Scaled], revision: int | None, *, comment: str | None, note: str | None
) -> None:
    """Refuse what was written on an older state of the sheet, naming both sides of every value that differs."""
    row = rows[0]
    if revision is None or revision == row.revision:
        return
    design, __ = rules_of(row.challenge)
    problems = differences(stored_marks(list(rows)), given, decimals=design.mark_decimals)
    for where, now, sent in (("comment", row.comment, comment), ("note", row.note, note)):
        if sent is not None and sent != now:
            problems.append(Problem(where, _('the sheet says "{now}" now, you sent "{sent}"', now=now, sent=sent), "stale"))
    msg = _(
        "The sheet was saved elsewhere since you opened it: it is at revision {revision}, you wrote on {revision2}.",
        revision=row.revision,
        revision2=revision,
    )
    raise SheetStale(msg, where="revision", problems=problems)


def _upsert(row: Any, given: Sequence[Scaled]) -> None:
    if len(given) > MANY:
        marks = [Mark(sheet_id=row.pk, **one._asdict()) for one in given]
        Mark.objects.bulk_create(marks, update_conflicts=True, unique_fields=ONE_MARK, update_fields=OF_A_MARK)
    elif given:
        _put_marks(*(_Put(row.pk, *one) for one in given))


def _write(row: Any, state: SheetState, *, comment: str | None, note: str | None) -> Sheet:
    """Update the sheet with what was judged: the entry's version, the Design's number, the time."""
    if max(len(comment or ""), len(note or "")) > COMMENT:
        msg = _("A comment may have at most {comment} characters.", comment=COMMENT)
        raise SheetRefused(msg)
    sheet: Sheet = row
    sheet.state, sheet.version_id, sheet.design_number = state.value, row.judged, row.challenge.round.design_number
    sheet.updated_at = row.now
    sheet.revision += 1
    sheet.final_at = row.now if state is SheetState.FINAL else None
    sheet.comment = sheet.comment if comment is None else comment
    sheet.note = sheet.note if note is None else note
    _put_sheet(sheet)
    return sheet


def journal_sheet(kind: Kind, sheet: Sheet, *, by: Any, at: Any = None, more: Mapping[str, object] | None = None) -> None:
    """One entry about a sheet: ids only, no words."""
    round_ = sheet.challenge.round
    record(
        kind,
        cycle_id=round_.cycle_id,
        by=by,
        group_id=sheet.group_id,
        subject=f"sheet:{sheet.pk}",
        payload={
            "round": round_.key,
            "challenge": sheet.challenge.key,
            "panel": sheet.panel,
            "judge": sheet.judge_id,
            "version_id": sheet.version_id,
            "design": sheet.design_number,
            **(more or {}),
        },
        at=at,
    )


@transaction.atomic
def recuse(*, sheet: Sheet, by: Any, reason: str, person: Person | None = None) -> Sheet:
    """Give the sheet back, with a reason. Marks already drafted lose their values; a final sheet has to be reopened first."""
    needs_reason(reason)
    row = locked_sheet(sheet)[0]
    if person is not None and person.pk != row.judge_id:
        raise NotOnPanel(_("The sheet is another judge's."))
    if row.state not in OPEN_SHEETS:
        msg = _("The sheet is {state}: only an open one is given back.", state=row.state)
        raise SheetRefused(msg)
    return give_back(row, reason=reason, by=by)


def give_back(sheet: Sheet, *, reason: str, by: Any) -> Sheet:
    """Mark a sheet as recused, in the transaction of the act that says so. What a final one said is kept."""
    keep_past(sheet, reason=reason)
    Mark.objects.filter(sheet=sheet).update(value=None, state=MarkState.RECUSED.value)
    sheet.state, sheet.reason, sheet.final_at = SheetState.RECUSED.value, reason, None
    sheet.revision += 1
    sheet.save(update_fields=["state", "reason", "final_at", "revision"])
    journal_sheet(Kind.SHEET_RECUSED, sheet, by=by)
    return sheet


@transaction.atomic
def reopen(*, sheet: Sheet, by: Any, reason: str) -> Sheet:
    """Open a final or recused sheet again, by decision with a reason; its judge may then mark although judging is closed.

    What a final sheet said before is kept with the reason (PastSheet).
    """
    needs_reason(reason)
    row = locked_sheet(sheet)[0]
    round_ = row.challenge.round
    if row.state in OPEN_SHEETS:
        msg = _("The sheet is {state}: it is open.", state=row.state)
        raise SheetRefused(msg)
    if round_.cycle.state in {CycleState.CLOSED, CycleState.CANCELLED}:
        msg = _("The cycle is {state}: nothing in it changes any more.", state=round_.cycle.state)
        raise SheetRefused(msg)
    record_decision(
        round_.cycle,
        DecisionKind.REOPEN,
        by=by,
        reason=reason,
        round=round_.key,
        group=row.group.key,
        value=f"sheet {row.challenge.key} {row.panel} {row.judge.key}",
    )
    keep_past(row, reason=reason)
    if row.state == SheetState.RECUSED:
        Mark.objects.filter(sheet=row.pk, state=MarkState.RECUSED.value).update(state=MarkState.GIVEN.value)
    opened: Sheet = row
    opened.state, opened.reason, opened.final_at = SheetState.DRAFT.value, reason, None
    opened.revision += 1
    opened.save(update_fields=["state", "reason", "final_at", "revision"])
    journal_sheet(Kind.SHEET_REOPENED, opened, by=by)
    return opened
