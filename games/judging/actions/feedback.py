"""Words for the entrants: added to final sheets, asked for before a round counts, and what team and judge say about them afterwards."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from games.cycles.rules import CycleState
from games.errors import Problem
from games.journal.rules import Kind
from games.judging.actions.sheets import journal_sheet
from games.judging.models import FeedbackReply, Mark, Sheet
from games.judging.queries import locked_sheet
from games.judging.queries.feedback import is_waived, owed_in
from games.judging.rules import NotOnPanel, ReplyKind, SheetState, criteria_of
from games.judging.rules.feedback import REPLY, FeedbackMissing, ReplyRefused, WordsRefused, is_said
from games.judging.rules.marks import COMMENT
from games.organizations.models import Person
from games.rounds.models import Round
from games.submissions.models import Version
from games.submissions.queries import rules_of
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop

OVER = frozenset({CycleState.CLOSED, CycleState.CANCELLED})
NAMED = 8


def expect_feedback(round_: Round) -> None:
    """Refuse while feedback that the round promised is missing, unless an organizer decided otherwise. Raises FeedbackMissing."""
    owed = owed_in(round_)
    if not owed or is_waived(round_):
        return
    problems = [one.problem for one in owed]
    named = "; ".join(one.message for one in problems[:NAMED]) + (
        _("; and {count} more", count=len(owed) - NAMED) if len(owed) > NAMED else ""
    )
    message = _('Round "{round}" promised feedback that is not written yet: {named}.', round=round_.key, named=named)
    raise FeedbackMissing(message, problems=problems)


@transaction.atomic
def add_words(
    *, sheet: Sheet, by: Any, comment: str = "", remarks: Mapping[str, str] | None = None, person: Person | None = None
) -> Sheet:
    """Write to the entrant on a sheet that is final: words where there are none yet. No mark changes, and what was said stays.

    Raises WordsRefused with every fault, NotOnPanel for another judge's sheet, SheetRefused when the cycle is over.
    """
    rows = locked_sheet(sheet)
    if not rows:
        raise WordsRefused(_("The sheet is gone."))
    row = rows[0]
    if person is not None and person.pk != row.judge_id:
        raise NotOnPanel(_("The sheet is another judge's."))
    said = {key: words for key, words in (remarks or {}).items() if is_said(words)}
    problems = list(_word_faults(rows, comment, said))
    if problems or not (said or is_said(comment)):
        message = problems[0].message if problems else _("Write something first.")
        raise WordsRefused(message, where=problems[0].where if problems else "comment", problems=problems)
    there = {one.marked for one in rows}
    for key, words in said.items():
        if key in there:
            Mark.objects.filter(sheet=row.pk, criterion=key).update(comment=words)
        else:
            Mark.objects.create(sheet_id=row.pk, criterion=key, comment=words)
    worded: Sheet = row
    worded.comment = comment if is_said(comment) else worded.comment
    worded.revision += 1
    worded.updated_at = row.now
    worded.save(update_fields=["comment", "revision", "updated_at"])
    journal_sheet(Kind.FEEDBACK_WRITTEN, worded, by=by, at=row.now)
    return worded


def _word_faults(rows: list[Any], comment: str, remarks: Mapping[str, str]) -> list[Problem]:
    """Everything that stands against these words on this sheet."""
    row = rows[0]
    state = row.challenge.round.cycle.state
    if state in OVER:
        return [Problem("", _("The cycle is {state}: nothing in it changes any more.", state=state))]
    if row.state != SheetState.FINAL:
        return [Problem("", _("The sheet is {state}: words are added to one that is final.", state=row.state))]
    known = {one.key for one in criteria_of(rules_of(row.challenge)[1], row.panel)}
    written = {one.marked for one in rows if one.marked is not None and is_said(one.mark_comment)}
    found = [
        Problem(key, _('"{key}" is not a criterion of this sheet', key=key), "unknown") for key in remarks if key not in known
    ]
    found += [Problem(key, _("There are words already: they stay as they are."), "said") for key in remarks if key in written]
    if is_said(comment) and is_said(row.comment):
        found.append(Problem("comment", _("There are words already: they stay as they are."), "said"))
    every = {**remarks, "comment": comment}
    found += [
        Problem(key, _("At most {comment} characters.", comment=COMMENT)) for key, words in every.items() if len(words) > COMMENT
    ]
    return found


# --- Replies --------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def thank_judge(*, sheet: Sheet, by: Any, person: Person | None = None, text: str = "") -> FeedbackReply:
    """The team thanks for the feedback on a sheet, once, with or without words. Raises ReplyRefused."""
    return _reply(sheet, ReplyKind.THANKS, text, by=by, person=person)


@transaction.atomic
def ask_judge(*, sheet: Sheet, by: Any, text: str, person: Person | None = None) -> FeedbackReply:
    """The team's one question about the feedback on a sheet. Raises ReplyRefused."""
    if not is_said(text):
        raise ReplyRefused(_("Write your question."), where="text")
    return _reply(sheet, ReplyKind.QUESTION, text, by=by, person=person)


@transaction.atomic
def answer_question(*, sheet: Sheet, by: Any, text: str, person: Person | None = None) -> FeedbackReply:
    """The judge's answer to the team's question, once. Raises ReplyRefused, NotOnPanel for another judge's sheet."""
    if person is not None and person.pk != sheet.judge_id:
        raise NotOnPanel(_("The sheet is another judge's."))
    if not is_said(text):
        raise ReplyRefused(_("Write your answer."), where="text")
    if not FeedbackReply.objects.filter(sheet=sheet, kind=ReplyKind.QUESTION.value).exists():
        raise ReplyRefused(_("The team has not asked anything."))
    return _reply(sheet, ReplyKind.ANSWER, text, by=by, person=person)


@transaction.atomic
def record_use(*, sheet: Sheet, version: Version, by: Any, text: str, person: Person | None = None) -> FeedbackReply:
    """What the team did with the feedback on a sheet in a later version of its work. Said again for the same version, it is replaced.

    Raises ReplyRefused for a version of somebody else, or one that was handed in before the feedback could be read.
    """
    entry = version.submission
    published = sheet.challenge.round.published_at
    if entry.group_id != sheet.group_id:
        raise ReplyRefused(_("The version is another team's."), where="version")
    if published is None or version.at < published:
        raise ReplyRefused(_("This version was handed in before the feedback could be read."), where="version")
    if not is_said(text):
        raise ReplyRefused(_("Say what you did with it."), where="text")
    same = Q(version=version) | Q(version=None)
    FeedbackReply.objects.filter(same, sheet=sheet, kind=ReplyKind.USED.value).delete()
    return _reply(sheet, ReplyKind.USED, text, by=by, person=person, version=version)


@transaction.atomic
def draft_use(*, sheet: Sheet, by: Any, text: str, person: Person | None = None) -> None:  # noqa: ARG001 every action says who acts; a draft is not journalled
    """Keep what the team is writing about its use of a sheet's feedback, until the next version is handed in. Empty words drop it."""
    _check_said(sheet, text)
    mine = FeedbackReply.objects.filter(sheet=sheet, kind=ReplyKind.USED.value, version=None)
    if not is_said(text):
        mine.delete()
    elif not mine.update(text=text, person=person):
        FeedbackReply.objects.create(sheet=sheet, kind=ReplyKind.USED.value, text=text, person=person)


def _reply(
    sheet: Sheet, kind: ReplyKind, text: str, *, by: Any, person: Person | None, version: Version | None = None
) -> FeedbackReply:
    """Keep it, once for each kind (a use: for each version), and tell the journal ids only."""
    _check_said(sheet, text)
    try:
        with transaction.atomic():
            made = FeedbackReply.objects.create(sheet=sheet, kind=kind.value, person=person, version=version, text=text.strip())
    except IntegrityError:
        raise ReplyRefused(_(_TWICE[kind])) from None
    journal_sheet(Kind.FEEDBACK_REPLIED, sheet, by=by, more={"reply": kind.value, "reply_id": made.pk})
    return made


def _check_said(sheet: Sheet, text: str) -> None:
    """Refuse words about a sheet that nobody reads yet, in a cycle that is cancelled, or too many of them."""
    round_ = sheet.challenge.round
    if sheet.state != SheetState.FINAL or round_.published_at is None:
        raise ReplyRefused(_("There is no published feedback here."))
    if round_.cycle.state == CycleState.CANCELLED:
        raise ReplyRefused(_("The cycle is cancelled: nothing in it changes any more."))
    if len(text) > REPLY:
        message = _("At most {reply} characters.", reply=REPLY)
        raise ReplyRefused(message, where="text")


_TWICE = {
    ReplyKind.THANKS: gettext_noop("Your team has thanked already."),
    ReplyKind.QUESTION: gettext_noop("Your team has asked its one question about this sheet."),
    ReplyKind.ANSWER: gettext_noop("The question is answered already."),
    ReplyKind.USED: gettext_noop("This is said already."),
}
