"""A judge opens their own final sheet again: on an anchor while the panel talks, on an entry while it is deliberated. What it said is kept."""

from typing import Any

from django.db import transaction

from games.journal.rules import Kind
from games.judging.actions.past import keep_past
from games.judging.actions.sheets import journal_sheet
from games.judging.models import Deliberation, Sheet
from games.judging.queries import locked_sheet, seat_of
from games.judging.rules import DeliberationState, NotOnPanel, SheetRefused, SheetState, check_seat
from games.organizations.models import Person
from leaderboards.engine.language import gettext as _

TALKED_ABOUT = "deliberation"


def own_final(sheet: Sheet, person: Person | None) -> Any:
    """The sheet, locked, with all that decides about it. Raises SheetRefused unless it is final, NotOnPanel for another judge's."""
    rows = locked_sheet(sheet)
    if not rows:
        raise SheetRefused(_("The sheet is gone: the assignment was taken back."))
    row = rows[0]
    if person is not None and person.pk != row.judge_id:
        raise NotOnPanel(_("The sheet is another judge's."))
    if row.state != SheetState.FINAL:
        msg = _("The sheet is {state}: only a final one is opened again.", state=row.state)
        raise SheetRefused(msg)
    check_seat(seat_of(row), judge=row.judge.key, panel=row.panel)
    return row


def open_again(row: Any, *, kept_as: str, reason: str, by: Any) -> Sheet:
    """Keep what a final sheet says (`kept_as`: why it was opened) and make it a draft; with a `reason` it may be marked after the end too."""
    keep_past(row, reason=kept_as)
    opened: Sheet = row
    opened.state, opened.final_at, opened.reason = SheetState.DRAFT.value, None, reason
    opened.revision += 1
    opened.save(update_fields=["state", "reason", "final_at", "revision"])
    journal_sheet(Kind.SHEET_REOPENED, opened, by=by)
    return opened


@transaction.atomic
def revise_talked_about(*, sheet: Sheet, by: Any, person: Person | None = None) -> Sheet:
    """Mark an entry anew while those who judge it talk about it, after judging has closed too. Raises SheetRefused once it is published."""
    row = own_final(sheet, person)
    if row.challenge.round.published_at is not None:
        raise SheetRefused(_("The round is published: a mark changes only by a set of corrections."))
    talk = Deliberation.objects.filter(challenge=row.challenge_id, panel=row.panel, group=row.group_id)
    if not talk.filter(state=DeliberationState.OPEN.value).exists():
        raise SheetRefused(_("Nobody deliberates on this entry now."))
    return open_again(row, kept_as=TALKED_ABOUT, reason=TALKED_ABOUT, by=by)
