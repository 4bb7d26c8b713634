"""Finding ideas by their words, by the indexes of the database: see `games/migrations/operations/search.py`.

A word is found wherever it stands, also within a longer one. PostgreSQL finds it by the trigrams of the text, SQLite by those that its
FTS5 table keeps. What is alike is gathered word by word, the newest of each, so that a word that everybody uses costs no more than
another; what was gathered is ranked by how much it has in common.
"""

import json
from collections.abc import Sequence
from typing import Final

from django.db import connection
from django.db.models import BooleanField, Case, F, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable, RawSQL

from games.ideas.models import Idea
from games.ideas.queries.lineage import any_of
from games.ideas.rules import TITLE, telling_words
from games.submissions.models import Submission

ALIKE: Final = 2
"""So many words in common make two ideas similar; one, where there is only one to compare. A title that is nearly the same is enough."""
GATHERED: Final = 300
"""So many ideas are looked at for each word: the newest."""
GATHERED_BY: Final = 6
"""So many words of a text gather ideas, the longest: they are rarer, and each is another look-up. All of them rank what was gathered."""
TRIGRAM: Final = 3
MATCHED: Final = "SELECT rowid FROM games_idea_words WHERE games_idea_words MATCH %s"


class _Told(Func):
    """PostgreSQL: whether words that begin so stand in the text; by the full-text index, and said to be dear without it."""

    template = "ludus_told(%(expressions)s)"
    arg_joiner = ") @@ to_tsquery('pg_catalog.simple', "
    output_field = BooleanField()


class _NearlySame(Func):
    """PostgreSQL: whether two titles have most of their trigrams in common; never, where the database has no trigrams."""

    function = "ludus_alike"
    output_field = BooleanField()


class _Among(Func):
    """PostgreSQL: whether an id is one of these, written as an array. Of a subquery of ids the planner knows nothing, and reads every idea."""

    template = "%(expressions)s::bigint[])"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def with_words(rows: QuerySet[Idea], words: Sequence[str]) -> QuerySet[Idea]:
    """Those of `rows` in which each of these (folded) words stands."""
    told = Q()
    for word in words:
        told &= Q(words__contains=word)
    long = [word for word in words if len(word) >= TRIGRAM]
    if connection.vendor == "sqlite" and long:
        told &= Q(pk__in=RawSQL(MATCHED, [" AND ".join(map(_quoted, long))]))  # noqa: S611 the words are bound, not written in
    return rows.filter(told)


def alike(rows: QuerySet[Idea], text: str, *, most: int, but: int | None = None) -> QuerySet[Idea]:
    """The ideas of `rows` with the most words of `text` in common, at least two, or nearly the same title; the newest of equals first.
    One statement to gather them, one when it is read; none without words.
    """
    words, title = telling_words(text), text.replace("\0", "").strip().partition("\n")[0][:TITLE]
    if not words:
        return Idea.objects.none()
    others = rows.exclude(pk=but) if but is not None else rows
    near = _gathered(others.prefetch_related(None).select_related(None), words[:GATHERED_BY], title)
    hits: Combinable = Value(0)
    for word in words:
        hits = hits + Case(When(words__contains=word, then=Value(1)), default=Value(0), output_field=IntegerField())
    enough = Q(hits__gte=min(ALIKE, len(words)))
    if connection.vendor == "postgresql":
        enough |= Q(_NearlySame(F("title"), Value(title)))
    found = others.filter(_among(near)).annotate(hits=hits).filter(enough)
    return found.order_by(F("hits").desc(), "-shared_at", "-pk")[:most]


def alike_entries(rows: QuerySet[Submission], text: str, *, most: int, but: int | None = None) -> list[Submission]:
    """The entries of `rows` with the most words of `text` in common, at least two; for an eye that looks at one thing. One statement, or none.

    Every one of `rows` is read: a cycle has hundreds of entries, and no index holds their words.
    """
    words = telling_words(text)
    if not words:
        return []
    hits: Combinable = Value(0)
    for word in words:
        stands = Q(pinned__data__icontains=word) | Q(pinned__data__icontains=json.dumps(word)[1:-1])
        hits = hits + Case(When(stands, then=Value(1)), default=Value(0), output_field=IntegerField())
    others = rows.exclude(pk=but) if but is not None else rows
    found = others.filter(pinned__isnull=False).annotate(hits=hits).filter(hits__gte=min(ALIKE, len(words)))
    return list(found.select_related("challenge__round__cycle", "group", "pinned").order_by("-hits", "-pk")[:most])


def _gathered(rows: QuerySet[Idea], words: Sequence[str], title: str) -> list[int]:
    """Ids of the newest with each word, with all of them, and with nearly the same title."""
    if connection.vendor == "sqlite":
        asked = [*map(_quoted, words), " AND ".join(map(_quoted, words))]
        near = Q()
        for one in asked:  # SQLite limits no part of a union, but looks up each part of an "or" by its own
            near |= Q(pk__in=_newest(rows.filter(pk__in=RawSQL(MATCHED, [one]))))  # noqa: S611 bound, as above
        return list(rows.filter(near).order_by().values_list("pk", flat=True))
    asked = [*map(_lexeme, words), " & ".join(map(_lexeme, words))]
    first, *others = [_newest(rows.filter(_Told(F("words"), Value(one)))) for one in asked]
    return list(first.union(*others, _newest(rows.filter(_NearlySame(F("title"), Value(title)))), all=True))


def _among(ids: Sequence[int]) -> Q:
    if connection.vendor == "sqlite":
        return Q(pk__in=any_of(ids))
    return Q(_Among(F("pk"), Value(f"{{{','.join(map(str, ids))}}}")))


def _newest(rows: QuerySet[Idea]) -> QuerySet[Idea, int]:
    """By the sum, which no index has: walking an index of ids until enough were met would read every idea for a rare word."""
    return rows.order_by((F("pk") + 0).desc()).values_list("pk", flat=True)[:GATHERED]


def _quoted(word: str) -> str:
    """A word as FTS5 reads it, whatever stands in it."""
    doubled = word.replace('"', '""')
    return f'"{doubled}"'


def _lexeme(word: str) -> str:
    """The beginning of a word as a query of full text reads it. Words that are compared have letters and digits alone."""
    return f"'{word}':*"
