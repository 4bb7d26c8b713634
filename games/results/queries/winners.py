"""Who stands first on the published main boards of many cycles."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from django.core.cache import cache
from django.db.models import OuterRef, Subquery

from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLIC
from leaderboards.slices import looked_through

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
    read = _firsts(missing)
    if read:
        cache.set_many(read, _KEEP)
    found: Mapping[str, list[First]] = {**kept, **read}
    return {scope: [(*one,) for one in found.get(f"first:{pk}", [])] for pk, scope in snapshots.items()}


def _firsts(snapshots: Sequence[int]) -> dict[str, list[First]]:
    """By the name under which they are kept: the groups of each bracket that share its best place."""
    found: dict[str, list[First]] = {f"first:{pk}": [] for pk in snapshots}
    if not snapshots:
        return found
    best: dict[tuple[int, str], str] = {}
    with looked_through(snapshots, "entry", "line", "place", "bracket", "name") as rows:
        for pk, _, entry, line, place, bracket, name in rows:
            if place and not line and place == best.setdefault((pk, bracket), place):
                found[f"first:{pk}"].append((bracket, entry, name))
    return found
