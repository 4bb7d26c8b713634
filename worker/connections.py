"""The database's connection of a worker process: it lasts from task to task, as it does from request to request.

Celery closes it, and the pool it came from, before and after each task. Then each task would begin with a pool of its own, which is four
threads, and a new connection, to which the server and we had to tell again all that was prepared on the one before.
"""

from typing import Any

from celery.fixups import django as fixups
from django.db import close_old_connections


class Lasting(fixups.DjangoWorkerFixup):  # type: ignore[name-defined] # the stubs do not know it
    """Closes a connection that is old or broken, as Django does around a request. Before a fork everything is closed, as ever."""

    def on_task_prerun(self, sender: Any, **_more: Any) -> None:
        """A task is about to run."""
        _close_old(sender)

    def on_task_postrun(self, sender: Any, **_more: Any) -> None:
        """It ran."""
        _close_old(sender)


def _close_old(task: Any) -> None:
    if not task.request.is_eager:  # else it is somebody else's, and so is the connection
        close_old_connections()


def connect() -> None:
    """Let every worker of this process do so."""
    fixups.DjangoWorkerFixup = Lasting  # type: ignore[attr-defined]
