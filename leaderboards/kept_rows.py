"""What the framework makes of the rows of a statement, found out once: for statements that are kept (`leaderboards/kept.py`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.fetch_modes import FETCH_ONE
from django.db.models.query import ModelIterable, ValuesListIterable
from django.db.models.signals import post_init, pre_init

NOT_KEPT: Final = (
    "a kept statement gives whole rows of models with what belongs to them, or lists of values, and prefetches nothing"
)

type Row = Sequence[Any]
type Reading = Callable[[Any, Sequence[Row]], list[Any]]
"""From a connection and the rows that came to what is made of them."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One object of each row: its model, its columns and their names, and the objects that belong to it."""

    model: type[Model]
    names: tuple[str, ...]
    columns: slice
    key: int
    plain: bool
    below: list["_Part"] = field(default_factory=list)
    link: Callable[[Any, Any], None] | None = None
    back: Callable[[Any, Any], None] | None = None

    def made(self, row: Row, alias: str) -> Any:
        """The object, or None where the row has none."""
        if row[self.key] is None:
            return None
        if self.plain:
            one = object.__new__(self.model)
            one.__dict__.update(zip(self.names, row[self.columns], strict=True))
            one._state = state = ModelState()
            state.adding, state.db = False, alias
        else:
            one = self.model.from_db(alias, self.names, row[self.columns])
        for part in self.below:
            other = part.made(row, alias)
            if part.link is not None:
                part.link(one, other)
            if other is not None and part.back is not None:
                part.back(other, one)
        return one


def reading(rows: QuerySet[Any, Any], compiler: Any) -> Reading:
    """How these rows are read; `compiler` has put their statement together. Raises RuntimeError for what cannot be kept."""
    inside: Any = rows
    kind: Any = inside._iterable_class
    other = inside._prefetch_related_lookups or inside._known_related_objects or inside._fetch_mode is not FETCH_ONE
    if other or compiler.has_extra_select or rows.query.combinator or kind not in (ModelIterable, ValuesListIterable):
        raise RuntimeError(NOT_KEPT)
    converters = [
        (place, converter, expression)
        for place, (some, expression) in compiler.get_converters(
            [one[0] for one in compiler.select[: compiler.col_count]]
        ).items()
        for converter in some
    ]

    def converted(connection: Any, fetched: Sequence[Row]) -> list[Any]:
        if not converters:
            return list(fetched)
        found = [list(one) for one in fetched]
        for row in found:
            for place, converter, expression in converters:
                row[place] = converter(row[place], expression, connection)
        return found

    if kind is ValuesListIterable:
        return lambda connection, fetched: [tuple(one) for one in converted(connection, fetched)]
    whole, more, alias = _part(compiler.klass_info, compiler.select), list(compiler.annotation_col_map.items()), rows.db

    def objects(connection: Any, fetched: Sequence[Row]) -> list[Any]:
        found = []
        for row in converted(connection, fetched):
            one = whole.made(row, alias)
            for name, place in more:
                setattr(one, name, row[place])
            found.append(one)
        return found

    return objects


def _part(told: dict[str, Any], select: Sequence[Any]) -> _Part:
    if told.get("from_parent"):
        raise RuntimeError(NOT_KEPT)
    model, places = told["model"], told["select_fields"]
    columns = slice(places[0], places[-1] + 1)
    names = tuple(one[0].target.attname for one in select[columns])
    return _Part(
        model,
        names,
        columns,
        key=places[0] + names.index(model._meta.pk.attname),
        plain=_plain(model),
        below=[_part(one, select) for one in told.get("related_klass_infos", ())],
        link=told.get("local_setter"),
        back=told.get("remote_setter"),
    )


def _plain(model: Any) -> bool:
    """Whether a row of the model is its values and nothing else: then they are put where the framework would put them, one by one."""
    own = model.__init__ is not Model.__init__ or model.from_db.__func__ is not Model.from_db.__func__  # type: ignore[attr-defined]
    return not (own or pre_init.has_listeners(model) or post_init.has_listeners(model))
