"""One watcher of one side of a board: messages go out at once, or wait in a short queue while the client is slow."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

REFUSED: Final = 4404
"""The board is not there for this watcher, or no longer: hidden and absent are alike. Do not come again."""
SLOW: Final = 4408
"""Messages were not taken in time: ask for the page instead, and come again later."""
FULL: Final = 4429
"""Too many sockets of this user or address, or of all: ask for the page instead, and come again later."""
RESTART: Final = 1012
"""The process ends. The reason says within how many milliseconds to come again, at a moment chosen by chance."""
PATIENCE: Final = 10.0
"""Seconds for a slow client to take its last word; then the connection is cut."""

type Send = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who watches: the user as at the handshake, their session and address."""

    user: Any
    session: str | None
    address: str

    @property
    def user_id(self) -> int | None:
        """None for a visitor."""
        pk: int | None = getattr(self.user, "pk", None) if getattr(self.user, "is_authenticated", False) else None
        return pk

    @property
    def identity(self) -> tuple[int | None, str | None]:
        """Whoever is alike here gets the same answers; all visitors do."""
        return (None, None) if self.user_id is None else (self.user_id, self.session)


class Socket:
    """A watcher's connection. `push` never waits: a client that does not keep up is dropped when `room` messages wait for it."""

    __slots__ = ("audience", "board_id", "checked", "closing", "dropped", "queue", "room", "send", "sending", "watcher")

    def __init__(self, watcher: Watcher, board_id: int, audience: str, send: Send, *, room: int) -> None:
        self.watcher, self.board_id, self.audience, self.send, self.room = watcher, board_id, audience, send, room
        self.queue: deque[dict[str, Any]] = deque()
        self.sending: asyncio.Task[None] | None = None
        self.closing = False
        self.dropped = False
        self.checked = 0.0

    def push(self, event: dict[str, Any]) -> bool:
        """Send, now if the connection takes it, else when it does. False if the client was too slow for that."""
        if self.closing:
            return True
        if self.sending is None:
            self._begin(event)
            return True
        if len(self.queue) >= self.room:
            self.dropped = True
            self.close(SLOW)
            return False
        self.queue.append(event)
        return True

    def _begin(self, event: dict[str, Any]) -> None:
        """Begun at once and mostly done at once: a task waits only where the connection does."""
        task = asyncio.Task(self.send(event), loop=asyncio.get_running_loop(), eager_start=True)
        if not task.done():
            self.sending = task
            task.add_done_callback(self._sent)
        elif not task.cancelled() and task.exception() is not None:
            self.closing = True  # the client is gone; the door hears it too

    def _sent(self, task: asyncio.Task[None]) -> None:
        self.sending = None
        if task.cancelled() or task.exception() is not None:
            self.closing = True
            self.queue.clear()
            return
        while self.queue and self.sending is None:
            self._begin(self.queue.popleft())

    def close(self, code: int, reason: str = "") -> None:
        """Say why, and end. What still waits is not sent."""
        if self.closing:
            return
        self.queue.clear()
        event = {"type": "websocket.close", "code": code, "reason": reason}
        if self.sending is None:
            self._begin(event)
        else:
            self.queue.append(event)
            asyncio.get_running_loop().call_later(PATIENCE, self._cut)
        self.closing = True

    def _cut(self) -> None:
        """A client that takes nothing is not waited for: uvicorn would keep the connection for as long as the client does."""
        if self.sending is None:
            return
        transport = getattr(getattr(self.send, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()
