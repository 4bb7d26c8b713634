"""Threads with what a list shows of them, the board of a cycle, the posts of a thread, how fast askers are answered."""

from collections.abc import Collection
from fractions import Fraction

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from games.cycles.models import Cycle
from games.talk.models import Post, Thread
from games.talk.rules import ThreadKind, median_reply


def with_counts(rows: QuerySet[Thread]) -> QuerySet[Thread]:
    """With whose it is, what it is about, `replies` and `helped`: what everybody who sees the thread may count."""
    told = Post.objects.filter(thread=OuterRef("pk"), hidden_at__isnull=True, corrects__isnull=True).order_by().values("thread")
    replies = told.filter(number__gt=1).annotate(count=Count("pk")).values("count")
    helped = told.filter(helpful_at__isnull=False).annotate(count=Count("pk")).values("count")
    counted = rows.annotate(replies=Coalesce(Subquery(replies), 0), helped=Coalesce(Subquery(helped), 0))
    return counted.select_related("cycle", "group", "author", "idea__group", "idea__cycle", "accepted")


def board_first(rows: QuerySet[Thread]) -> QuerySet[Thread]:
    """What is still open first, the oldest of it on top: whoever waits longest is helped first. Then what is answered, the newest first."""
    open_ = Q(answered_at__isnull=True)
    return rows.annotate(waits=open_).order_by("-waits", "answered_at", "opened_at", "pk")


def posts_of(rows: QuerySet[Post], thread: Thread) -> QuerySet[Post]:
    """What is said in a thread, of `rows` (those the person may see), in order, with thanks counted and its corrections. Two statements."""
    said = rows.filter(thread=thread, corrects__isnull=True).annotate(thanked=Count("thanks", distinct=True))
    anew = Prefetch("corrections", Post.objects.order_by("number"))
    return said.select_related("group", "author").prefetch_related(anew).order_by("number")


def reply_hours(cycle: Cycle, *, ideas: Collection[int] | None = None) -> Fraction | None:
    """The median of hours that askers waited for the first reply of somebody who did it; None before the first. One statement."""
    asked = Thread.objects.filter(cycle=cycle, kind=ThreadKind.ASK.value, replied_at__isnull=False)
    asked = asked if ideas is None else asked.filter(idea__in=ideas)
    return median_reply(end - begin for begin, end in asked.values_list("opened_at", "replied_at") if end is not None)
