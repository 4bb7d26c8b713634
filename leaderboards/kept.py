"""Statements that are put together once: what differs from one asking to the next are a few values. The framework reads their answers as ever.

Putting a long statement together takes longer than asking it. Whoever keeps one says how it is made of values; it is made once, of values
that nobody has, and from then on those are exchanged where they stand among its parameters.
"""

from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connections
from django.db.models import Model, QuerySet
from django.db.transaction import TransactionManagementError

NUMBER: Final = 7_205_759_403_792_000
MOMENT: Final = datetime(1903, 3, 3, 3, 3, 3, tzinfo=UTC)


class Kept[M: Model, Row]:
    """A statement made by `make` from values of these kinds, in this order: int, str, datetime. Called with values it gives all rows."""

    def __init__(self, make: Callable[..., QuerySet[M, Row]], *kinds: type) -> None:
        self._make = make
        self._samples = [_sample(kind, number) for number, kind in enumerate(kinds)]
        self._built: tuple[str, QuerySet[M, Row], Any, str, tuple[Any, ...], tuple[tuple[int, int], ...]] | None = None

    def __call__(self, *values: Any) -> list[Row]:
        """All rows, in one statement."""
        vendor, rows, compiler, text, parameters, places = self._statement()
        connection = connections[rows.db]
        if vendor != connection.vendor:
            self._built = None
            return self(*values)
        if rows.query.select_for_update and connection.features.has_select_for_update and not connection.in_atomic_block:
            message = "rows are locked inside a transaction only"
            raise TransactionManagementError(message)
        given = list(parameters)
        for place, number in places:
            given[place] = _adapted(connection, values[number], given[place])
        mine = copy(compiler)
        mine.connection = connection
        mine.as_sql = lambda *_, **__: (text, tuple(given))
        return list(_asking(rows, mine))

    def _statement(self) -> Any:
        if self._built is None:
            rows = self._make(*self._samples)
            connection = connections[rows.db]
            compiler = rows.query.get_compiler(using=rows.db)
            text, parameters = compiler.as_sql()
            places = []
            for number, sample in enumerate(self._samples):
                found = [place for place, one in enumerate(parameters) if one == _adapted(connection, sample, sample)]
                if not found:
                    message = f"value {number} is nowhere in {text}"
                    raise RuntimeError(message)
                places += [(place, number) for place in found]
            self._built = (connection.vendor, rows, compiler, text, tuple(parameters), tuple(places))
        return self._built


def _sample(kind: type, number: int) -> Any:
    """A value that nothing else has."""
    if kind is int:
        return NUMBER + number
    return MOMENT.replace(microsecond=number + 1) if kind is datetime else f"\x01{number}\x01"


def _adapted(connection: Any, value: Any, like: Any) -> Any:
    """A value as the database is given it: as the one whose place it takes."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return type(like)(value)


def _asking[M: Model, Row](rows: QuerySet[M, Row], compiler: Any) -> QuerySet[M, Row]:
    """The rows, asked for by this compiler. Not copied: copying a set of rows would ask for them."""
    asking: Any = object.__new__(type(rows))
    asking.__dict__ |= rows.__dict__ | {"_result_cache": None}
    query: Any = object.__new__(type(rows.query))
    query.__dict__ |= rows.query.__dict__ | {"get_compiler": lambda *_, **__: compiler}
    asking._query = query
    found: QuerySet[M, Row] = asking
    return found
