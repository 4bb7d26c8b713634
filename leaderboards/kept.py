"""Statements that are put together once: what differs from one asking to the next are a few values. The framework reads their answers as ever.

Putting a long statement together takes longer than asking it. Whoever keeps one says how it is made of values; it is made once, of values
that nobody has, and from then on those are exchanged where they stand among its parameters. It is made twice, in truth: a value that does
not stand there as it is, but in something made of it, would be kept for everybody.

PostgreSQL is told a kept statement once per connection, and plans it once: it is sent as text with a few parameters, all else written out.
"""

import re
from collections.abc import Callable, Hashable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet
from django.db.transaction import TransactionManagementError
from psycopg.types.numeric import Int8

NUMBER: Final = 7_205_759_403_792_000
OTHERS: Final = 100_000
MOMENT: Final = datetime(1903, 3, 3, 3, 3, 3, tzinfo=UTC)
MOST: Final = 100
"""Shapes of one kind: then all are forgotten."""
PLACE: Final = re.compile(r"(%[s%])")

type Connection = Any
"""The framework's."""


class Kept[M: Model, Row]:
    """A statement made by `make` from values of these kinds, in this order: int, str, datetime. Called with values it gives all rows."""

    def __init__(self, make: Callable[..., QuerySet[M, Row]], *kinds: type) -> None:
        self._make, self._kinds = make, kinds
        self._built: _Statement | None = None

    def __call__(self, *values: Any) -> list[Row]:
        """All rows, in one statement."""
        return self._statement().ask(values)

    def _statement(self) -> "_Statement":
        if self._built is None or not self._built.holds():
            self._built = _built(self._make, self._kinds)
            if missing := set(range(len(self._kinds))) - {number for _, number in self._built.places}:
                message = f"value {min(missing)} is nowhere in {self._built.text}"
                raise RuntimeError(message)
        return self._built


class KeptShapes:
    """Statements of one kind that differ in shape: how many values there are, and what is asked of them. One is kept for each."""

    def __init__(self) -> None:
        self._built: dict[Hashable, _Statement] = {}

    def ask(self, shape: Hashable, make: Callable[..., QuerySet[Any, Any]], values: Sequence[int | datetime]) -> list[Any]:
        """All rows of the statement that `make` puts together of values like these; of one shape always the same. A value may be nowhere."""
        found = self._built.get(shape)
        if found is None or not found.holds():
            if len(self._built) >= MOST:
                self._built = {}
            found = self._built[shape] = _built(make, [type(one) for one in values])
        return found.ask(values)


@dataclass(frozen=True, slots=True)
class _Statement:
    """What was put together. `places`: (where among the parameters, which value). `text` is empty where nothing can be found."""

    vendor: str
    rows: QuerySet[Any, Any]
    compiler: Any
    text: str
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]
    converters: dict[int, Any]

    def holds(self) -> bool:
        """Whether it was made for the database that is asked."""
        return self.vendor == connections[self.rows.db].vendor

    def ask(self, values: Sequence[Any]) -> list[Any]:
        connection = connections[self.rows.db]
        if self.rows.query.select_for_update and connection.features.has_select_for_update and not connection.in_atomic_block:
            message = "rows are locked inside a transaction only"
            raise TransactionManagementError(message)
        return list(self._as_rows(connection, self._fetched(connection, values))) if self.text else []

    def _fetched(self, connection: Connection, values: Sequence[Any]) -> list[Any]:
        if connection.vendor == "postgresql":
            given = [Int8(values[number]) if isinstance(values[number], int) else values[number] for _, number in self.places]
            cursor = _preparing(connection)
        else:
            given = list(self.parameters)
            for place, number in self.places:
                given[place] = _adapted(connection, values[number], given[place])
            cursor = connection.cursor()
        with cursor:
            cursor.execute(self.text, given)
            return list(cursor.fetchall())

    def _as_rows(self, connection: Connection, fetched: list[Any]) -> QuerySet[Any, Any]:
        """The rows, as the framework makes them of what came. Not copied: copying a set of rows would ask for them."""
        compiler = copy(self.compiler)
        compiler.connection = connection
        compiler.execute_sql = lambda *_, **__: [fetched]
        compiler.get_converters = lambda *_: self.converters
        asking: Any = object.__new__(type(self.rows))
        asking.__dict__ |= self.rows.__dict__ | {"_result_cache": None}
        query: Any = object.__new__(type(self.rows.query))
        query.__dict__ |= self.rows.query.__dict__ | {"get_compiler": lambda *_, **__: compiler}
        asking._query = query
        found: QuerySet[Any, Any] = asking
        return found


class _Preparing(psycopg.Cursor[Any]):
    """A cursor that has each statement prepared by the server."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
        return super().execute(query, params, prepare=True)


def _preparing(connection: Connection) -> Any:
    """The same with what the framework lays around every cursor: its errors, and its counting of statements."""
    with connection.cursor():  # connects where nothing is connected yet, and asks whether it still is
        return connection._prepare_cursor(_Preparing(connection.connection))


def _built(make: Callable[..., QuerySet[Any, Any]], kinds: Sequence[type]) -> _Statement:
    """Put together twice, of other values: what differs are these values, and they stand there as they are."""
    samples, others = ([_sample(kind, number + more) for number, kind in enumerate(kinds)] for more in (0, OTHERS))
    rows = make(*samples)
    connection = connections[rows.db]
    compiler = rows.query.get_compiler(using=rows.db)
    again = make(*others).query.get_compiler(using=rows.db)
    try:
        (text, parameters), (same, elsewhere) = compiler.as_sql(), again.as_sql()
    except EmptyResultSet:
        return _Statement(connection.vendor, rows, compiler, "", (), (), {})
    pairs = [
        (_adapted(connection, one, one), _adapted(connection, other, other)) for one, other in zip(samples, others, strict=True)
    ]
    places = []
    for place, both in enumerate(zip(parameters, elsewhere, strict=True)):
        if both in pairs:
            places.append((place, pairs.index(both)))
        elif getattr(both[0], "obj", both[0]) != getattr(both[1], "obj", both[1]):
            message = f"parameter {place} is made of a value and cannot be exchanged in {text}"
            raise RuntimeError(message)
    if text != same or compiler.has_extra_select:
        message = f"it is another statement for other values: {text}"
        raise RuntimeError(message)
    if connection.vendor == "postgresql":
        text = _written_out(connection, text, parameters, {place for place, _ in places})
    converters = compiler.get_converters([one[0] for one in compiler.select[: compiler.col_count]])
    return _Statement(connection.vendor, rows, compiler, text, tuple(parameters), tuple(places), converters)


def _written_out(connection: Connection, text: str, parameters: Sequence[Any], places: set[int]) -> str:
    """The statement with all its parameters but those at these places in it."""
    parts, place = PLACE.split(text), -1
    for number, part in enumerate(parts):
        if part == "%s":
            place += 1
            if place not in places:
                parts[number] = connection.ops.compose_sql("%s", [parameters[place]]).replace("%", "%%")
    return "".join(parts)


def _sample(kind: type, number: int) -> Any:
    """A value that nothing else has."""
    if kind is int:
        return NUMBER + number
    return MOMENT.replace(microsecond=number + 1) if kind is datetime else f"\x01{number}\x01"


def _adapted(connection: Connection, value: Any, like: Any) -> Any:
    """A value as the database is given it: as the one whose place it takes."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return type(like)(value)
