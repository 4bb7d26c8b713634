"""Corrections of sheets after publication: by change sets alone, which were looked at before. What a sheet said is kept."""

from collections.abc import Iterable
from typing import Any

from games.journal.rules import Kind
from games.judging.actions.past import keep_past
from games.judging.actions.sheets import give_back, journal_sheet
from games.judging.models import Mark, Sheet
from games.judging.queries import locked_sheet
from games.judging.rules import Given, MarkState, SheetRefused, SheetState, check_marks
from games.submissions.queries import rules_of
from leaderboards.engine.language import gettext as _


def correct_sheet(*, sheet: Sheet, marks: Iterable[Given], by: Any, reason: str) -> Sheet:
    """Set marks of a final sheet anew; it stays final, and its words stay. Inside the transaction of the change set.

    Raises SheetRefused unless the sheet is final, MarksRefused.
    """
    row = _in_state(sheet, SheetState.FINAL)
    keep_past(row, reason=reason)
    _set(row, marks)
    return _changed(row, by=by)


def take_out_sheet(*, sheet: Sheet, by: Any, reason: str) -> Sheet:
    """A final sheet no longer counts: its judge should not have marked this entry. Raises SheetRefused unless it is final."""
    return give_back(_in_state(sheet, SheetState.FINAL), reason=reason, by=by)


def put_back_sheet(*, sheet: Sheet, marks: Iterable[Given], by: Any) -> Sheet:
    """A sheet that was taken out counts again, with these marks. Raises SheetRefused unless it is recused."""
    row = _in_state(sheet, SheetState.RECUSED)
    _set(row, marks)
    Mark.objects.filter(sheet=row.pk, state=MarkState.RECUSED.value).update(state=MarkState.GIVEN.value)
    row.state, row.final_at, row.reason = SheetState.FINAL.value, row.now, ""
    return _changed(row, by=by)


def _in_state(sheet: Sheet, state: SheetState) -> Any:
    rows = locked_sheet(sheet)
    if not rows:
        raise SheetRefused(_("The sheet is gone: the assignment was taken back."))
    if rows[0].state != state:
        message = _("The sheet is {state}; this needs one that is {state2}.", state=rows[0].state, state2=state)
        raise SheetRefused(message)
    return rows[0]


def _set(row: Any, given: Iterable[Given]) -> None:
    """Write the values; the words beside them stay."""
    design, spec = rules_of(row.challenge)
    scaled = check_marks(spec, row.panel, given, decimals=design.mark_decimals)
    Mark.objects.bulk_create(
        [Mark(sheet_id=row.pk, criterion=one.criterion, value=one.value, state=one.state) for one in scaled],
        update_conflicts=True,
        unique_fields=["sheet", "criterion"],
        update_fields=["value", "state"],
    )


def _changed(row: Any, *, by: Any) -> Sheet:
    sheet: Sheet = row
    sheet.revision += 1
    sheet.updated_at = row.now
    sheet.save(update_fields=["state", "revision", "updated_at", "final_at", "reason"])
    journal_sheet(Kind.SHEET_CORRECTED, sheet, by=by)
    return sheet
