"""Writes that are put together once, as statements are in `leaderboards.kept`: the text stays, only the values of the rows are new."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from django.db import DatabaseError, connections, models, router, transaction
from django.db.models import Field, Model
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery
from django.db.models.sql.compiler import SQLInsertCompiler

from leaderboards.prepared import kept_cursor

MANY: Final = 50
"""Rows of one insert whose text is kept."""
AS_IT_IS: Final[Mapping[type, type]] = {
    **dict.fromkeys((models.CharField, models.TextField), str),
    **dict.fromkeys((models.BigAutoField, models.BigIntegerField, models.IntegerField, models.PositiveIntegerField), int),
}
"""Kinds of fields, and the values that go to the database as they are: most. The framework looks at the others."""


class _Columns:
    """Fields, and what the database is given for them. A row is anything that has their attributes."""

    def __init__(self, fields: Sequence[Any]) -> None:
        self._fields = [(one, one.attname, _as_it_is(one)) for one in fields]

    def values(self, row: Any, connection: Any, *, new: bool) -> list[Any]:
        """In the order of the fields."""
        found = []
        for one, name, kind in self._fields:
            value = getattr(row, name)
            if kind is None or (value is not None and type(value) is not kind):
                value = one.get_db_prep_save(one.pre_save(row, new), connection)
            found.append(value)
        return found


def _as_it_is(one: Any) -> type | None:
    while isinstance(one, models.ForeignKey):
        one = one.target_field
    return AS_IT_IS.get(type(one))


class KeptInsert[M: Model]:
    """Insert rows of a model: fields that take no part but a plain value. With `over` a row with the same `unique` fields is given these,
    and what is called with may be anything that has the attributes of a row.

    With `counted` a field is numbered by the INSERT itself: ("number", "submission") is one more than the rows of its submission have. The
    row is given its number and, as every single new row, its id.
    """

    def __init__(
        self,
        model: type[M],
        *,
        unique: Sequence[str] = (),
        over: Sequence[str] = (),
        counted: tuple[str, str] | None = None,
    ) -> None:
        self._model, self._unique, self._over = model, unique, over
        self._fields = [one for one in model._meta.concrete_fields if not one.primary_key]
        self._counted = None if counted is None else tuple(cast("Field[Any, Any]", model._meta.get_field(one)) for one in counted)
        number, of = self._counted or (None, None)
        self._columns = _Columns([of if one is number else one for one in self._fields])
        self._texts: dict[tuple[str, int], str] = {}

    def __call__(self, *rows: M | Any) -> None:
        """One statement; at most MANY rows. A single row that is new is given its id. Raises IntegrityError, as ever."""
        connection = connections[router.db_for_write(self._model)]
        text = self._texts.get((connection.vendor, len(rows)))
        if text is None:
            text = self._texts[connection.vendor, len(rows)] = self._put_together(connection, rows)
        given = [value for row in rows for value in self._columns.values(row, connection, new=True)]
        with transaction.mark_for_rollback_on_error(connection.alias):
            cursor = kept_cursor(connection)
            cursor.execute(text, given)
            if self._over:
                return
            (row,) = rows
            ((row.pk, *number),) = cursor.fetchall()
        if self._counted is not None:
            setattr(row, self._counted[0].attname, number[0])
        row._state.adding, row._state.db = False, connection.alias

    def _put_together(self, connection: Any, rows: Sequence[M | Any]) -> str:
        """The framework's text, with a place for each value of each row."""
        named = self._model._meta.get_field
        if len(rows) > MANY or (len(rows) > 1 and not self._over):
            message = f"one row, or at most {MANY} over others: {len(rows)}"
            raise ValueError(message)
        query = InsertQuery(
            self._model,
            on_conflict=OnConflict.UPDATE if self._over else None,
            update_fields=[named(one) for one in self._over],
            unique_fields=[named(one) for one in self._unique],
        )
        query.insert_values(self._fields, cast("list[Model]", list(rows)))
        compiler: Any = SQLInsertCompiler(query, connection, using=None)  # PostgreSQL's own takes lists, which are slow to write
        counted = [] if self._counted is None else [self._counted[0]]
        compiler.returning_fields = None if self._over else [self._model._meta.pk, *counted]
        ((text, _),) = compiler.as_sql()
        return self._with_count(connection, text) if counted else text

    def _with_count(self, connection: Any, text: str) -> str:
        """The text with the count in the place of the value."""
        assert self._counted is not None
        (number, of), quoted = self._counted, connection.ops.quote_name
        column, table = quoted(str(number.column)), quoted(self._model._meta.db_table)
        count = f"(SELECT COALESCE(MAX({column}), 0) + 1 FROM {table} WHERE {quoted(str(of.column))} = %s)"  # noqa: S608 names of ours
        parts, place = text.split("%s"), self._fields.index(number)
        return "%s".join(parts[: place + 1]) + count + "%s".join(parts[place + 1 :])


class KeptUpdate[M: Model]:
    """Write these fields of a row that is there."""

    def __init__(self, model: type[M], *names: str) -> None:
        self._model = model
        self._fields = [cast("Field[Any, Any]", model._meta.get_field(name)) for name in names]
        self._columns = _Columns(self._fields)
        self._texts: dict[str, str] = {}

    def __call__(self, row: M) -> None:
        """One statement. Raises DatabaseError when the row is gone."""
        connection = connections[router.db_for_write(self._model)]
        text = self._texts.get(connection.vendor)
        if text is None:
            text = self._texts[connection.vendor] = self._put_together(connection)
        with transaction.mark_for_rollback_on_error(connection.alias):
            cursor = kept_cursor(connection)
            cursor.execute(text, [*self._columns.values(row, connection, new=False), row.pk])
            if cursor.rowcount != 1:
                message = f"The {self._model._meta.verbose_name} is gone: nothing was written."
                raise DatabaseError(message)

    def _put_together(self, connection: Any) -> str:
        quoted, meta = connection.ops.quote_name, self._model._meta
        pairs = ", ".join(f"{quoted(str(one.column))} = %s" for one in self._fields)
        return f"UPDATE {quoted(meta.db_table)} SET {pairs} WHERE {quoted(str(meta.pk.column))} = %s"  # noqa: S608 names of ours
