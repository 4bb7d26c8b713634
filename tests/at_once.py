"""Several requests at the same moment, in threads with connections of their own. For tests marked `django_db(transaction=True)`."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from games.errors import GameError

TOGETHER = 6


def at_once(act: Callable[[], Any], *others: Callable[[], Any]) -> list[Any]:
    """Call `act` (and `others`, in turn) in threads that start together; what each returned, or how it was refused."""
    acts = (act, *others)
    barrier = Barrier(TOGETHER)

    def run(number: int) -> Any:
        try:
            barrier.wait()
            return acts[number % len(acts)]()
        except GameError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(run, range(TOGETHER)))
