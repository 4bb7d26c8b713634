"""Opening a thread and saying something in it. What was said stays: a correction is a post of its own."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.ideas.actions.sharing import check_open
from games.ideas.models import Idea
from games.ideas.queries import acting_in
from games.ideas.rules import DAY, SHARED_IN, check_pace
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.models import Person
from games.talk.models import Follow, Mention, Post, Thread
from games.talk.queries.readers import adopters_of, groups_reading, readers_of
from games.talk.rules import (
    HOUR,
    ON_BOARD,
    ON_IDEA,
    POSTS_AN_HOUR,
    THREADS,
    TalkInvalid,
    TalkRefused,
    ThreadKind,
    check_rate,
    cleaned_text,
    cleaned_title,
    names_in,
)
from leaderboards.engine.language import gettext as _


def speaker(cycle: Cycle, group: Group | None, by: Any) -> Person:
    """As whom the user speaks here. Their row is held: who speaks twice at a time is counted once after the other."""
    check_open(cycle, group)
    person = acting_in(cycle, group, by)
    if person is None:
        raise TalkRefused(_("Only who has a place here speaks here."))
    return Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)


def _check_pace(person: Person, now: datetime) -> None:
    """Refuse more than so many posts of one human within an hour, in whatever team they speak."""
    since = now - HOUR
    same = {"author__user": person.user_id} if person.user_id is not None else {"author": person}
    times = list(Post.objects.filter(at__gt=since, **same).order_by("at").values_list("at", flat=True))
    check_rate(len(times), POSTS_AN_HOUR, times[-POSTS_AN_HOUR] if len(times) >= POSTS_AN_HOUR else None, now)


@transaction.atomic
def open_thread(
    *, cycle: Cycle, kind: str, title: str, text: str, by: Any, group: Group | None = None, idea: Idea | None = None
) -> Thread:
    """Open a thread about an idea, or on the board of the cycle, with its first post. Who opens it follows it.

    An ask is put to the groups that adopted the idea, with a time by which a reply is expected. Without `group` an organizer speaks.
    Raises TalkInvalid for what was written, TooMuchTalk, TooFast, TalkRefused where it cannot stand (an ask that nobody could answer).
    """
    named, said, wanted = cleaned_title(title), cleaned_text(text), _kind(kind, idea)
    held = locked(cycle)
    if idea is not None and (idea.cycle_id != held.pk or idea.hidden_at is not None):
        raise TalkRefused(_("Nothing is said about it now."))
    person, now = speaker(held, group, by), db_now()
    _check_pace(person, now)
    _check_threads(held, group, person, now)
    asked = _adopters(idea, group) if wanted is ThreadKind.ASK and idea is not None else []
    last = Thread.objects.filter(cycle=held).aggregate(last=Max("number"))["last"] or 0
    thread = Thread.objects.create(
        cycle=held,
        number=last + 1,
        kind=wanted.value,
        idea=idea,
        title=named,
        group=group,
        author=person,
        opened_at=now,
        last_at=now,
        due_at=now + timedelta(days=design_of(held).reply_days) if wanted is ThreadKind.ASK else None,
    )
    thread.asked.set(asked)
    post = _write(thread, said, number=1, person=person, group=group, now=now)
    Follow.objects.create(cycle=held, person=person, thread=thread, at=now)
    payload = {
        "thread": thread.number,
        "kind": thread.kind,
        "post_id": post.pk,
        "idea": idea.number if idea is not None else None,
    }
    _journal(Kind.THREAD_OPENED, thread, group, by=by, payload=payload, at=now)
    return thread


def _check_threads(cycle: Cycle, group: Group | None, person: Person, now: datetime) -> None:
    """Refuse more than so many threads of one team (an organizer), whoever of it opens them."""
    rows = Thread.objects.filter(cycle=cycle, group=group, opened_at__gt=now - DAY)
    rows = rows if group is not None else rows.filter(author=person)
    check_pace(rows.values_list("opened_at", flat=True), THREADS, now, what="threads")


def _kind(kind: str, idea: Idea | None) -> ThreadKind:
    allowed = ON_BOARD if idea is None else ON_IDEA
    if kind not in {one.value for one in allowed}:
        message = _("Expected one of {names}.", names=", ".join(sorted(allowed)))
        raise TalkInvalid(message, where="kind")
    return ThreadKind(kind)


def _adopters(idea: Idea, group: Group | None) -> list[Group]:
    asked = adopters_of(idea, but=group)
    if not asked:
        raise TalkRefused(_("No other team has adopted it yet: nobody could say how it is done. Ask its own team in a question."))
    return asked


@transaction.atomic
def say(*, thread: Thread, text: str, by: Any, group: Group | None = None) -> Post:
    """Say something in a thread. Raises TalkInvalid for what was written, TooMuchTalk, TalkRefused where nothing is said any more."""
    said = cleaned_text(text)
    return _said(thread, said, by=by, group=group, corrects=None)


@transaction.atomic
def correct_post(*, post: Post, text: str, by: Any) -> Post:
    """Say anew what one said before: a post of its own, read in place of the first, which stays to be read below it."""
    said = cleaned_text(text)
    first = post.corrects or post
    newest = first.corrections.order_by("-number").first() or first
    if first.hidden_at is not None:
        raise TalkRefused(_("The organizers took it out of sight: you may appeal."))
    if said == newest.text:
        raise TalkRefused(_("Nothing changed."))
    return _said(first.thread, said, by=by, group=first.group, corrects=first)


def _said(thread: Thread, text: str, *, by: Any, group: Group | None, corrects: Post | None) -> Post:
    row = Thread.objects.select_for_update(no_key=True, of=("self",)).select_related("cycle", "idea").get(pk=thread.pk)
    if row.hidden_at is not None or (row.idea is not None and row.idea.hidden_at is not None):
        raise TalkRefused(_("It was taken out of sight by the organizers: nothing is added."))
    person, now = speaker(row.cycle, group, by), db_now()
    _check_pace(person, now)
    if corrects is not None and not _own(corrects, person):
        raise TalkRefused(_("Only who said it corrects it."))
    number = (row.posts.aggregate(last=Max("number"))["last"] or 0) + 1
    post = _write(row, text, number=number, person=person, group=group, now=now, corrects=corrects)
    replied = row.replied_at is None and row.kind == ThreadKind.ASK.value and group is not None and _is_asked(row, group)
    Thread.objects.filter(pk=row.pk).update(last_at=now, **({"replied_at": now} if replied else {}))
    payload: dict[str, object] = {"thread": row.number, "post": number, "post_id": post.pk}
    if corrects is not None:
        payload["corrects"] = corrects.number
    _journal(Kind.POST_SAID, row, group, by=by, payload=payload, at=now)
    return post


def _is_asked(thread: Thread, group: Group) -> bool:
    return thread.asked.filter(pk=group.pk).exists()


def _own(post: Post, person: Person) -> bool:
    author = post.author
    return author is not None and (author.pk == person.pk or (person.user_id is not None and author.user_id == person.user_id))


def _write(
    thread: Thread, text: str, *, number: int, person: Person, group: Group | None, now: datetime, corrects: Post | None = None
) -> Post:
    post = Post.objects.create(
        thread=thread,
        number=number,
        group=group,
        author=person,
        text=text,
        at=now,
        corrects=corrects,
    )
    _call(post, text, person)
    return post


def _call(post: Post, text: str, person: Person) -> None:
    """Note whom the text calls by name: groups and people who may read it, and nobody else. A key that several people have calls none."""
    names = names_in(text)
    if not names:
        return
    cycle = post.thread.cycle
    readers = readers_of(cycle, post.thread.idea)
    groups = groups_reading(readers, cycle, names)
    left = set(names) - {one.key for one in groups}
    people: dict[str, list[Person]] = {}
    for one in readers.filter(key__in=left) if left else ():
        people.setdefault(one.key, []).append(one)
    called = [one for found in people.values() if len(found) == 1 for one in found if one.pk != person.pk]
    Mention.objects.bulk_create(
        [Mention(post=post, group=one) for one in groups] + [Mention(post=post, person=one) for one in called]
    )


def _journal(kind: Kind, thread: Thread, group: Group | None, *, by: Any, payload: dict[str, object], at: datetime) -> None:
    """The act without its words."""
    record(
        kind,
        cycle_id=thread.cycle_id,
        by=by,
        group_id=group.pk if group is not None else None,
        subject=f"thread:{thread.pk}",
        payload=payload,
        at=at,
    )


def check_on(cycle: Cycle) -> None:
    """Refuse in a cycle that is over."""
    if cycle.state not in SHARED_IN:
        message = _("The cycle is {state}: what was said stays to be read, and nothing is added.", state=cycle.state)
        raise TalkRefused(message)
