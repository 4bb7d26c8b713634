"""Very many rows at once: COPY on PostgreSQL, one prepared statement on SQLite. For rows that were checked before; nothing is signalled."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import batched
from typing import Any, Final

from django.db import connection
from django.db.models import Model

CHUNK: Final = 1_000
"""Rows that are sent at once: the database takes these over while the next are written."""
ESCAPED: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def new_ids(model: type[Model], count: int) -> Sequence[int]:
    """So many ids that nobody else gets. On SQLite the transaction holds the only write lock."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = %s), 0)", [table])
        last: int = cursor.fetchone()[0]
        return range(last + 1, last + 1 + count)


def pour(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], **same: Any) -> None:
    """Insert rows of the named columns; `same`: columns with one value in all of them.

    Values are None, text, whole numbers, times, and lists and tables that become JSON.
    """
    if connection.vendor == "postgresql":
        _copy(model, (*columns, *same), map("".join, batched(_lines(rows, tuple(same.values())), CHUNK)))
        return
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), ", ".join(quote(name) for name in (*columns, *same))
    last = tuple(map(_adapted, same.values()))
    statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * (len(columns) + len(last)))})"  # noqa: S608 names of our own models
    with connection.cursor() as cursor:
        for some in batched(((*map(_adapted, row), *last) for row in rows), CHUNK):
            cursor.executemany(statement, some)


def pour_under(model: type[Model], columns: Sequence[str], rows: Iterable[tuple[int, tuple[Any, ...]]]) -> None:
    """The same for rows that belong to others: (id of the other, the rest of the row). Rests that repeat are written once."""
    if connection.vendor != "postgresql":
        pour(model, columns, ((pk, *rest) for pk, rest in rows))
        return
    known = _Known()
    _copy(model, columns, ("".join([f"{pk}\t{known[rest]}" for pk, rest in some]) for some in batched(rows, CHUNK)))


def _copy(model: type[Model], columns: Iterable[str], chunks: Iterable[str]) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(quote(name) for name in columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as copy:
        for chunk in chunks:
            copy.write(chunk)


def rewrite(model: type[Model], rows: Iterable[tuple[int | None, int]], column: str, *, counted: str, **same: Any) -> None:
    """Change rows, given as (new number of the column, id): beside it `same` in each, and `counted` goes up by one. A statement for all."""
    quote = connection.ops.quote_name
    table, counter = quote(model._meta.db_table), quote(counted)
    changed = "".join(f"{quote(name)} = %s, " for name in same) + f"{counter} = {counter} + 1, {quote(column)}"
    given = [_adapted(value) for value in same.values()]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            news = "(SELECT unnest(%s::bigint[]) AS value, unnest(%s::bigint[]) AS id) AS news"
            statement = f"UPDATE {table} SET {changed} = news.value FROM {news} WHERE {table}.id = news.id"  # noqa: S608 our own names
            cursor.execute(statement, [*given, *map(_array, zip(*rows, strict=True))])
            return
        statement = f"UPDATE {table} SET {changed} = %s WHERE id = %s"  # noqa: S608 names of our own models
        cursor.executemany(statement, [(*given, *row) for row in rows])


def _array(numbers: Iterable[int | None]) -> str:
    """As PostgreSQL reads an array: very many numbers one by one are slow."""
    return "{" + ",".join(["NULL" if one is None else str(one) for one in numbers]) + "}"


def check_references() -> None:
    """Let PostgreSQL look now, not at the commit, whether what was written refers to what is there: rows that move meanwhile cost it more."""
    if connection.vendor == "postgresql":
        connection.check_constraints()


def pour_with_ids(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], **same: Any) -> Sequence[int]:
    """The same, returning the id of each row."""
    ids = new_ids(model, len(rows))
    pour(model, ("id", *columns), ((pk, *row) for pk, row in zip(ids, rows, strict=True)), **same)
    return ids


def looked_at(*models: type[Model]) -> None:
    """Let PostgreSQL see how many rows there are now: plans made for empty tables take minutes on full ones."""
    if connection.vendor != "postgresql":
        return
    tables = ", ".join(connection.ops.quote_name(one) for one in sorted(model._meta.db_table for model in models))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")
        cursor.execute("SET LOCAL cursor_tuple_fraction = 1")  # whatever is read here is read to its end


def _lines(rows: Iterable[Sequence[Any]], same: Sequence[Any] = ()) -> Iterator[str]:
    """Rows in COPY's text format, each with the same cells at its end."""
    end = "".join("\t" + (_escaped(one) if type(one) is str else _text(one)) for one in same) + "\n"
    for row in rows:
        yield "\t".join([_escaped(cell) if type(cell) is str else _text(cell) for cell in row]) + end


class _Known(dict[tuple[Any, ...], str]):
    """Rows → their lines, written when they are first asked for."""

    def __missing__(self, row: tuple[Any, ...]) -> str:
        [line] = _lines([row])
        self[row] = line
        return line


def _escaped(cell: str) -> str:
    """Few cells have anything to escape, and looking is several times faster than going through every character."""
    return cell.translate(ESCAPED) if "\\" in cell or "\t" in cell or "\n" in cell or "\r" in cell else cell


def _text(value: Any) -> str:
    if type(value) is int:
        return str(value)
    if value is None:
        return "\\N"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict | list):
        return _escaped(json.dumps(value))
    return str(value)


def _adapted(value: Any) -> Any:
    if isinstance(value, datetime):
        return _moment(value)
    return json.dumps(value) if isinstance(value, dict | list) else value


@lru_cache(maxsize=1024)
def _moment(value: datetime) -> str:
    return str(connection.ops.adapt_datetimefield_value(value))
