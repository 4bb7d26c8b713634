"""The database's connection of a worker process: it lasts from task to task, as it does from request to request.

Celery closes it, and the pool it came from, before and after each task. Then each task would begin with a pool of its own, which is four
threads, and a new connection, to which the server and we had to tell again all that was prepared on the one before.
"""

import ctypes
from typing import Any

from celery.fixups import django as fixups
from django.db import close_old_connections, connection


class Lasting(fixups.DjangoWorkerFixup):  # type: ignore[name-defined] # the stubs do not know it
    """Closes a connection that is old or broken, as Django does around a request. Before a fork everything is closed, as ever."""

    def on_task_prerun(self, sender: Any, **_more: Any) -> None:
        """A task is about to run."""
        _close_old(sender)

    def on_task_postrun(self, sender: Any, **_more: Any) -> None:
        """It ran."""
        _close_old(sender)


def _close_old(task: Any) -> None:
    if task.request.is_eager:  # it is somebody else's, and so is the connection
        return
    there = connection.connection is not None
    close_old_connections()
    if there and connection.connection is None:
        give_back()


def give_back() -> None:
    """What lies empty between what is in use goes back to the system: about once a minute, when a connection has ended.

    Each that begins lies above the holes of the one before: without this a busy process grows by half a megabyte a minute that nothing uses.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:  # the C library of GNU has it
        trim(0)


def connect() -> None:
    """Let every worker of this process do so."""
    fixups.DjangoWorkerFixup = Lasting  # type: ignore[attr-defined]
