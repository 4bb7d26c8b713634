"""Plain COPY, the fastest way of rows into PostgreSQL: to fill tables, and as the limit of everything that stores rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from bench.harness import watched


@contextmanager
def in_bulk() -> Iterator[CursorWrapper]:
    """A transaction that fills or empties tables: no key is looked up for each of millions of rows that are known to fit."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor


def copy_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows of Python values into a table."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)))
    with in_bulk() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


class CopyAgain:
    """The rows that a piece of work stored, copied once more: into tables with the same columns, keys and indexes, in one commit.

    `rows`: table → condition (SQL) that picks them. They are kept as the text that COPY reads, so only the database works.
    """

    def __init__(self, rows: Mapping[str, str]) -> None:
        self.lengths: dict[str, int] = {}
        self._texts: dict[str, bytes] = {}
        with connection.cursor() as cursor:
            for table, condition in rows.items():
                query = f"COPY (SELECT * FROM {table} WHERE {condition}) TO STDOUT"
                with cursor.copy(query) as copy:
                    self._texts[table] = b"".join(bytes(piece) for piece in copy)
                self.lengths[table] = self._texts[table].count(b"\n")
                cursor.execute(f"DROP TABLE IF EXISTS bench_{table}")
                cursor.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")

    def __call__(self) -> float:
        """Seconds of one COPY of everything into empty tables, with its commit."""
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE " + ", ".join(f"bench_{table}" for table in self._texts))
        with watched() as watch, transaction.atomic(), connection.cursor() as cursor:
            for table, text in self._texts.items():
                with cursor.copy(f"COPY bench_{table} FROM STDIN") as copy:
                    copy.write(text)
        return watch.seconds

    @property
    def total(self) -> int:
        """How many rows."""
        return sum(self.lengths.values())
