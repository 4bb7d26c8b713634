"""Statements that are put together once: what differs from one asking to the next are a few values. The framework reads their answers as ever.

Putting a long statement together takes longer than asking it. Whoever keeps one says how it is made of values; it is made once, of values
that nobody has, and from then on those are exchanged where they stand among its parameters. It is made twice, in truth: a value that does
not stand there as it is, but in something made of it, would be kept for everybody.

PostgreSQL is told a kept statement once per connection, and plans it once (`leaderboards/prepared.py`): a text with a few parameters, all
else written out.
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet
from django.db.transaction import TransactionManagementError

from leaderboards.kept_rows import Reading, reading
from leaderboards.prepared import kept_cursor

NUMBER: Final = 7_205_759_403_792_000
OTHERS: Final = 100_000
MOMENT: Final = datetime(1903, 3, 3, 3, 3, 3, tzinfo=UTC)
MOST: Final = 100
"""Shapes of one kind: then all are forgotten."""
PLACE: Final = re.compile(r"(%[s%])")
CASTS: Final = {int: "::bigint", datetime: "::timestamptz", str: ""}
"""Kinds of values as PostgreSQL calls them; texts are taken for what they are compared with."""

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
    alias: str
    locks: bool
    text: str
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]
    read: Reading

    def holds(self) -> bool:
        """Whether it was made for the database that is asked."""
        return self.vendor == connections[self.alias].vendor

    def ask(self, values: Sequence[Any]) -> list[Any]:
        connection = connections[self.alias]
        if self.locks and connection.features.has_select_for_update and not connection.in_atomic_block:
            message = "rows are locked inside a transaction only"
            raise TransactionManagementError(message)
        return self.read(connection, self._fetched(connection, values)) if self.text else []

    def _fetched(self, connection: Connection, values: Sequence[Any]) -> Sequence[Any]:
        if connection.vendor == "postgresql":
            given = [values[number] for _, number in self.places]
        else:
            given = list(self.parameters)
            for place, number in self.places:
                given[place] = _adapted(connection, values[number], given[place])
        cursor = kept_cursor(connection)
        cursor.execute(self.text, given)
        found: Sequence[Any] = cursor.fetchall()
        return found


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
        return _Statement(connection.vendor, rows.db, False, "", (), (), lambda *_: [])
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
    if text != same:
        message = f"it is another statement for other values: {text}"
        raise RuntimeError(message)
    if connection.vendor == "postgresql":
        text = _written_out(connection, text, parameters, {place: kinds[number] for place, number in places})
    locks = rows.query.select_for_update
    return _Statement(connection.vendor, rows.db, locks, text, tuple(parameters), tuple(places), reading(rows, compiler))


def _written_out(connection: Connection, text: str, parameters: Sequence[Any], places: Mapping[int, type]) -> str:
    """The statement with all its parameters in it but those at these places, of which it says the kind."""
    parts, place = PLACE.split(text), -1
    for number, part in enumerate(parts):
        if part == "%s":
            place += 1
            if place in places:
                parts[number] = part + CASTS[places[place]]
            else:
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
