"""Writes that are put together once, as statements are in `leaderboards.kept`: the text stays, only the values of the rows are new."""

from collections.abc import Sequence
from typing import Any, Final, cast

from django.db import DatabaseError, connections, router, transaction
from django.db.models import Field, Model
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

from leaderboards.prepared import kept_cursor

MANY: Final = 50
"""Rows of one insert whose text is kept."""


class KeptInsert[M: Model]:
    """Insert rows of a model: fields that take no part but a plain value. With `over` a row with the same `unique` fields is given these.

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
        self._texts: dict[tuple[str, int], tuple[str, bool]] = {}

    def __call__(self, *rows: M) -> None:
        """One statement; at most MANY rows. A single row that is new is given its id. Raises IntegrityError, as ever."""
        connection = connections[router.db_for_write(self._model)]
        fields = self._fields
        if self._counted is not None:
            number, of = self._counted
            fields = [of if one is number else one for one in fields]
        values = [[one.get_db_prep_save(one.pre_save(row, True), connection) for one in fields] for row in rows]
        kept = self._texts.get((connection.vendor, len(rows)))
        if kept is None:
            kept = self._texts[connection.vendor, len(rows)] = self._put_together(connection, rows)
        text, by_column = kept
        given = [list(column) for column in zip(*values, strict=True)] if by_column else [one for row in values for one in row]
        with transaction.mark_for_rollback_on_error(connection.alias):
            cursor = kept_cursor(connection)
            cursor.execute(text, given)
            if not self._over:
                ((rows[0].pk, *number_given),) = cursor.fetchall()
                if self._counted is not None:
                    setattr(rows[0], self._counted[0].attname, number_given[0])
        for row in rows:
            row._state.adding, row._state.db = False, connection.alias

    def _put_together(self, connection: Any, rows: Sequence[M]) -> tuple[str, bool]:
        """The framework's text, and whether it takes a list of values for each field instead of the values of each row."""
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
        compiler: Any = query.get_compiler(connection=connection)
        counted = [] if self._counted is None else [self._counted[0]]
        compiler.returning_fields = None if self._over else [self._model._meta.pk, *counted]
        ((text, parameters),) = compiler.as_sql()
        by_column = len(parameters) == len(self._fields) and len(rows) > 1
        return (self._with_count(connection, text) if counted else text), by_column

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

    def __call__(self, row: M) -> None:
        """One statement. Raises DatabaseError when the row is gone."""
        connection = connections[router.db_for_write(self._model)]
        quoted, meta = connection.ops.quote_name, self._model._meta
        pairs = ", ".join(f"{quoted(str(one.column))} = %s" for one in self._fields)
        text = f"UPDATE {quoted(meta.db_table)} SET {pairs} WHERE {quoted(str(meta.pk.column))} = %s"  # noqa: S608 names of ours
        values = [one.get_db_prep_save(one.pre_save(row, False), connection) for one in self._fields]
        with transaction.mark_for_rollback_on_error(connection.alias):
            cursor = kept_cursor(connection)
            cursor.execute(text, [*values, row.pk])
            if cursor.rowcount != 1:
                message = f"The {meta.verbose_name} is gone: nothing was written."
                raise DatabaseError(message)
