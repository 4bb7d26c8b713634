"""Marks far from what the others lead one to expect go to a human first: asked by the analysis, answered by a chair or an organizer."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from django.db import transaction

from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.actions.sheets import reopen
from games.judging.models import MarkReview, Sheet
from games.judging.queries.looks import waits_in
from games.judging.rules import ReviewState, SheetState
from games.judging.rules.talking import LooksMissing, ReviewRefused, said
from games.organizations.models import Person
from games.rounds.models import Round
from leaderboards.engine.language import gettext as _

NAMED: Final = 8


def expect_looked(round_: Round) -> None:
    """Refuse while a far mark or an undecided deliberation stands, unless an organizer decided otherwise. Raises LooksMissing.

    A dry run has nobody who could look: its marks are invented.
    """
    if round_.cycle.rehearsal:
        return
    found = waits_in(round_)
    if not found.blocks:
        return
    problems = [one.problem for one in found.all]
    named = "; ".join(one.message for one in problems[:NAMED])
    named += _("; and {count} more", count=len(problems) - NAMED) if len(problems) > NAMED else ""
    message = _('In round "{round}" a human looks first: {named}.', round=round_.key, named=named)
    raise LooksMissing(message, problems=problems)


class Far(NamedTuple):
    """A mark to be looked at. Criterion "" is the whole sheet; `distance` in hundredths of the residual standard deviation."""

    sheet: int
    criterion: str
    distance: int


@transaction.atomic
def ask_reviews(*, challenge_id: int, panel: str, found: Iterable[Far]) -> int:
    """Keep what an analysis found, once per revision of a sheet; open ones it finds no more are gone. Returns how many are open.

    What a human has answered is not asked again, unless the sheet changed since. Three statements, whatever the number.
    """
    far = {(one.sheet, one.criterion): one for one in found}
    sheets = {one.pk: one for one in Sheet.objects.filter(challenge=challenge_id, panel=panel, state=SheetState.FINAL.value)}
    wanted = {(sheet, criterion): one for (sheet, criterion), one in far.items() if sheet in sheets}
    there = list(MarkReview.objects.filter(sheet__challenge=challenge_id, sheet__panel=panel))
    stale = [
        one.pk
        for one in there
        if one.state == ReviewState.OPEN
        and ((one.sheet_id, one.criterion) not in wanted or one.revision != sheets[one.sheet_id].revision)
    ]
    MarkReview.objects.filter(pk__in=stale, state=ReviewState.OPEN.value).delete()
    known = {(one.sheet_id, one.criterion, one.revision) for one in there if one.pk not in set(stale)}
    new = [
        MarkReview(sheet_id=sheet, criterion=criterion, revision=sheets[sheet].revision, distance=one.distance)
        for (sheet, criterion), one in wanted.items()
        if (sheet, criterion, sheets[sheet].revision) not in known
    ]
    MarkReview.objects.bulk_create(new, ignore_conflicts=True)
    return len(new) + sum(1 for one in there if one.state == ReviewState.OPEN and one.pk not in set(stale))


@transaction.atomic
def answer_review(*, review: MarkReview, changed: bool, answer: str, by: Any, person: Person | None = None) -> MarkReview:
    """A human has looked: the mark stands as it is, or the sheet is opened again for its judge, with the answer as the reason.

    Raises ReviewRefused when it was answered, WordsRefused without a reason, and why a sheet cannot be opened.
    """
    row = MarkReview.objects.select_for_update(of=("self",)).select_related("sheet__challenge__round").get(pk=review.pk)
    if row.state != ReviewState.OPEN:
        raise ReviewRefused(_("Somebody has looked at this mark already."))
    row.answer = said(answer, where="answer", least=3)
    row.state = (ReviewState.CHANGED if changed else ReviewState.KEPT).value
    row.answered_by, row.answered_at = person, db_now()
    row.save(update_fields=["answer", "state", "answered_by", "answered_at"])
    if changed:
        reopen(sheet=row.sheet, by=by, reason=row.answer)
    round_ = row.sheet.challenge.round
    payload = {"round": round_.key, "challenge": row.sheet.challenge.key, "sheet": row.sheet_id, "state": row.state}
    record(
        Kind.REVIEW_ANSWERED,
        cycle_id=round_.cycle_id,
        by=by,
        group_id=row.sheet.group_id,
        subject=f"review:{row.pk}",
        payload=payload,
    )
    return row
