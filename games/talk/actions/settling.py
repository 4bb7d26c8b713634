"""Whoever asked says what answered it: one accepted answer to a question, everything that helped with a barrier."""

from typing import Any

from django.db import transaction

from games.groups.models import Group
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.talk.actions.talking import check_on
from games.talk.models import Post, Thread
from games.talk.rules import ONE_ANSWER, TalkRefused, ThreadKind
from leaderboards.engine.language import gettext as _


def _held(post: Post) -> tuple[Thread, Post]:
    """The thread with its row held, and the post read again."""
    thread = Thread.objects.select_for_update(no_key=True, of=("self",)).select_related("cycle").get(pk=post.thread_id)
    check_on(thread.cycle)
    row = Post.objects.select_related("group", "author").get(pk=post.pk)
    if row.number == 1 or (row.group_id == thread.group_id and (row.group_id is not None or row.author_id == thread.author_id)):
        raise TalkRefused(_("What others said can answer it, not one's own words."))
    if row.hidden_at is not None or row.corrects_id is not None:
        raise TalkRefused(_("It was taken out of sight, or corrects what was said before: mark that."))
    return thread, row


@transaction.atomic
def accept(*, post: Post, by: Any) -> Thread:
    """This answers the question; what was accepted before no longer does. Whether `by` speaks for the asker the edge asks."""
    thread, row = _held(post)
    if ThreadKind(thread.kind) not in ONE_ANSWER:
        raise TalkRefused(_("Only questions have an accepted answer."))
    if thread.accepted_id == row.pk:
        raise TalkRefused(_("It is the accepted answer already."))
    Thread.objects.filter(pk=thread.pk).update(accepted=row, answered_at=db_now())
    return _journalled(thread, row, Kind.ANSWER_ACCEPTED, by=by, held=True)


@transaction.atomic
def reopen(*, thread: Thread, by: Any) -> Thread:
    """The accepted answer is none after all."""
    held = Thread.objects.select_for_update(no_key=True, of=("self",)).select_related("cycle", "accepted").get(pk=thread.pk)
    check_on(held.cycle)
    before = held.accepted
    if before is None:
        raise TalkRefused(_("No answer is accepted."))
    return unaccept(held, before, by=by)


def unaccept(thread: Thread, post: Post, *, by: Any) -> Thread:
    """The answer is none any more, and the journal says so: what it earned is taken back."""
    Thread.objects.filter(pk=thread.pk).update(accepted=None, answered_at=None)
    return _journalled(thread, post, Kind.ANSWER_ACCEPTED, by=by, held=False)


@transaction.atomic
def mark_helpful(*, post: Post, by: Any) -> Thread:
    """This helped with the barrier. Several may have. Credit is theirs who helped, and theirs who posted what held them up."""
    thread, row = _held(post)
    if thread.kind != ThreadKind.BARRIER.value:
        raise TalkRefused(_("Only what is said to a barrier is marked as helpful."))
    now = db_now()
    if not Post.objects.filter(pk=row.pk, helpful_at__isnull=True).update(helpful_at=now):
        raise TalkRefused(_("It is marked already."))
    if Thread.objects.filter(pk=thread.pk, answered_at__isnull=True).update(answered_at=now):
        _turned(thread, Kind.BARRIER_SOLVED, by=by)
    return _journalled(thread, row, Kind.POST_HELPED, by=by, held=True)


@transaction.atomic
def unmark_helpful(*, post: Post, by: Any) -> Thread:
    """It did not help after all."""
    thread, row = _held(post)
    if not Post.objects.filter(pk=row.pk, helpful_at__isnull=False).update(helpful_at=None):
        raise TalkRefused(_("It is not marked."))
    unsettle(thread, by=by)
    return _journalled(thread, row, Kind.HELP_WITHDRAWN, by=by, held=False)


def unsettle(thread: Thread, *, by: Any) -> None:
    """A barrier is open again as soon as nothing that is seen helped."""
    if thread.posts.filter(helpful_at__isnull=False, hidden_at__isnull=True).exists():
        return
    solved = Thread.objects.filter(pk=thread.pk, kind=ThreadKind.BARRIER.value, answered_at__isnull=False)
    if solved.update(answered_at=None):
        _turned(thread, Kind.BARRIER_REOPENED, by=by)


def settle_again(post: Post, *, by: Any) -> None:
    """What had helped is seen again: its barrier is solved as before, unless something else solved it meanwhile."""
    thread = Thread.objects.select_for_update(no_key=True, of=("self",)).get(pk=post.thread_id)
    if thread.kind != ThreadKind.BARRIER.value or not thread.posts.filter(pk=post.pk, helpful_at__isnull=False).exists():
        return
    if Thread.objects.filter(pk=thread.pk, answered_at__isnull=True).update(answered_at=db_now()):
        _turned(thread, Kind.BARRIER_SOLVED, by=by)


def _turned(thread: Thread, kind: Kind, *, by: Any) -> None:
    """A barrier is solved, or open again: it stands with the group that dared to post it."""
    record(
        kind,
        cycle_id=thread.cycle_id,
        by=by,
        group_id=thread.group_id,
        subject=f"thread:{thread.pk}",
        payload={"thread": thread.number},
    )


def _journalled(thread: Thread, post: Post, kind: Kind, *, by: Any, held: bool) -> Thread:
    """The act stands with the group that answered: it is what they are thanked for. Help stands with its post, so that each is taken back alone."""
    answering: Group | None = post.group
    record(
        kind,
        cycle_id=thread.cycle_id,
        by=by,
        group_id=answering.pk if answering is not None else None,
        subject=f"thread:{thread.pk}" if kind is Kind.ANSWER_ACCEPTED else f"post:{post.pk}",
        payload={
            "thread": thread.number,
            "kind": thread.kind,
            "post": post.number,
            "post_id": post.pk,
            "asker": thread.group_id,
            "held": held,
        },
    )
    thread.refresh_from_db()
    return thread
