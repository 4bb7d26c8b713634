"""Threads as they stand in lists: words for kinds, addresses, whose they are. Knows no other page, so that every page may show them."""

from collections.abc import Iterable
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.talk.models import Thread
from games.talk.rules import ThreadKind

KINDS: Final[dict[str, Any]] = {
    ThreadKind.TALK.value: gettext_lazy("Talk"),
    ThreadKind.QUESTION.value: gettext_lazy("Question"),
    ThreadKind.BARRIER.value: gettext_lazy("Barrier"),
    ThreadKind.ASK.value: gettext_lazy("Asked who did it"),
}


def thread_url(thread: Thread) -> str:
    """Its address. Its cycle is loaded."""
    return reverse("thread", args=[thread.cycle.key, thread.number])


def post_url(thread: Thread, post: int) -> str:
    """Where a post of this id stands in its thread: the page that has it."""
    return f"{thread_url(thread)}?post={post}#post-{post}"


def whose(thread: Any) -> str:
    """Whose thread or post it is."""
    return thread.group.name if thread.group is not None else _("The organizers")


def thread_rows(threads: Iterable[Thread]) -> list[dict[str, Any]]:
    """Threads as they stand in lists."""
    return [
        {
            "thread": one,
            "url": thread_url(one),
            "kind": KINDS[one.kind],
            "whose": whose(one),
            "open": one.answered_at is None and one.kind != ThreadKind.TALK.value,
            "answered": answered_words(one),
            "waits": one.kind == ThreadKind.ASK.value and one.replied_at is None and one.answered_at is None,
        }
        for one in threads
    ]


def answered_words(thread: Thread) -> str:
    """How it was answered."""
    if thread.answered_at is None:
        return ""
    return _("helped") if thread.kind == ThreadKind.BARRIER.value else _("answered")
