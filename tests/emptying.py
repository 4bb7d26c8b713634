"""After a test whose transactions were real, the database is as empty as before it.

Django empties every table there is, and writes content types and permissions anew. Here those stay, which no test changes, and only tables with
something in them are touched.
"""

from functools import cache

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

STAYS = frozenset({ContentType._meta.db_table, Permission._meta.db_table})


@cache
def tables(using: str = DEFAULT_DB_ALIAS) -> tuple[str, ...]:
    """Tables of models, quoted, but for those that stay."""
    there = connections[using].introspection.django_table_names(only_existing=True, include_views=False)
    return tuple(connections[using].ops.quote_name(one) for one in sorted(set(there) - STAYS))


def filled(connection: BaseDatabaseWrapper) -> list[str]:
    """Of these, tables with a row in them."""
    looks = [f"SELECT '{one}' WHERE EXISTS (SELECT 1 FROM {one})" for one in tables(connection.alias)]
    with connection.cursor() as cursor:
        found: list[str] = []
        for first in range(0, len(looks), 200):  # SQLite takes no more than five hundred in one statement
            cursor.execute(" UNION ALL ".join(looks[first : first + 200]))
            found += [name for (name,) in cursor.fetchall()]
    return found


def empty(using: str = DEFAULT_DB_ALIAS) -> None:
    """Take every row away. Whoever still writes, such as the session of a process that the test killed, is waited for."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {', '.join(tables(using))} IN ACCESS EXCLUSIVE MODE")
        for name in filled(connection):
            cursor.execute(f"DELETE FROM {name}")  # references are looked at when all are gone


def leave_empty(test: TransactionTestCase) -> None:
    """Instead of Django's flush."""
    for using in test._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
        empty(using)
