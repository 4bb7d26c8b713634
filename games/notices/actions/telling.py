"""Telling people: a notice on the page for each, and by their wish a mail at once, in the daily digest, or none."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from games.journal.queries import db_now
from games.notices.actions.outbox import written
from games.notices.models import Message, Notice
from games.notices.queries import mailed_since, paces
from games.notices.rules import (
    OFTEN,
    TEXT_LENGTH,
    Letter,
    MessageState,
    Pace,
    Topic,
    digest_due,
    path_of,
    state_for,
    topic_of,
    zone_of,
)
from games.organizations.models import Person
from leaderboards import readers

BATCH: Final = 500
HOUR: Final = timedelta(hours=1)
MAILS_AN_HOUR: Final = 6
"""So many mails about talk, or about wins, reach one human within an hour, however much is said; what comes after is in their digest."""


def tell_all(kind: str, people: Iterable[Person], *, key: str, context: Mapping[str, Any], cycle_id: int | None) -> int:
    """Tell many `people` (with `address` and `zone`, see `queries.with_address`); the one way to tell. Returns how many there are.

    Each gets a notice on the page, in the words of the first line of `notices/KIND.txt`, leading to `link` of the context, and as they
    wish a mail now, a mail in tomorrow's digest, or none; of talk and of wins no more than some within an hour, and the rest in the digest. The same `key` is told once to each, however often this is called. One human
    who is several people here is told once. Times in the text stand in the zone of whoever reads it. A person may bring a `link` of
    their own, and in `told_as` what is told to them alone: it stands in the key.
    """
    told = {person.user_id or -person.pk: person for person in people}
    topic = topic_of(kind)
    wished, now = paces([user for user in told if user > 0], topic), db_now()
    full = _full_of(topic, told, now) if topic is not None and topic in OFTEN else frozenset()
    notices, mails = [], []
    for user, person in told.items():
        own = ":".join(part for part in (key, getattr(person, "told_as", ""), str(person.pk)) if part)
        link = getattr(person, "link", "") or str(context.get("link", ""))
        with timezone.override(zone_of(getattr(person, "zone", ""))):
            letter = written(f"notices/{kind}.txt", {**context, "person": person, "link": link})
        notices.append(_notice(kind, person, key=own, text=letter.subject, path=path_of(link), cycle_id=cycle_id, now=now))
        state = state_for(kind, wished.get(user, Pace.NOW))
        if state is MessageState.QUEUED and user in full:
            state = MessageState.HELD
        if state is not None:
            mails.append(_mail(kind, person, letter, key=own, state=state, cycle_id=cycle_id, now=now))
    Notice.objects.bulk_create([one for one in notices if one.topic], ignore_conflicts=True, batch_size=BATCH)
    Message.objects.bulk_create(mails, ignore_conflicts=True, batch_size=BATCH)
    _ring(told.values())
    return len(told)


def _ring(people: Iterable[Person]) -> None:
    """Their bell says another number on the next page."""
    users = [one.user_id for one in people if one.user_id is not None]
    transaction.on_commit(lambda: readers.changed(users))


def _full_of(topic: Topic, users: Iterable[int], now: datetime) -> frozenset[int]:
    """Those who had their share of mails about the topic within the last hour. One statement."""
    had = mailed_since([user for user in users if user > 0], topic, now - HOUR)
    return frozenset(user for user, count in had.items() if count >= MAILS_AN_HOUR)


def notify(kind: str, people: Iterable[Person], *, key: str, text: str, path: str, cycle_id: int | None) -> None:
    """Only the notice on the page, where the mail went another way."""
    now = db_now()
    told = list(people)
    rows = [_notice(kind, one, key=f"{key}:{one.pk}", text=text, path=path, cycle_id=cycle_id, now=now) for one in told]
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    _ring(told)


def _notice(kind: str, person: Person, *, key: str, text: str, path: str, cycle_id: int | None, now: datetime) -> Notice:
    topic = topic_of(kind)
    return Notice(
        person=person,
        cycle_id=cycle_id,
        topic=topic.value if topic else "",
        key=key,
        text=text[:TEXT_LENGTH],
        path=path,
        created_at=now,
    )


def _mail(
    kind: str, person: Person, letter: Letter, *, key: str, state: MessageState, cycle_id: int | None, now: datetime
) -> Message:
    held = state is MessageState.HELD
    return Message(
        to=getattr(person, "address", person.email),
        person=person,
        cycle_id=cycle_id,
        kind=kind,
        key=key,
        subject=letter.subject,
        body=letter.body,
        state=state.value,
        due_at=digest_due(now, getattr(person, "zone", "")) if held else now,
    )
