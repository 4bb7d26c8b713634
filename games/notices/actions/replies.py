"""What teams and judges say to each other about feedback, and who hears of it."""

from django.db.models import QuerySet

from games.journal.models import JournalEntry
from games.judging.models import FeedbackReply
from games.judging.rules import ReplyKind
from games.notices.actions.outbox import absolute
from games.notices.actions.telling import tell_all
from games.notices.queries import members_of, with_address
from games.organizations.models import Person


def on_feedback_replied(entry: JournalEntry) -> int:
    """Thanks, a question, what was done with it: to the judge. An answer: to the team. Nobody's name that the other may not read."""
    number = entry.payload.get("reply_id")
    rows = FeedbackReply.objects.select_related("sheet__challenge__round__cycle", "sheet__group", "version")
    reply = rows.filter(pk=number).first() if isinstance(number, int) else None
    if reply is None:
        return 0
    sheet = reply.sheet
    round_ = sheet.challenge.round
    context = {
        "reply": reply,
        "sheet": sheet,
        "group": sheet.group,
        "challenge": sheet.challenge,
        "round": round_,
        "cycle": round_.cycle,
        "link": absolute(_path(reply)),
    }
    people = _people(reply)
    return tell_all(f"reply.{reply.kind}", people, key=f"reply:{reply.pk}", context=context, cycle_id=round_.cycle_id)


def _people(reply: FeedbackReply) -> QuerySet[Person]:
    if reply.kind == ReplyKind.ANSWER.value:
        return members_of([reply.sheet.group_id])
    return with_address(Person.objects.filter(pk=reply.sheet.judge_id))


def _path(reply: FeedbackReply) -> str:
    sheet = reply.sheet
    if reply.kind == ReplyKind.ANSWER.value:
        return f"/cycles/{sheet.challenge.round.cycle.key}/teams/{sheet.group.key}/feedback/#sheet-{sheet.pk}"
    return f"/desk/sheets/from-teams/?sheet={sheet.pk}#sheet-{sheet.pk}"
