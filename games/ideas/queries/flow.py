"""How ideas went from team to team in a cycle: who built on whose, counted over what a person may see."""

from dataclasses import dataclass
from typing import Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from games.groups.models import Group
from games.ideas.models import Idea
from games.ideas.rules import DerivationKind

MOST: Final = 500
"""So many pairs of teams are told, the strongest."""
_COUNT: Final = """
WITH seen(id, team) AS ({seen}),
pair(source, target, own, count) AS (
    SELECT a.team, b.team, CASE WHEN a.team = b.team THEN 1 ELSE 0 END, COUNT(*)
    FROM games_derivation d JOIN seen a ON a.id = d.source_id JOIN seen b ON b.id = d.target_id
    WHERE d.kind <> %s GROUP BY a.team, b.team
)
SELECT source, target, own, count, SUM(count) OVER (), SUM(count * own) OVER (), SUM(1 - own) OVER ()
FROM pair ORDER BY own, count DESC, source, target LIMIT %s
"""
"""Who may see what is worked out once, for both ends of a link."""


@dataclass(frozen=True, slots=True)
class Flow:
    """So many ideas of `target` came from ideas of `source`. Without a group: the organizers', or somebody's without a name."""

    source: Group | None
    target: Group | None
    count: int


@dataclass(frozen=True, slots=True)
class Flows:
    """The strongest of all `pairs`; how often an idea went to another team (`count`), and stayed with its `own`."""

    told: tuple[Flow, ...] = ()
    pairs: int = 0
    count: int = 0
    own: int = 0


def flows_among(seen: QuerySet[Idea]) -> Flows:
    """Pairs of teams of which one built on an idea of the other, the most first; refusals do not count. Two statements.

    `seen`: ideas the person may see. What came from or went to another is not told.
    """
    try:
        asked, values = seen.order_by().values_list("pk", "group_id").query.sql_with_params()
    except EmptyResultSet:  # nothing can be seen: there is no statement for that
        return Flows()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(seen=asked), [*values, DerivationKind.REJECTS.value, MOST])
        rows = cursor.fetchall()
    if not rows:
        return Flows()
    links, own, pairs = (int(number) for number in rows[0][4:])
    between = [row for row in rows if not row[2]]
    groups = Group.objects.in_bulk({one for row in between for one in row[:2] if one is not None})
    told = tuple(Flow(groups.get(source), groups.get(target), count) for source, target, _, count, *_ in between)
    return Flows(told, pairs=pairs, count=links - own, own=own)
