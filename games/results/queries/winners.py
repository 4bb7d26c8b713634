"""Who stands first on the published main boards of many cycles."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from django.core.cache import cache
from django.db.models import OuterRef, Subquery

from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLIC

_KEEP: Final = 24 * 3600

type First = tuple[str, str, str]
"""(bracket, key of the group, its name)."""


def first_places(cycles: Collection[int]) -> dict[int, list[First]]:
    """Id of a cycle -> who has the first place of each bracket in the last published state of its main board. Two statements.

    A snapshot never changes, so what was read of it is kept.
    """
    last = Snapshot.objects.filter(board=OuterRef("pk"), audience=PUBLIC).order_by("-number").values("pk")[:1]
    boards = Board.objects.filter(scope__in=cycles, number=1, audience=PUBLIC).annotate(last=Subquery(last))
    snapshots = {pk: scope for scope, pk in boards.values_list("scope", "last") if pk is not None}
    kept: dict[str, list[First]] = cache.get_many([f"first:{pk}" for pk in snapshots])
    missing = [pk for pk in snapshots if f"first:{pk}" not in kept]
    read = {
        f"first:{pk}": _firsts(rows) for pk, rows in Snapshot.objects.filter(pk__in=missing).values_list("pk", "rows") if missing
    }
    if read:
        cache.set_many(read, _KEEP)
    found: Mapping[str, list[First]] = {**kept, **read}
    return {scope: [(*one,) for one in found.get(f"first:{pk}", [])] for pk, scope in snapshots.items()}


def _firsts(rows: list[dict[str, Any]]) -> list[First]:
    """The rows of each bracket that share its best place."""
    best: dict[str, int] = {}
    for row in rows:
        if row["place"] and not row["line"]:
            best.setdefault(row["bracket"], row["rank"])
    places = {row["bracket"]: row["place"] for row in rows if best.get(row["bracket"]) == row["rank"] and row["place"]}
    return [
        (row["bracket"], row["entry"], row["name"])
        for row in rows
        if row["place"] and row["place"] == places.get(row["bracket"]) and not row["line"]
    ]
