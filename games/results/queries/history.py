"""What was published of a board: its versions, and who had which place in each."""

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from django.core.cache import cache
from django.db.models import QuerySet

from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLIC
from leaderboards.slices import told_of

_KEEP: Final = 7 * 24 * 3600


class Held(NamedTuple):
    """Where a group stood in one published state: `rank` orders, `place` is shown and may be empty."""

    rank: int
    place: str
    bracket: str
    name: str


type Places = dict[str, Held]
"""Key of a group -> where it stood."""


def versions_of(board: Board) -> QuerySet[Snapshot]:
    """The published states of a board, the newest first, without their rows."""
    return Snapshot.objects.filter(board=board, audience=PUBLIC).defer("rows").order_by("-number")


def places_in(snapshots: Sequence[Snapshot]) -> list[Places]:
    """The places of all in each of these states. At most one statement: a snapshot never changes, so what was read of it is kept."""
    names = {one.pk: f"places:{one.pk}" for one in snapshots}
    kept: dict[str, Places] = cache.get_many(names.values())
    missing = [pk for pk, name in names.items() if name not in kept]
    if missing:
        read = {names[pk]: _places(rows) for pk, rows in Snapshot.objects.filter(pk__in=missing).values_list("pk", "rows")}
        cache.set_many(read, _KEEP)
        kept = {**kept, **read}
    return [{key: Held(*held) for key, held in kept[names[one.pk]].items()} for one in snapshots]


def places_of(snapshot: Snapshot, keys: Collection[str]) -> Places:
    """The same of these groups alone, however many there are. One statement."""
    told = told_of(snapshot.pk, {*keys})
    return {one.entry: Held(one.rank, one.place, one.bracket, one.name) for one in told if not one.line}


def _places(rows: Sequence[dict[str, object]]) -> Places:
    """The first line of each group; a list of records has others too."""
    return {
        str(row["entry"]): Held(int(str(row["rank"])), str(row["place"]), str(row["bracket"]), str(row["name"]))
        for row in rows
        if not row["line"]
    }
