"""Rows of boards written as tuples: new ones by COPY, changed ones from a table beside, where the database has such ways."""

import json
from collections.abc import Sequence
from itertools import batched
from typing import Any, Final

from django.db import connection

WRITTEN: Final = ("name", "bracket", "rank", "place", "score", "keys", "values", "status", "pending")
NEW: Final = ("board_id", "audience", "entry", "line", "changed_version", "previous_place", *WRITTEN)
CHANGED: Final = ("id", "changed_version", *WRITTEN)
FEW: Final = 50
AT_ONCE: Final = 5000
TYPES: Final = {
    "id": "bigint",
    "changed_version": "bigint",
    "rank": "integer",
    "pending": "integer",
    "keys": "jsonb",
    "values": "jsonb",
}


def insert_rows(rows: Sequence[Sequence[Any]]) -> None:
    """New rows, each with the columns of NEW in their order. Must be called inside a transaction."""
    if rows:
        _pour("leaderboards_standing", NEW, rows)


def update_rows(rows: Sequence[Sequence[Any]]) -> None:
    """Changed rows, each with the columns of CHANGED in their order; `previous_place` is the place before the last change of place."""
    if not rows:
        return
    if connection.vendor != "postgresql" or len(rows) < FEW:
        _update_one_by_one(rows)
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS staged_changes")
        cursor.execute(
            f"CREATE TEMPORARY TABLE staged_changes ({', '.join(f'{_quoted(one)} {TYPES.get(one, "text")}' for one in CHANGED)})"
        )
        _pour("staged_changes", CHANGED, rows)
        taken = ", ".join(f"{_quoted(one)} = new.{_quoted(one)}" for one in CHANGED[1:])
        cursor.execute(
            f"UPDATE leaderboards_standing AS old SET {taken}, "  # noqa: S608 names of our own
            "previous_place = CASE WHEN old.place <> new.place THEN old.place ELSE old.previous_place END "
            "FROM staged_changes AS new WHERE old.id = new.id"
        )
        cursor.execute("DROP TABLE staged_changes")


def _update_one_by_one(rows: Sequence[Sequence[Any]]) -> None:
    mark = {"keys": "%s::jsonb", "values": "%s::jsonb"} if connection.vendor == "postgresql" else {}
    taken = ", ".join(f"{_quoted(one)} = {mark.get(one, '%s')}" for one in CHANGED[1:])
    place = CHANGED.index("place")
    statement = (
        f"UPDATE leaderboards_standing SET {taken}, "  # noqa: S608 names of our own
        "previous_place = CASE WHEN place <> %s THEN place ELSE previous_place END WHERE id = %s"
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, [(*map(_cell, row[1:]), row[place], row[0]) for row in rows])


def _pour(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    names = ", ".join(map(_quoted, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) >= FEW:
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([_cell(one) for one in row])
            return
        statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608 names of our own
        for some in batched(rows, AT_ONCE):
            cursor.executemany(statement, [[_cell(one) for one in row] for row in some])


def _cell(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


def _quoted(name: str) -> str:
    return f'"{name}"'
