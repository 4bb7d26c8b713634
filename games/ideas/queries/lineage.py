"""What came from what: one idea's sources and what grew from it, as far as the person may see.

The walk is the database's: one recursive statement each way, over pairs of ids alone. What may not be seen is cut out of the walk, and
nothing beyond it is told: a source appears as "an idea you cannot see", what others made of an idea in private does not appear at all.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from games.ideas.models import Derivation, Idea
from games.ideas.rules import told_by_organizers

DEEPEST: Final = 10
"""Steps from the idea, each way, unless asked otherwise."""
MOST: Final = 500
"""So many ideas at most, each way: the nearest."""
MET: Final = 2
"""An idea is met once at each depth at most. After so many times what is told could take, the walk ends: there is more."""
_WALK: Final = """
WITH RECURSIVE walk(id, depth) AS (
    SELECT {far}_id, 1 FROM games_derivation WHERE {near}_id = %s
    UNION
    SELECT d.{far}_id, walk.depth + 1 FROM games_derivation d JOIN walk ON d.{near}_id = walk.id WHERE walk.depth < %s
)
SELECT id, MIN(depth) AS nearest FROM (SELECT id, depth FROM walk LIMIT %s) met GROUP BY id ORDER BY nearest, id LIMIT %s
"""
"""Both databases walk step by step and stop when nobody asks for more, so the nearest are met first however large the graph is."""
_ALL: Final = """
WITH RECURSIVE walk(id) AS (
    SELECT {far}_id FROM games_derivation WHERE {near}_id = %s
    UNION
    SELECT d.{far}_id FROM games_derivation d JOIN walk ON d.{near}_id = walk.id
)
SELECT id FROM walk ORDER BY id {order} LIMIT %s
"""
"""All the way: each idea is walked once, however many ways lead to it. Sources have lower ids, so the nearest are first here too."""
_UP: Final = {"far": "source", "near": "target", "order": "DESC"}
_DOWN: Final = {"far": "target", "near": "source", "order": "ASC"}


@dataclass(frozen=True, slots=True)
class Link:
    """`target` did something (`kind`) with `source`; ids of nodes."""

    source: int
    target: int
    kind: str
    reason: str = ""


class Named(NamedTuple):
    """What is told of an idea in a lineage: no more, for there may be a thousand of them. `cycle`, `group`: keys; `played`, `team`: names."""

    pk: int
    number: int
    title: str
    kind: str
    shared_at: datetime
    cycle: str
    played: str
    group: str | None
    team: str | None
    author_id: int | None
    safe: bool
    key_digest: str

    @property
    def by_organizers(self) -> bool:
        """Told by the organizers: it has no team, and somebody who is known."""
        return told_by_organizers(self.author_id, safe=self.safe, key_digest=self.key_digest)


_NAMED: Final = (
    "pk",
    "number",
    "title",
    "kind",
    "shared_at",
    "cycle__key",
    "cycle__name",
    "group__key",
    "group__name",
    "author_id",
    "safe",
    "key_digest",
)


@dataclass(frozen=True, slots=True)
class Node:
    """An idea of the lineage; without `idea` it is one that the person may not see, named by its id within this lineage alone."""

    key: int
    idea: Named | None = None


@dataclass(frozen=True, slots=True)
class Lineage:
    """Nodes with every source before what grew from it, and the links among them. `more`: there is more than was walked."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    more: bool = False

    @property
    def hidden(self) -> int:
        """How many sources the person may not see."""
        return sum(node.idea is None for node in self.nodes)


def lineage_of(idea: Idea, seen: QuerySet[Idea], *, depth: int | None = DEEPEST, most: int = MOST) -> Lineage:
    """Where the idea came from and what grew from it, up to `depth` steps each way, or (None) all the way. `seen`: ideas the person may
    see, this one among them. Four statements.
    """
    up, down = _walk(_UP, idea.pk, depth, most), _walk(_DOWN, idea.pk, depth, most)
    among = any_of([idea.pk, *up, *down])
    found = {row[0]: Named(*row) for row in seen.filter(pk__in=among).order_by().values_list(*_NAMED)}
    links_among = Derivation.objects.filter(source__in=among, target__in=among).order_by("target_id", "source_id")
    links = [Link(*row) for row in links_among.values_list("source_id", "target_id", "kind", "reason")]
    kept = _reached(idea.pk, links, found)
    return _told(found, kept, links, more=len(up) >= most or len(down) >= most)


def _walk(way: Mapping[str, str], start: int, depth: int | None, most: int) -> list[int]:
    """Ids, the nearest first."""
    with connection.cursor() as cursor:
        if depth is None:
            cursor.execute(_ALL.format(**way), [start, most])
        else:
            cursor.execute(_WALK.format(**way), [start, depth, MET * depth * most, most])
        return [row[0] for row in cursor.fetchall()]


def any_of(ids: Sequence[int]) -> RawSQL:
    """A thousand ids in one value: writing each of them into the statement takes longer than finding them."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(ids)])


def _reached(start: int, links: Collection[Link], found: Collection[int]) -> set[int]:
    """What is reached over ideas that may be seen, only up from sources and only down from what grew; unseen sources at the rim with it."""
    up: dict[int, list[int]] = {}
    down: dict[int, list[int]] = {}
    for link in links:
        up.setdefault(link.target, []).append(link.source)
        down.setdefault(link.source, []).append(link.target)
    kept = {start}
    for way, rim in ((up, True), (down, False)):
        waiting = [start]
        while waiting:
            for far in way.get(waiting.pop(), ()):
                if far in kept or (far not in found and not rim):
                    continue
                kept.add(far)
                if far in found:
                    waiting.append(far)
    return kept


def _told(found: Mapping[int, Named], kept: set[int], links: Iterable[Link], *, more: bool) -> Lineage:
    """Unseen nodes get keys below zero: their ids tell nothing."""
    masks = {pk: -number for number, pk in enumerate(sorted(kept - found.keys()), 1)}
    nodes = tuple(Node(masks.get(pk, pk), found.get(pk)) for pk in sorted(kept))
    told = tuple(
        Link(masks.get(one.source, one.source), one.target, one.kind, one.reason)
        for one in links
        if one.source in kept and one.target in kept and one.target in found
    )
    return Lineage(nodes, told, more)


def sources_of(ideas: Collection[int]) -> dict[int, list[Derivation]]:
    """What each of these ideas came from, seen or not: the edge hides what it must. One statement."""
    found: dict[int, list[Derivation]] = {}
    for one in Derivation.objects.filter(target__in=ideas).order_by("source_id"):
        found.setdefault(one.target_id, []).append(one)
    return found
