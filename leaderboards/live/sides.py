"""One side of a board while somebody watches it: in which order changes go out, how often, and what a watcher who comes back is told."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

import orjson

from leaderboards.live.messages import FETCH, Delta, body, merged, written
from leaderboards.live.sockets import Socket

KEPT: Final = 64
"""Messages kept for those who come back."""
KEPT_CHARACTERS: Final = 256 * 1024
GRACE: Final = 1.0
"""Seconds for a message that was overtaken by the next one; then everybody fetches."""

type Sent = Callable[["Side", Delta, int], None]


class Side:
    """Sockets of one side, the version they are at, and what comes next. Everything happens on one event loop."""

    def __init__(self, board_id: int, audience: str, key: str, version: int, *, tick: float, sent: Sent) -> None:
        self.board_id, self.audience, self.key, self.version = board_id, audience, key, version
        self.tick, self.sent = tick, sent
        self.sockets: set[Socket] = set()
        self.recent: deque[Delta] = deque()
        self.waiting: dict[int, Delta] = {}
        self.timer: asyncio.TimerHandle | None = None
        self.last = self.gap = float("-inf")
        self.behind = 0
        """The version that the database was found at, newer than ours."""

    def hear(self, delta: Delta) -> None:
        """Take a change; it goes out at once, or with others at the next tick."""
        if delta.version <= self.version:
            return
        known = self.waiting.get(delta.since)
        if known is None or known.version < delta.version:
            self.waiting[delta.since] = delta
        if self.timer is not None:
            return
        loop = asyncio.get_running_loop()
        if loop.time() >= self.last + self.tick:
            self.flush()
        else:
            self.timer = loop.call_at(self.last + self.tick, self.flush)

    def flush(self) -> None:
        """Send what follows on our version, as one message."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        chain = self._chain()
        if chain:
            since = self.version
            plain = len(chain) == 1 and chain[0].since == since
            self._send(chain[0] if plain else merged(chain, since=since))
        self._look_at_gap()

    def _chain(self) -> list[Delta]:
        """The changes that follow each other from our version on; what is known already is dropped."""
        chain: list[Delta] = []
        version = self.version
        while True:
            delta = self.waiting.pop(version, None) or self._reaching(version)
            if delta is None:
                break
            chain.append(delta)
            version = delta.version
        self.waiting = {since: one for since, one in self.waiting.items() if one.version > version}
        return chain

    def _reaching(self, version: int) -> Delta | None:
        """A change that begins before this version and leads beyond it: it tells what is needed, and more."""
        since = next((since for since, one in self.waiting.items() if since < version < one.version), None)
        return None if since is None else self.waiting.pop(since)

    def _look_at_gap(self) -> None:
        """What waits for a message that does not come, waits for a moment only."""
        if not self.waiting:
            self.gap = float("-inf")
            return
        loop = asyncio.get_running_loop()
        if self.gap == float("-inf"):
            self.gap = loop.time()
        if loop.time() >= self.gap + GRACE:
            self.skip_to(max(one.version for one in self.waiting.values()))
        else:
            self.timer = loop.call_later(max(self.tick, 0.05), self.flush)

    def skip_to(self, version: int) -> None:
        """Nobody knows what changed up to this version: everybody fetches once."""
        if version > self.version:
            text = written(body(self.board_id, self.key, since=FETCH, version=version))
            self._send(Delta(self.board_id, self.audience, self.version, version, 0.0, text, whole=True))
        self.waiting = {since: one for since, one in self.waiting.items() if one.version > self.version}
        self.gap = float("-inf")

    def _send(self, delta: Delta) -> None:
        self.version = delta.version
        self.last = asyncio.get_running_loop().time()
        self._keep(delta)
        event = {"type": "websocket.send", "text": delta.text}
        dropped = [socket for socket in tuple(self.sockets) if not socket.push(event)]
        self.sent(self, delta, len(dropped))

    def _keep(self, delta: Delta) -> None:
        if delta.whole:
            self.recent.clear()
            return
        self.recent.append(delta)
        while len(self.recent) > KEPT or sum(len(one.text) for one in self.recent) > KEPT_CHARACTERS:
            self.recent.popleft()

    def begin_again(self, version: int) -> None:
        """The database says an earlier version than was known: what everybody knows means nothing any more."""
        self.version = version
        self.waiting.clear()
        self.recent.clear()
        for socket in tuple(self.sockets):
            socket.push({"type": "websocket.send", "text": self.greeting(again=True)})

    def greeting(self, since: int | None = None, *, again: bool = False) -> str:
        """The first message: where the board is, and what changed since the version the watcher knows, if that is still known here.

        It also names the side, so that a watcher who comes back can say of which side their version is.
        """
        said = body(self.board_id, self.key, since=self.version, version=self.version) | {"side": self.audience}
        if again:
            return written(said | {"from": FETCH, "again": True})
        if since is None or since >= self.version:
            return written(said)
        missed = [one for one in self.recent if one.since >= since]
        if not missed or missed[0].since != since:
            return written(said | {"from": FETCH})
        told = merged(missed, since=since)
        return written(said | {"from": FETCH} if told.whole else orjson.loads(told.text) | {"side": self.audience})

    def end(self) -> None:
        """Nobody watches any more."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
