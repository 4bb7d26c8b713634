"""The daily digest: what was held for a person becomes one mail, in the morning where they are."""

from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction

from games.journal.queries import db_now
from games.notices.models import Message
from games.notices.queries import held, wishes_of
from games.notices.rules import DIGEST_KIND, Letter, MessageState, Pace, Topic, digest_day, digest_due, digest_letter, topic_of


def compose_digests(*, now: datetime | None = None, limit: int = 2000) -> int:
    """Write the digests that are due, one mail per person and day. Returns how many. Safe beside others and after one was killed.

    Each digest and the end of what it holds are one transaction, so a mail is in exactly one digest. What comes due after today's has
    gone out waits for tomorrow's; what the person wants no more is dropped.
    """
    now = now or db_now()
    waiting = held(now)[:limit]
    found = [(user, zone, [pk for _, _, pk in rows]) for (user, zone), rows in groupby(waiting, key=lambda row: row[:2])]
    return sum(_compose(user, zone, ids, now) for user, zone, ids in found)


@transaction.atomic
def _compose(user: int, zone: str, ids: list[int], now: datetime) -> int:
    rows: Any = Message.objects.select_for_update(of=("self",)).select_related("person__user")
    mine = list(rows.filter(pk__in=ids, state=MessageState.HELD.value).order_by("pk"))
    if not mine:
        return 0
    key = f"{DIGEST_KIND}:{user}:{digest_day(now, zone):%Y-%m-%d}"
    if Message.objects.filter(key=key).exists():
        Message.objects.filter(pk__in=[one.pk for one in mine]).update(due_at=digest_due(now, zone))
        return 0
    person = mine[0].person
    wished = wishes_of(person.user)
    kept = [one for one in mine if wished.get(topic_of(one.kind) or Topic.INVITATION) is not Pace.NEVER]
    if kept and person.user.is_active:
        letter = digest_letter(Letter(one.subject, one.body) for one in kept)
        Message.objects.create(
            to=person.user.email, person=person, kind=DIGEST_KIND, key=key, subject=letter.subject, body=letter.body, due_at=now
        )
    Message.objects.filter(pk__in=[one.pk for one in mine]).update(state=MessageState.SENT.value, sent_at=now)
    return 1 if kept else 0
