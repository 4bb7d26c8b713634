"""Several threads that begin at the same moment, each with its own connection to the database."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all acts together; what each returned, or the exception it raised, in their order. Needs `django_db(transaction=True)`."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            ready.wait(timeout=20)
            return act()
        except Exception as fault:  # noqa: BLE001 -- the exception is the result
            return fault
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return list(pool.map(run, acts))


def impatient[T](act: Callable[[], T]) -> Callable[[], T]:
    """The same act on PostgreSQL, which fails where it would have to wait for a lock that another transaction holds."""

    def run() -> T:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        try:
            return act()
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")

    return run
