"""The commons of a cycle: newest first, narrowed by kind, tag, task and words; what is like something; what was built on."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, When

from games.ideas.models import Derivation, Idea, IdeaTag
from games.ideas.queries.finding import alike, with_words
from games.ideas.rules import DerivationKind, IdeaKind, folded
from games.playbooks.schema.sharing import First

SOUGHT: Final = 20
"""So many different words of a search are looked for."""


@dataclass(frozen=True, slots=True)
class FeedAsked:
    """How the list is narrowed; what is empty narrows nothing. `challenge`: id of a task."""

    kind: str = ""
    tag: str = ""
    challenge: int | None = None
    words: str = ""
    first: First = First.NEWEST


FIRST: Final = {
    First.PROVEN: (Case(When(grade="", then=1), default=0), "grade"),
    First.FAILURES: (Case(When(kind=IdeaKind.FAILURE_STORY.value, then=0), default=1),),
}
"""What comes first before the newest. Grades are letters, the best is A; without tests elsewhere there is none."""


def with_story(rows: QuerySet[Idea]) -> QuerySet[Idea]:
    """With whose it is, what it helps with and what it stands for: what every list and page shows."""
    return rows.select_related(
        "cycle", "group", "author", "challenge__round", "submission__challenge__round", "attempt__challenge__round"
    )


def feed(rows: QuerySet[Idea], asked: FeedAsked) -> QuerySet[Idea]:
    """The ideas of `rows` (those the person may see) that were asked for: the most tested or what failed first, if that is asked, and the newest
    first among equals. Every word has to occur, of the first twenty.
    """
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.tag:
        rows = rows.filter(Exists(IdeaTag.objects.filter(idea=OuterRef("pk"), word=folded(asked.tag).strip())))
    if asked.challenge is not None:
        rows = rows.filter(challenge=asked.challenge)
    if asked.words:
        rows = with_words(rows, list(dict.fromkeys(folded(asked.words).split()))[:SOUGHT])
    return rows.order_by(*FIRST.get(asked.first, ()), "-shared_at", "-pk")


def similar(rows: QuerySet[Idea], text: str, *, most: int = 5, but: int | None = None) -> list[Idea]:
    """The ideas of `rows` with the most words of `text` in common, at least two; the newest of equals first. Two statements, or none."""
    return list(with_story(alike(rows, text, most=most, but=but)))


def built_on(ideas: Collection[int], seen: QuerySet[Idea]) -> dict[int, int]:
    """How many of the ideas that one may see (`seen`) took these up; refusals do not count. One statement."""
    led = Derivation.objects.filter(source__in=ideas, target__in=seen.order_by().values("pk"))
    counted = led.exclude(kind=DerivationKind.REJECTS.value).order_by().values("source").annotate(count=Count("pk"))
    return dict(counted.values_list("source", "count")) if ideas else {}


def tags_in(rows: QuerySet[Idea], most: int = 20) -> list[str]:
    """The words that the ideas of `rows` are found by, the most used first."""
    used = IdeaTag.objects.filter(idea__in=rows.order_by().values("pk")).order_by().values("word").annotate(count=Count("pk"))
    return [word for word, _ in used.order_by("-count", "word").values_list("word", "count")[:most]]


def hidden_in(rows: Iterable[Idea]) -> list[Idea]:
    """Those that organizers took out of sight."""
    return [one for one in rows if one.hidden_at is not None]
