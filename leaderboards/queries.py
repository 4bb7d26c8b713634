"""Reads of boards: rows of the live side, published snapshots, a group's neighbourhood.

`row_data` is the one form of a row: in pages of the API, in live messages and in ready bytes. Numbers are number texts.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypedDict

import rfc8785
from django.db import connection
from django.db.models import Q, QuerySet

from leaderboards import ranked_reads
from leaderboards.kept import Kept
from leaderboards.models import Board, Snapshot, Standing
from leaderboards.prepared import kept_cursor
from leaderboards.ranked import Ranked

PUBLIC: Final = "public"
RESTRICTED: Final = "restricted"
AUDIENCES: Final = (PUBLIC, RESTRICTED)
PAGE_ROWS: Final = 50
LAST_RANKS: Final = """
WITH RECURSIVE lasts (bracket, rank) AS (
  SELECT * FROM (
    SELECT bracket, rank FROM leaderboards_standing
    WHERE board_id = %s AND audience = %s ORDER BY bracket DESC, rank DESC LIMIT 1
  ) AS lowest
  UNION ALL
  SELECT one.bracket, one.rank FROM lasts JOIN leaderboards_standing AS one ON one.id = (
    SELECT id FROM leaderboards_standing
    WHERE board_id = %s AND audience = %s AND bracket < lasts.bracket ORDER BY bracket DESC, rank DESC LIMIT 1
  )
)
SELECT bracket, rank FROM lasts ORDER BY bracket
"""


class RowData(TypedDict):
    """A row as it is shown. `movement`: how many places up (+) or down (-) since the place before; None if there is none."""

    rank: int
    place: str
    previous_place: str
    movement: int | None
    group: str
    line: int
    name: str
    bracket: str
    score: str
    keys: list[Any]
    values: dict[str, Any]
    status: str
    pending: int


COLUMNS: Final = (
    "rank",
    "place",
    "previous_place",
    "entry",
    "line",
    "name",
    "bracket",
    "score",
    "keys",
    "values",
    "status",
    "pending",
)


def version_of(board: Board, audience: str) -> int:
    """The version of one side of a board."""
    return board.version if audience == PUBLIC else board.restricted_version


def movement(place: str, previous: str) -> int | None:
    """Places won since `previous`; None where there is no whole place before or now."""
    if not place.isdigit() or not previous.isdigit():
        return None
    return int(previous) - int(place)


def row_data(row: Mapping[str, Any]) -> RowData:
    """A row for showing, from the columns named in `COLUMNS`."""
    return RowData(
        rank=row["rank"],
        place=row["place"],
        previous_place=row["previous_place"],
        movement=movement(row["place"], row["previous_place"]),
        group=row["entry"],
        line=row["line"],
        name=row["name"],
        bracket=row["bracket"],
        score=row["score"],
        keys=row["keys"],
        values=row["values"],
        status=row["status"],
        pending=row["pending"],
    )


def ranked_data(row: Ranked) -> RowData:
    """A row of a sorted set for showing. Such a board keeps no places of before, so nothing moves on it."""
    score = str(row.amount)
    return RowData(
        rank=row.rank,
        place=str(row.place or ""),
        previous_place="",
        movement=None,
        group=row.key,
        line=0,
        name=row.name,
        bracket=row.bracket,
        score=score,
        keys=[score],
        values={**row.values, "score": score},
        status=row.status,
        pending=0,
    )


def standings(board: Board, audience: str = PUBLIC, *, bracket: str | None = None) -> QuerySet[Standing]:
    """Live rows of one side in order; of one bracket if given."""
    rows = Standing.objects.filter(board=board, audience=audience).order_by("bracket", "rank")
    return rows if bracket is None else rows.filter(bracket=bracket)


def rows_of(rows: QuerySet[Standing]) -> list[RowData]:
    """Rows as data, in one statement."""
    return [row_data(row) for row in rows.values(*COLUMNS)]


_first_rows: Final[Kept[Standing, tuple[Any, ...]]] = Kept(
    lambda board, audience: (
        Standing.objects.filter(board=board, audience=audience).order_by("bracket", "rank").values_list(*COLUMNS)[:PAGE_ROWS]
    ),
    int,
    str,
)


def live_rows(
    board: Board, audience: str = PUBLIC, bracket: str | None = None, start: int = 0, stop: int = PAGE_ROWS
) -> list[RowData]:
    """Live rows number `start` up to (not with) `stop` of one side, in order; of one bracket if given.

    One statement, of the first page one that is kept; of a board whose ranks are a sorted set one round trip to Redis.
    """
    if board.sorted_set:
        return [ranked_data(one) for one in ranked_reads.rows(board, audience, bracket, start, stop)]
    if bracket is None and (start, stop) == (0, PAGE_ROWS):
        return [row_data(dict(zip(COLUMNS, row, strict=True))) for row in _first_rows(board.pk, audience)]
    return rows_of(standings(board, audience, bracket=bracket)[start:stop])


def counted_rows(board: Board, audience: str, start: int, stop: int) -> tuple[int, list[RowData]]:
    """How many rows stand on one side, and the live ones number `start` up to (not with) `stop`, in order: both for one look at the board."""
    if board.sorted_set:
        total, found = ranked_reads.counted_rows(board, audience, start, stop)
        return total, [ranked_data(one) for one in found]
    return sum(totals_of(board, audience).values()), live_rows(board, audience, start=start, stop=stop)


def totals_of(board: Board, audience: str = PUBLIC) -> dict[str, int]:
    """Bracket → how many rows stand in it on one side, in order. One statement, or one round trip.

    Ranks are 1, 2, 3, ... within each bracket, so the last one says how many: of a large board a few entries of an index are read, not all.
    """
    if board.sorted_set:
        return ranked_reads.brackets(board)
    cursor = kept_cursor(connection)
    cursor.execute(LAST_RANKS, [board.pk, audience, board.pk, audience])
    return dict(cursor.fetchall())


def place_of(board: Board, entry: str, audience: str = PUBLIC) -> tuple[str, int, str] | None:
    """(bracket, rank in it, place as it is shown) of a group; None if it is not on this side of the board."""
    if board.sorted_set:
        found = ranked_reads.around(board, audience, entry, 0)
        return (found[0].bracket, found[0].rank, str(found[0].place or "")) if found else None
    own = standings(board, audience).filter(entry=entry).values_list("bracket", "rank", "place").first()
    return None if own is None else (own[0], own[1], own[2])


def found_rows(board: Board, text: str, audience: str = PUBLIC, most: int = PAGE_ROWS) -> list[RowData]:
    """Rows whose group is named or keyed so, `most` of them. One statement."""
    if board.sorted_set:
        keys = list(find(board, text, audience).values_list("entry", flat=True)[:most])
        return [ranked_data(one) for one in ranked_reads.those(board, audience, keys)]
    return rows_of(find(board, text, audience)[:most])


def find(board: Board, text: str, audience: str = PUBLIC) -> QuerySet[Standing]:
    """Rows whose group is named or keyed so: exact key first comes by the order of the board."""
    return standings(board, audience).filter(Q(entry__iexact=text) | Q(name__icontains=text))


def around(board: Board, entry: str, audience: str = PUBLIC, *, reach: int = 2) -> list[RowData]:
    """The row of a group with `reach` neighbours on each side, in its bracket. Empty if it is not on the board."""
    if board.sorted_set:
        return [ranked_data(one) for one in ranked_reads.around(board, audience, entry, reach)]
    own = place_of(board, entry, audience)
    if own is None:
        return []
    bracket, rank, _ = own
    return rows_of(standings(board, audience, bracket=bracket).filter(rank__range=(rank - reach, rank + reach)))


def changed_since(board: Board, audience: str, version: int) -> list[RowData]:
    """Rows that changed after a version: what a live message carries. Of a sorted set those whose number changed, not whom they passed."""
    if board.sorted_set:
        return [ranked_data(one) for one in ranked_reads.changed(board, audience, version)]
    return rows_of(standings(board, audience).filter(changed_version__gt=version))


# --- Snapshots ------------------------------------------------------------------------------------------------------------------------

PUBLISHED: Final = ("entry", "line", "name", "bracket", "rank", "place", "score", "keys", "values", "status", "pending")


def latest(board: Board, audience: str = PUBLIC, *, rows: bool = True) -> Snapshot | None:
    """The last published state. With `rows=False` its rows, which may be megabytes, are read only if somebody asks for them."""
    snapshots = Snapshot.objects.filter(board=board, audience=audience).order_by("-number")
    return snapshots.first() if rows else snapshots.defer("rows").first()


def published_content(board: Board, audience: str = PUBLIC) -> list[dict[str, Any]]:
    """The rows as a snapshot keeps them: names as they are now, without movement, in order."""
    return list(standings(board, audience).order_by("bracket", "rank").values(*PUBLISHED))


def content_digest(*, key: str, rows: Sequence[Mapping[str, Any]], design_number: int, previous: str) -> str:
    """SHA-256 over 0x00 and the RFC 8785 canonical JSON of board, rows, rules and the digest before (science.md 8)."""
    body: Any = {"board": key, "design": design_number, "previous": previous, "rows": [dict(row) for row in rows]}
    return hashlib.sha256(b"\x00" + rfc8785.dumps(body)).hexdigest()


def snapshot_rows(snapshot: Snapshot) -> list[RowData]:
    """The rows of a snapshot with their movement since the snapshot before it. One statement."""
    numbers = {snapshot.number - 1} | ({snapshot.number} if "rows" in snapshot.get_deferred_fields() else set())
    stored = Snapshot.objects.filter(board_id=snapshot.board_id, audience=snapshot.audience, number__in=numbers)
    read: dict[int, Any] = dict(stored.values_list("number", "rows"))
    before = {(row["entry"], row["line"]): row["place"] for row in read.get(snapshot.number - 1, ())}
    kept = read.get(snapshot.number)  # may be empty: then it is known, and the snapshot is not asked for it
    rows: Iterable[Mapping[str, Any]] = snapshot.rows if kept is None else kept
    return [row_data({**row, "previous_place": before.get((row["entry"], row["line"]), "")}) for row in rows]


def broken_snapshots(board: Board) -> list[Snapshot]:
    """Snapshots of a board whose digest does not follow from their rows and the digest before. Empty = all hold."""
    broken, previous = [], dict.fromkeys(AUDIENCES, "")
    for snapshot in Snapshot.objects.filter(board=board).order_by("number"):
        said = previous.get(snapshot.audience, "")
        expected = content_digest(key=board.key, rows=snapshot.rows, design_number=snapshot.design_number, previous=said)
        if snapshot.previous_digest != said or snapshot.digest != expected:
            broken.append(snapshot)
        previous[snapshot.audience] = snapshot.digest
    return broken
