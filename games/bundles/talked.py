"""Checks of threads.csv and posts.csv: each thread stands somewhere and opens with words, what answers it was said by others."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Any

from games.bundles.places import Places
from games.bundles.talk_rows import PostRow
from games.talk.rules import ON_BOARD, ON_IDEA, ONE_ANSWER, TEXT, ThreadKind
from leaderboards.engine.language import gettext as _

type Refuse = Callable[[str, str], None]
type Rows = Iterable[tuple[Any, Refuse]]


def check_talk(places: Places, ideas: Collection[int], threads: Rows, posts: Rows) -> None:
    """Name everything wrong with threads and posts. `ideas`: the numbers of those that are there."""
    rows = list(threads)
    numbers = {row.number for row, __ in rows}
    said = _check_posts(places, numbers, posts)
    seen: set[int] = set()
    for row, refuse in rows:
        if row.number in seen:
            refuse("number", _("{number} is there twice", number=row.number))
        seen.add(row.number)
        if row.group and row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        if row.idea and row.idea not in ideas:
            refuse("idea", _("{idea} is not in ideas.csv", idea=row.idea))
        if ThreadKind(row.kind) not in (ON_IDEA if row.idea else ON_BOARD):
            refuse("kind", _("a barrier stands on the board, talk and an ask on an idea"))
        for key in (one for one in row.asked.split("|") if one):
            if key not in places.groups:
                refuse("asked", places.no_group(key))
        _check_opening(row, said[row.number], refuse)


def _check_opening(row: Any, said: dict[int, PostRow], refuse: Refuse) -> None:
    if 1 not in said:
        refuse("number", _("thread {number} has no post 1 in posts.csv: what it opens with", number=row.number))
    if not row.accepted:
        return
    answer = said.get(row.accepted)
    if ThreadKind(row.kind) not in ONE_ANSWER:
        refuse("accepted", _("only a question and an ask have an accepted answer"))
    elif answer is None or answer.number == 1 or answer.corrects:
        refuse("accepted", _("{accepted} is no reply in this thread", accepted=row.accepted))


def _check_posts(places: Places, threads: Collection[int], posts: Rows) -> defaultdict[int, dict[int, PostRow]]:
    said: defaultdict[int, dict[int, PostRow]] = defaultdict(dict)
    rows = list(posts)
    for row, refuse in rows:
        if row.thread not in threads:
            refuse("thread", _("{thread} is not in threads.csv", thread=row.thread))
        if row.number in said[row.thread]:
            refuse("number", _("{number} of thread {thread} is there twice", number=row.number, thread=row.thread))
        said[row.thread][row.number] = row
        if row.group and row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        if not row.text.strip() or len(row.text) > TEXT:
            refuse("text", _("expected some words, at most {text} characters", text=TEXT))
    for row, refuse in rows:
        first = said[row.thread].get(row.corrects)
        if row.corrects and (first is None or first.corrects or row.corrects >= row.number):
            refuse(
                "corrects",
                _("{corrects} is no earlier post of this thread that says something of its own", corrects=row.corrects),
            )
    return said
