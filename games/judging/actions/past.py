"""What a final sheet said is kept before it is opened again or given back, whoever does it."""

from games.journal.queries import db_now
from games.judging.models import PastSheet, Sheet
from games.judging.queries import marks_of
from games.judging.rules import SheetState


def keep_past(sheet: Sheet, *, reason: str) -> PastSheet | None:
    """Keep marks, words and time of a final sheet, in the transaction that changes it and before it does. None for one that is not final.

    Three statements.
    """
    if sheet.state != SheetState.FINAL:
        return None
    return PastSheet.objects.create(
        sheet_id=sheet.pk,
        revision=sheet.revision,
        marks={one.criterion: [one.value, one.state, one.comment] for one in marks_of(sheet)},
        comment=sheet.comment,
        final_at=sheet.final_at,
        opened_at=db_now(),
        reason=reason,
    )
