"""A judge asks the organizers to look at something; they answer. Neither changes a mark."""

from typing import Any, Final

from django.db import transaction

from games.cycles.rules import CycleState
from games.journal.rules import Kind
from games.judging.actions.sheets import journal_sheet
from games.judging.models import Sheet
from games.judging.queries import locked_sheet
from games.judging.rules import FlagRefused, NotOnPanel
from games.organizations.models import Person
from leaderboards.engine.language import gettext as _

WORDS: Final = 5000  # characters
OVER: Final = frozenset({CycleState.CLOSED, CycleState.CANCELLED})
FIELDS: Final = ("flag", "flagged_at", "flag_answer", "flag_answered_at")


@transaction.atomic
def flag_sheet(*, sheet: Sheet, by: Any, text: str, person: Person | None = None) -> Sheet:
    """Ask the organizers to look at an entry; a new question replaces the last, an empty one takes it back. Three statements.

    Raises FlagRefused, and NotOnPanel for another judge's sheet.
    """
    row = _looked_at(sheet, text)
    if person is not None and person.pk != row.judge_id:
        raise NotOnPanel(_("The sheet is another judge's."))
    text = text.strip()
    if not text and not row.flag:
        raise FlagRefused(_("Say what the organizers should look at."), where="text")
    row.flag, row.flagged_at = text, row.now if text else None
    return _kept(row, answer="", answered_at=None, kind=Kind.SHEET_FLAGGED, by=by)


@transaction.atomic
def answer_flag(*, sheet: Sheet, by: Any, answer: str = "") -> Sheet:
    """Organizers have looked: the judge reads their words. A second answer replaces the first. Raises FlagRefused."""
    row = _looked_at(sheet, answer)
    if not row.flag:
        raise FlagRefused(_("There is no question on this sheet."))
    return _kept(row, answer=answer.strip(), answered_at=row.now, kind=Kind.SHEET_FLAG_ANSWERED, by=by)


def _looked_at(sheet: Sheet, words: str) -> Any:
    """The sheet, locked, as long as something can still be said about it."""
    rows = locked_sheet(sheet)
    if not rows:
        raise FlagRefused(_("The sheet is gone: the assignment was taken back."))
    state = rows[0].challenge.round.cycle.state
    if state in OVER:
        msg = _("The cycle is {state}: nothing in it changes any more.", state=state)
        raise FlagRefused(msg)
    if len(words) > WORDS:
        msg = _("At most {words} characters.", words=WORDS)
        raise FlagRefused(msg, where="text")
    return rows[0]


def _kept(row: Any, *, answer: str, answered_at: Any, kind: Kind, by: Any) -> Sheet:
    row.flag_answer, row.flag_answered_at = answer, answered_at
    row.save(update_fields=FIELDS)
    journal_sheet(kind, row, by=by, at=row.now)
    kept: Sheet = row
    return kept
