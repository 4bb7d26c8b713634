"""Published rows read where they lie: a page, a group's neighbours, what somebody looks for, without the rest of the snapshot.

A snapshot keeps its rows as one JSON array, in the order of `published_content`: bracket by bracket, in each by rank. A position counts
from 0 over all of them. The array is cut in the database, so that a process holds what it shows, however many rows were published.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import orjson
from django.db import connection
from django.db.models import F, Func, JSONField, Value

from leaderboards.models import Snapshot
from leaderboards.queries import RowData, row_data

CHUNK: Final = 500
"""Rows that are at hand at a time where all are looked through."""
TYPES: Final = {"line": "integer", "rank": "integer", "values": "jsonb"}
"""On PostgreSQL; other columns are text."""


class Stretch(NamedTuple):
    """A bracket among the rows of a snapshot: it begins at position `start` and has `total` rows.

    `firsts`: for each collection of keys that was asked for, the position of the first row of one of them in here; None if there is none.
    """

    bracket: str
    start: int
    total: int
    firsts: tuple[int | None, ...] = ()

    @property
    def positions(self) -> range:
        """Those of its rows."""
        return range(self.start, self.start + self.total)

    def rank(self, which: int) -> int | None:
        """The same as `firsts`, counted from 1 within the bracket."""
        at = self.firsts[which]
        return None if at is None else at - self.start + 1


class Told(NamedTuple):
    """Where an entry stood in a snapshot: at which position, and what is shown of it."""

    at: int
    entry: str
    line: int
    rank: int
    place: str
    bracket: str
    name: str
    score: str


# --- Some columns of all rows ---------------------------------------------------------------------------------------------------------


def _columns(asked: str, *names: str) -> str:
    """A SELECT of `snapshot`, `at` (the position) and these columns of the rows of some snapshots `s`: a condition says which."""
    if connection.vendor == "postgresql":
        quoted = ", ".join(f'"{name}"' for name in names)
        typed = ", ".join(f'"{name}" {TYPES.get(name, "text")}' for name in names)
        rows = f"ROWS FROM (jsonb_to_recordset(s.rows) AS ({typed})) WITH ORDINALITY AS one({quoted}, nth)"
        return f"SELECT s.id AS snapshot, nth - 1 AS at, {quoted} FROM leaderboards_snapshot s, {rows} WHERE {asked}"  # noqa: S608 names of ours
    read = ", ".join(f"json_extract(one.value, '$.{name}') AS \"{name}\"" for name in names)
    rows = "leaderboards_snapshot s, json_each(s.rows) AS one"
    return f"SELECT s.id AS snapshot, one.key AS at, {read} FROM {rows} WHERE {asked}"  # noqa: S608 names of ours


def _marks(number: int) -> str:
    return ", ".join(["%s"] * number) or "NULL"


def _ids(snapshots: Sequence[int]) -> str:
    return f"s.id IN ({_marks(len(snapshots))})"


def _possible(keys: Iterable[str]) -> list[str]:
    """Those that may stand somewhere: PostgreSQL refuses a text with a zero byte, and so nobody is called so."""
    return [one for one in keys if "\0" not in one]


def stretches(snapshot: int, *wanted: Collection[str]) -> list[Stretch]:
    """The brackets of a snapshot (its id) in their order, and where entries with these keys stand in them. One statement."""
    sought = [_possible(keys) for keys in wanted]
    firsts = "".join(f", min(at) FILTER (WHERE entry IN ({_marks(len(keys))}))" for keys in sought)
    told = f"({_columns('s.id = %s', 'entry', 'bracket')}) AS told GROUP BY bracket ORDER BY min(at)"
    asked: list[str | int] = [*(key for keys in sought for key in keys), snapshot]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT bracket, min(at), count(*){firsts} FROM {told}", asked)  # noqa: S608 same
        return [Stretch(bracket, start, total, tuple(found)) for bracket, start, total, *found in cursor.fetchall()]


def size_of(snapshot: int) -> int:
    """How many rows were published. One statement."""
    function = "jsonb_array_length" if connection.vendor == "postgresql" else "json_array_length"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(rows) FROM leaderboards_snapshot WHERE id = %s", [snapshot])  # noqa: S608 same
        return int(cursor.fetchone()[0])


def told_of(snapshot: int, entries: Iterable[str]) -> list[Told]:
    """Where these entries stood, in order. One statement; none where nothing is asked."""
    sought = _possible(entries)
    return _told("s.id = %s", [snapshot], sought) if sought else []


def _told(asked: str, parameters: Sequence[Any], entries: Sequence[str]) -> list[Told]:
    told = f"({_columns(asked, *Told._fields[1:])}) AS told WHERE entry IN ({_marks(len(entries))}) ORDER BY at"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(Told._fields)} FROM {told}", [*parameters, *entries])  # noqa: S608 same
        return [Told(*row) for row in cursor.fetchall()]


@contextmanager
def looked_through(snapshots: Sequence[int], *columns: str) -> Iterator[Iterator[tuple[Any, ...]]]:
    """(snapshot, position, these columns) of every row of these snapshots, each in order, portion by portion. One statement.

    For what only a look at all of them tells: whoever has found what there is to find leaves the block. `values` comes as JSON text.
    """
    names = ", ".join(f'"{name}"' for name in ("snapshot", "at", *columns))
    told = f"({_columns(_ids(snapshots), *columns)}) AS told ORDER BY snapshot, at"
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {told}", list(snapshots))  # noqa: S608 same
        yield (row for rows in iter(lambda: cursor.fetchmany(CHUNK), []) for row in rows)


# --- Whole rows -----------------------------------------------------------------------------------------------------------------------


def stored_at(snapshot: int, positions: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Position → the row as it was published, for those positions that there are, in order. One statement."""
    asked = sorted({*positions})
    if not asked:
        return {}
    inside = ",".join(map(str, asked))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # one path cuts them all: `rows -> 7` would unpack the whole array for each
            sql = "SELECT jsonb_path_query_array(rows, %s::jsonpath) FROM leaderboards_snapshot WHERE id = %s"
            cursor.execute(sql, [f"$[{inside}]", snapshot])
            return dict(zip(asked, orjson.loads(cursor.fetchone()[0]), strict=False))
        sql = "SELECT one.key, one.value FROM leaderboards_snapshot s, json_each(s.rows) AS one WHERE s.id = %s"
        cursor.execute(f"{sql} AND one.key IN ({inside}) ORDER BY one.key", [snapshot])
        return {at: orjson.loads(row) for at, row in cursor.fetchall()}


class FirstLine(Func):
    """The row of a group in each of several snapshots, as a column of them; None where it has none. `keys`: under which it may stand."""

    output_field = JSONField()
    template = "jsonb_path_query_first(%(expressions)s)"
    arg_joiner = ", '$[*] ? (@.entry == $keys[*] && @.line == 0)', "

    def __init__(self, keys: Iterable[str], **extra: Any) -> None:
        super().__init__(F("rows"), Value({"keys": sorted(keys)}, JSONField()), **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """The same in SQLite's words."""
        where = ") WHERE json_extract(value, '$.line') = 0 AND json_extract(value, '$.entry') IN (SELECT atom FROM json_each("
        template = "(SELECT value FROM json_each(%(expressions)s, '$.keys')) ORDER BY key LIMIT 1)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=where, **extra)


def rows_at(snapshot: Snapshot, positions: Iterable[int]) -> dict[int, RowData]:
    """The same for showing, with the movement since the snapshot before. Two statements at most."""
    stored = stored_at(snapshot.pk, positions)
    before = _places_before(snapshot, list({row["entry"] for row in stored.values()}))
    return {at: row_data({**row, "previous_place": before.get((row["entry"], row["line"]), "")}) for at, row in stored.items()}


def _places_before(snapshot: Snapshot, entries: Sequence[str]) -> dict[tuple[str, int], str]:
    """(entry, line) → its place in the snapshot before, of these entries. One statement; none for the first."""
    if snapshot.number <= 1 or not entries:
        return {}
    earlier = (snapshot.board_id, snapshot.audience, snapshot.number - 1)
    told = _told("s.board_id = %s AND s.audience = %s AND s.number = %s", earlier, entries)
    return {(one.entry, one.line): one.place for one in told}
