"""Talk, and who hears of it: whoever was asked, called by name, follows it or began it. Nobody who may not read it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from games.ideas.models import Idea
from games.ideas.rules import SHARED_IN
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.notices.actions.outbox import absolute
from games.notices.actions.outcomes import subject_of
from games.notices.actions.telling import tell_all
from games.notices.queries import members_of, organizers_of, with_address
from games.organizations.models import Person
from games.talk.models import Follow, Post, Report, Ruling, Thread
from games.talk.queries import readers_of
from games.talk.rules import REMIND_BEFORE, ThreadKind

_ABOUT_IDEA = ("idea__submission__challenge__round", "idea__attempt__challenge__round")


def thread_path(thread: Thread) -> str:
    """Where a thread is read."""
    return f"/cycles/{thread.cycle.key}/threads/{thread.number}/"


def post_path(thread: Thread, post: int) -> str:
    """Where a post of this id is read: the page of its thread that has it."""
    return f"{thread_path(thread)}?post={post}#post-{post}"


def _idea_path(idea: Idea) -> str:
    return f"/cycles/{idea.cycle.key}/ideas/{idea.number}/"


def _post_of(entry: JournalEntry) -> Post | None:
    number = entry.payload.get("post_id")
    rows = Post.objects.select_related("thread__cycle", "group", "author", *(f"thread__{one}" for one in _ABOUT_IDEA))
    return rows.filter(pk=number).first() if isinstance(number, int) else None


def _reading(thread: Thread) -> QuerySet[Person]:
    return readers_of(thread.cycle, thread.idea, hidden_to=thread.group, hidden=thread.hidden_at is not None)


def on_said(entry: JournalEntry) -> int:
    """A thread was opened, or something said in it. Each hears once, of what concerns them most: asked, called by name, following."""
    post = _post_of(entry)
    if post is None or post.hidden_at is not None:
        return 0
    thread, opened = post.thread, entry.kind == Kind.THREAD_OPENED.value
    called = post.mentions.values_list("person", "group")
    persons, groups = {one for one, _ in called if one}, {one for _, one in called if one}
    ways: list[tuple[str, Q]] = []
    if opened and thread.kind == ThreadKind.ASK.value:
        ways.append(("talk.asked", Q(pk__in=members_of(thread.asked.values_list("pk", flat=True)))))
    if persons or groups:
        ways.append(("talk.called", Q(pk__in=persons) | Q(pk__in=members_of(groups))))
    if post.corrects_id is None:
        ways.append(("talk.said", _concerned(thread, opened=opened)))
    return _tell_ways(post, ways, opened=opened)


def _concerned(thread: Thread, *, opened: bool) -> Q:
    """Who follows the thread, what it is about or whose it is; who asked; of what begins also the team of the idea."""
    mine = Follow.objects.filter(Q(thread=thread) | Q(idea=thread.idea_id, idea__isnull=False))
    if opened and thread.group_id is not None:
        mine = mine | Follow.objects.filter(group=thread.group_id)
    found = Q(pk__in=mine.values("person")) | Q(pk=thread.author_id)
    if opened and thread.idea is not None and thread.idea.group_id is not None:
        found |= Q(pk__in=members_of([thread.idea.group_id]))
    return found


def _tell_ways(post: Post, ways: Iterable[tuple[str, Q]], *, opened: bool) -> int:
    thread, told = post.thread, 0
    heard = {post.author.user_id} if post.author is not None else set()
    link = absolute(post_path(thread, post.corrects_id or post.pk))
    context = {"post": post, "thread": thread, "cycle": thread.cycle, "whose": _whose(post), "opened": opened, "link": link}
    for kind, who in ways:
        people = [one for one in with_address(_reading(thread).filter(who)) if one.user_id not in heard]
        heard |= {one.user_id for one in people}
        told += tell_all(kind, people, key=f"post:{post.pk}", context=context, cycle_id=thread.cycle_id)
    return told


def _whose(post: Post) -> str:
    return post.group.name if post.group is not None else post.thread.cycle.name


def on_answered(entry: JournalEntry) -> int:
    """To whoever answered: it was accepted, or it helped. That it is none after all nobody is told."""
    post = _post_of(entry)
    if post is None or post.author_id is None or not entry.payload.get("held"):
        return 0
    thread = post.thread
    context = {"post": post, "thread": thread, "cycle": thread.cycle, "link": absolute(post_path(thread, post.pk))}
    people = with_address(_reading(thread).filter(pk=post.author_id))
    return tell_all("talk.helped", people, key=f"helped:{post.pk}", context=context, cycle_id=thread.cycle_id)


def on_idea_news(entry: JournalEntry) -> int:
    """To who follows an idea or a group: it was told anew, built on, or they shared something. Only what they may read."""
    about = subject_of(entry, Idea, "cycle", "group")
    idea = about
    if about is not None and entry.kind == Kind.IDEA_TAKEN_UP.value:
        rows = Idea.objects.select_related("cycle", "group", "submission__challenge__round", "attempt__challenge__round")
        idea = rows.filter(cycle=entry.cycle_id, number=entry.payload.get("by") or 0).first()
    if about is None or idea is None:
        return 0
    following = Follow.objects.filter(idea=about)
    if entry.kind in {Kind.IDEA_SHARED.value, Kind.IDEA_WIDENED.value} and about.group_id is not None:
        following = Follow.objects.filter(group=about.group_id)
    people = with_address(readers_of(idea.cycle, idea).filter(pk__in=following.values("person")))
    if about.pk != idea.pk:
        people = people.filter(pk__in=readers_of(about.cycle, about).values("pk"))
    context = {"idea": idea, "about": about, "cycle": idea.cycle, "news": entry.kind, "link": absolute(_idea_path(idea))}
    once = f"shared:{idea.pk}" if about.pk == idea.pk and entry.kind != Kind.IDEA_REVISED.value else f"news:{entry.pk}"
    return tell_all("follow.news", people, key=once, context=context, cycle_id=idea.cycle_id)


# --- Moderation -----------------------------------------------------------------------------------------------------------------------


def _moderated(cycle_id: int, rows: Any, number: object) -> tuple[Any, dict[str, Any]] | None:
    found = rows.select_related("cycle", "post__thread", "post__author", "idea").filter(cycle=cycle_id)
    row = found.filter(pk=number).first() if isinstance(number, int) else None
    if row is None:
        return None
    title = row.post.thread.title if row.post is not None else row.idea.title
    return row, {"row": row, "cycle": row.cycle, "title": title, "link": absolute(f"/cycles/{row.cycle.key}/desk/talk/")}


def on_report_made(entry: JournalEntry) -> int:
    """To the organizers: somebody asks them to look at something."""
    found = _moderated(entry.cycle_id or 0, Report.objects.all(), entry.payload.get("report"))
    if found is None:
        return 0
    row, context = found
    return tell_all("talk.reported", organizers_of(row.cycle_id), key=f"report:{row.pk}", context=context, cycle_id=row.cycle_id)


def on_ruling(entry: JournalEntry) -> int:
    """What was hidden, and the answer to an appeal: to its author. An appeal: to the organizers. What was left nobody is told."""
    found = _moderated(entry.cycle_id or 0, Ruling.objects.all(), entry.payload.get("ruling"))
    if found is None:
        return 0
    row, context = found
    if entry.kind == Kind.RULING_APPEALED.value:
        people, kind = organizers_of(row.cycle_id), "talk.appealed"
    else:
        kind = "talk.hidden" if entry.kind == Kind.RULING_MADE.value else "talk.judged"
        if kind == "talk.hidden" and row.verdict != "hidden":
            return 0
        about = row.post or row.idea
        context["link"] = absolute(f"/cycles/{row.cycle.key}/talk/rulings/{row.pk}/")
        people = with_address(Person.objects.filter(pk=about.author_id))
    return tell_all(kind, people, key=f"{kind}:{row.pk}", context=context, cycle_id=row.cycle_id)


# --- The reply clock ------------------------------------------------------------------------------------------------------------------


def remind_of_asks() -> int:
    """A kind word to those who were asked, a day before the time runs out, once. Run it as often as you like."""
    now, told = db_now(), 0
    waiting = Thread.objects.filter(
        kind=ThreadKind.ASK.value,
        replied_at__isnull=True,
        reminded_at__isnull=True,
        answered_at__isnull=True,
        hidden_at__isnull=True,
    ).filter(due_at__gt=now, due_at__lte=now + REMIND_BEFORE, cycle__state__in=SHARED_IN, cycle__rehearsal=False)
    for thread in waiting.select_related("cycle", "group", *_ABOUT_IDEA):
        if Thread.objects.filter(pk=thread.pk, reminded_at__isnull=True).update(reminded_at=now):
            people = with_address(_reading(thread).filter(pk__in=members_of(thread.asked.values_list("pk", flat=True))))
            context = {"thread": thread, "cycle": thread.cycle, "link": absolute(thread_path(thread))}
            told += tell_all("talk.waiting", people, key=f"waiting:{thread.pk}", context=context, cycle_id=thread.cycle_id)
    return told
