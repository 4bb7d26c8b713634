"""After the commit of every act: workers are asked to look, boards are shown. What the acts start stands in `worker/reactions.py`.

Every process listens like this, the web too, so nothing here may lead to the actions of the game. The clock asks for a pulse each second
anyway: a lost message costs a second, never an act.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, Final

from django.conf import settings
from redis.exceptions import RedisError

from games.journal.actions import on
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from leaderboards.measures import count
from worker.asking_again import SEEN_ANEW, ask_watchers_again
from worker.sending import hold, let_go, send
from worker.telling import headers
from worker.withdrawing import NARROWS, PARTS, WIDENS, ask_reader_again, outdate, withdraw

logger = logging.getLogger(__name__)

QUIET: Final = 5.0  # seconds without publishing after the broker failed
BURST: Final = 0.05  # seconds: the acts of a burst share one pulse, a little later
LASTS: Final = 2.0
"""Seconds for which a pulse that was asked for stands for all others: until it has run, and no longer where its message is lost."""
BEHIND: Final[Mapping[str, Any]] = {"priority": 9, "expires": 5}
"""Pulses come behind everything else, and old ones are dropped: where acts come faster than they are read, the work they start gets its turn."""
_state: dict[str, float] = {"quiet_until": 0.0, "woke": -BURST, "covered_until": 0.0}
_connected: list[bool] = []
_looking: ContextVar[bool] = ContextVar("looking", default=False)


def publish(task: str, *arguments: Any, countdown: float | None = None) -> bool:
    """Queue a task by name; false if that cannot be done now. Tried once, with a short time limit, and after a failure not for a while."""
    if not settings.HAS_REDIS or time.monotonic() < _state["quiet_until"]:
        return False
    try:
        if task == "pulse" and not hold("pulse", LASTS):
            return True  # one waits or runs, and sees what is there when it ends
        send(f"worker.tasks.{task}", arguments, countdown=countdown, headers=headers(), **(BEHIND if task == "pulse" else {}))
    except Exception as error:  # noqa: BLE001 whatever the broker does, the act is committed and the clock catches up
        _state["quiet_until"] = time.monotonic() + QUIET
        count("publish_failures")
        logger.warning("%s was not queued (%s); the clock catches up", task, error)
        return False
    return True


def wake(_entry: JournalEntry) -> None:
    """An act was committed: a worker may look at once. Many acts in a row ask for one pulse now and one that comes after them."""
    now = time.monotonic()
    if _looking.get() or now < _state["covered_until"]:
        return
    if now - _state["woke"] < BURST:
        _state["covered_until"] = now + BURST
        publish("pulse", countdown=2 * BURST)
        return
    _state["woke"] = now
    publish("pulse")


@contextmanager
def looking() -> Iterator[None]:
    """In here acts wake nobody: whoever looks until there is nothing left sees them too."""
    token = _looking.set(True)
    try:
        yield
    finally:
        _looking.reset(token)


def pulsed() -> None:
    """A pulse that was asked for has run: the next act asks for another one."""
    if settings.HAS_REDIS:
        with suppress(RedisError, OSError):
            let_go("pulse")


def show(entry: JournalEntry) -> None:
    """Standings changed: whoever watches the board sees it."""
    board = int(entry.subject.removeprefix("board:"))
    said = entry.payload
    publish("show", board, said["audience"], said["from"], said["gone"], said["version"], entry.at.timestamp())


def connect() -> None:
    """Listen to the journal. Called once when Django is ready, in every process; called again it does nothing."""
    if _connected:
        return
    _connected.append(True)
    for kind in Kind:
        if kind in NARROWS:
            on(kind, withdraw)
        if kind in WIDENS:
            on(kind, outdate)
        if kind in PARTS:
            on(kind, ask_reader_again)
        if kind is Kind.STANDINGS_CHANGED:
            on(kind, show)
        else:
            on(kind, wake)
        if kind in SEEN_ANEW:
            on(kind, ask_watchers_again)
