"""Scenes that take long to build are built once in a process: whoever asks again gets the same rows, put into the test's own transaction."""

import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, wraps
from typing import Any, Final, NamedTuple

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import FileField, Model
from django.utils.timezone import now

from games.cycles.models import Design
from games.cycles.queries import not_yet_committed

OLDEST: Final = timedelta(minutes=1)
"""The times of a scene are around now: an older copy is made anew, and so is one that comes from another time."""
ALWAYS_THERE: Final = (ContentType, Permission)


class Rows(NamedTuple):
    """The rows of one table, as the database gave them."""

    table: str
    columns: tuple[str, ...]
    values: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Copy:
    """A scene as it was built: what puts its rows into the database again, and what the builder returned, pickled."""

    at: datetime
    rows: list[Rows]
    script: str
    files: dict[str, bytes]
    designs: list[tuple[int, int]]
    made: bytes


_copies: dict[str, Copy] = {}
_asked: set[str] = set()


def kept[**P, T](build: Callable[P, T]) -> Callable[P, T]:
    """`build`, whose rows are kept when it is asked for the second time, for plain arguments and a database with nothing in it.

    Everybody gets rows and objects of their own; a test that has something in its database already, or whose transaction is
    a real one, has the scene built there.
    """

    @wraps(build)
    def building(*args: P.args, **kwargs: P.kwargs) -> T:
        key = _key(build, args, kwargs)
        if not key or not connection.in_atomic_block or not _is_empty():
            return build(*args, **kwargs)
        copy = _copies.get(key)
        if copy is not None and abs(now() - copy.at) < OLDEST:
            _put(copy)
            return pickle.loads(copy.made)
        made = build(*args, **kwargs)
        if key in _asked:
            _copies[key] = _copy_of(made)
        _asked.add(key)
        return made

    return building


def _key(build: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Which scene is asked for; empty where an argument is no plain data."""
    try:
        return f"{build.__module__}.{build.__qualname__} {json.dumps([args, kwargs])}"
    except TypeError:
        return ""


@cache
def _models() -> list[type[Model]]:
    found = apps.get_models(include_auto_created=True)
    return [one for one in found if one._meta.managed and not one._meta.proxy and one not in ALWAYS_THERE]


@cache
def _anything() -> str:
    tables = (connection.ops.quote_name(one._meta.db_table) for one in _models())
    return "SELECT " + " OR ".join(f"EXISTS(SELECT 1 FROM {table})" for table in tables)


def _is_empty() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_anything())
        return not cursor.fetchone()[0]


def _copy_of(made: object) -> Copy:
    rows = [one for one in map(_rows_of, _models()) if one.values]
    script = _script(rows) if connection.vendor == "postgresql" else ""
    designs = list(Design.objects.values_list("cycle_id", "number"))
    return Copy(now(), rows, script, _files(), designs, pickle.dumps(made))


def _files() -> dict[str, bytes]:
    """What the rows name in the storage, which outlives a test, and which some tests empty."""
    found: dict[str, bytes] = {}
    for field in (field for model in _models() for field in model._meta.local_concrete_fields if isinstance(field, FileField)):
        for name in field.model._default_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True):
            with default_storage.open(name) as file:
                found[name] = file.read()
    return found


def _rows_of(model: type[Model]) -> Rows:
    name = connection.ops.quote_name
    table = name(model._meta.db_table)
    columns = tuple(name(str(one.column)) for one in model._meta.local_concrete_fields if not one.generated)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
        return Rows(table, columns, cursor.fetchall())


def _script(rows: list[Rows]) -> str:
    """All rows in one text, and sequences that go on from there: a test may have set them back."""
    parts: list[str] = []
    with connection.cursor() as cursor:
        for one in rows:
            row = f"({', '.join(['%s'] * len(one.columns))})"
            values = ", ".join(cursor.mogrify(row, value) for value in one.values)
            parts.append(f"INSERT INTO {one.table} ({', '.join(one.columns)}) VALUES {values}")
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [one.table, one.columns[0].strip('"')])
            if sequence := cursor.fetchone()[0]:
                last = max(value[0] for value in one.values)
                parts.append(f"SELECT setval('{sequence}', GREATEST({last}, (SELECT last_value FROM {sequence})))")
    return ";".join(parts)


def _put(copy: Copy) -> None:
    with connection.cursor() as cursor:
        if copy.script:
            cursor.execute(copy.script)
        else:
            for table, columns, values in copy.rows:
                places = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", values)
    for name, content in copy.files.items():
        default_storage.delete(name)
        default_storage.save(name, ContentFile(content))
    for place in copy.designs:
        not_yet_committed(*place)  # as when its builder gave it out
