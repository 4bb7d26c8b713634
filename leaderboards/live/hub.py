"""The hub of a live process: hears every change once, and passes it to the sockets that watch. One for each event loop.

The bus may lose what it likes: the hub compares its versions with the database (often while the bus is away), and asks every now and
then whether each watcher may still see what they see.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.conf import settings

from leaderboards.live import asking, bus
from leaderboards.live.messages import Delta, Recheck, unpacked
from leaderboards.live.sides import Side
from leaderboards.live.sockets import REFUSED, RESTART, Socket, Watcher
from leaderboards.measures import count, lag, level

logger = logging.getLogger(__name__)

LOOKS: Final = 5.0  # seconds between two looks at the versions in the database
LOOKS_ALONE: Final = 1.0  # the same while the bus is away
BATCH: Final = 20  # questions asked in one go, so that a newcomer need not wait for all
SPREAD: Final = 0.005  # seconds that one returning socket costs, generously
LONGEST_SPREAD: Final = 60.0
SEEN: Final = 10_000  # versions remembered of boards that nobody watches

_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def hub_here() -> "Hub":
    """The hub of the running loop; made, and listening, when it is first asked for."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
        hub.begin()
    return hub


async def close_here() -> None:
    """The process ends: the hub of the running loop, if there is one, says goodbye to everybody."""
    hub = _hubs.get(asyncio.get_running_loop())
    if hub is not None:
        await hub.close()


class Hub:
    """Sides that are watched, and the tasks that keep them right. Settings are read once, when it is made."""

    def __init__(self) -> None:
        self.tick, self.room, self.patience = settings.LIVE_TICK, settings.LIVE_WAITING, settings.LIVE_RECHECK
        self.most = {
            "all": settings.LIVE_SOCKETS,
            "user": settings.LIVE_SOCKETS_PER_USER,
            "address": settings.LIVE_SOCKETS_PER_ADDRESS,
        }
        self.sides: dict[tuple[int, str], Side] = {}
        self.seen: dict[tuple[int, str], int] = {}
        self.counts: Counter[tuple[str, Any]] = Counter()
        self.joined = asyncio.Event()
        self.waiting: list[Recheck] = []
        self.asked = asyncio.Event()
        self.visitors = asking.Visitors()
        self.rechecks = 0
        self.missed = self.ending = False
        self.tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Start to listen and to look after things."""
        self.tasks = [asyncio.create_task(one) for one in (bus.listen(self.hear, self.on_joined, self.on_lost), self.keep())]

    # --- what is heard ----------------------------------------------------------------------------------------------------------------

    def hear(self, data: bytes) -> None:
        """Whatever came over the bus."""
        try:
            said = unpacked(data)
        except ValueError:
            logger.warning("a live message was not understood: %r", data[:60])
            return
        if isinstance(said, Recheck):
            self.rechecks += 1
            self.visitors.forget()
            self.waiting.append(said)
            self.asked.set()
            return
        where = said.board_id, said.audience
        if said.version > self.seen.get(where, -1):
            if len(self.seen) >= SEEN:
                self.seen.clear()
            self.seen[where] = said.version
        side = self.sides.get(where)
        if side is not None:
            side.hear(said)

    def on_joined(self) -> None:
        """The subscription stands. What was said before it did may be missed: look at once."""
        level("subscribed", 1)
        self.missed = True
        self.joined.set()
        self.asked.set()

    def on_lost(self) -> None:
        """Nothing is heard until it stands again."""
        level("subscribed", 0)
        self.joined.clear()

    def on_sent(self, side: Side, delta: Delta, dropped: int) -> None:
        """A message went out to everybody of a side."""
        if delta.at:
            lag("delivered", time.time() - delta.at)
        count("messages_sent", len(side.sockets))
        if dropped:
            count("sockets_closed", dropped, why="slow")

    # --- watchers come and go ---------------------------------------------------------------------------------------------------------

    def admit(self, watcher: Watcher) -> bool:
        """Count a socket in; False where that would be one too many. Whoever is counted in is let out with `dismiss`."""
        keys = _keys(watcher)
        if self.ending or any(self.counts[key] >= self.most[key[0]] for key in keys):
            count("sockets_closed", why="full")
            return False
        self.counts.update(keys)
        level("sockets", self.counts["all", None])
        return True

    def dismiss(self, watcher: Watcher) -> None:
        """Count a socket out."""
        self.counts.subtract(_keys(watcher))
        for key in _keys(watcher):
            if self.counts[key] <= 0:
                del self.counts[key]
        level("sockets", self.counts["all", None])

    async def ready(self) -> None:
        """Wait a little for the subscription: what is said after the versions were read must be heard."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.joined.wait(), 1.0)

    async def side_of(self, watcher: Watcher, board_id: int) -> asking.Answer | None:
        """Which side the watcher sees at which version; None if there is no such board for them. Visitors share an answer for a moment."""
        if watcher.user_id is None:
            return await self.visitors.ask(board_id)
        return (await _ask([(watcher, board_id)], fresh=False))[0]

    def enter(self, socket: Socket, answer: asking.Answer, *, asked_at: int) -> Side:
        """Put a socket to the side that was answered. If permissions changed since the question, it is asked once more."""
        where = socket.board_id, answer.audience
        side = self.sides.get(where)
        if side is None:
            version = max(answer.version, self.seen.get(where, 0))
            side = Side(socket.board_id, answer.audience, answer.key, version, tick=self.tick, sent=self.on_sent)
            self.sides[where] = side
        elif answer.version > side.version and not side.waiting:
            side.behind = answer.version  # its message is on the way; if it is lost, the next look sees it
        socket.audience = answer.audience
        socket.checked = time.monotonic()
        if asked_at != self.rechecks:
            socket.checked = float("-inf")
            self.asked.set()
        side.sockets.add(socket)
        return side

    def leave(self, socket: Socket) -> None:
        """Take a socket from its side; a side without sockets goes."""
        where = socket.board_id, socket.audience
        side = self.sides.get(where)
        if side is None:
            return
        side.sockets.discard(socket)
        if not side.sockets:
            side.end()
            del self.sides[where]
            self.seen[where] = max(side.version, self.seen.get(where, 0))

    async def close(self) -> None:
        """The process ends: everybody is told to come again, spread over the time that so many need."""
        self.ending = True
        number = self.counts["all", None]
        spread = min(LONGEST_SPREAD, 1 + SPREAD * number)
        for socket in self._sockets():
            socket.close(RESTART, str(int(spread * 1000)))
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def _sockets(self) -> list[Socket]:
        return [socket for side in self.sides.values() for socket in side.sockets]

    # --- the net ----------------------------------------------------------------------------------------------------------------------

    async def keep(self) -> None:
        """Ask again whoever has to be asked, and compare versions, for ever."""
        while True:
            pause = LOOKS if self.joined.is_set() else LOOKS_ALONE
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.asked.wait(), pause * random.uniform(0.8, 1))
            self.asked.clear()
            try:
                await self.look()
            except Exception:  # the database may be away: the next look asks again
                logger.warning("watchers of boards could not be looked after", exc_info=True)

    async def look(self) -> None:
        """One round: permissions that changed or were asked about long ago, then versions."""
        asked, self.waiting = self.waiting, []
        long_ago = time.monotonic() - self.patience
        try:
            await self.ask_again(
                one
                for one in self._sockets()
                if one.checked <= long_ago or any(r.concerns(one.board_id, one.watcher.user_id) for r in asked)
            )
        except Exception:
            self.waiting = asked + self.waiting
            raise
        await self.compare()

    async def ask_again(self, sockets: Iterable[Socket]) -> None:
        """Whether these may still see what they see. Who may not is sent away, or to the public side. Nobody is shown more."""
        alike: dict[tuple[Any, int], list[Socket]] = {}
        for socket in sockets:
            alike.setdefault((socket.watcher.identity, socket.board_id), []).append(socket)
        groups = list(alike.values())
        for start in range(0, len(groups), BATCH):
            batch = groups[start : start + BATCH]
            questions = [(one[0].watcher, one[0].board_id) for one in batch]
            asked_at = self.rechecks
            given = await _ask(questions, fresh=True)
            for group, answer in zip(batch, given, strict=True):
                for socket in group:
                    self.settle(socket, answer, asked_at=asked_at)

    def settle(self, socket: Socket, answer: asking.Answer | None, *, asked_at: int) -> None:
        """Do what the answer says to a socket, unless it went meanwhile."""
        there = self.sides.get((socket.board_id, socket.audience))
        if there is None or socket not in there.sockets:
            return
        socket.checked = time.monotonic()
        if answer is None:
            self.leave(socket)
            socket.close(REFUSED)
            count("sockets_closed", why="refused")
        elif (now := answer.shown(socket.audience)).audience != socket.audience:
            self.leave(socket)
            side = self.enter(socket, now, asked_at=asked_at)
            socket.push({"type": "websocket.send", "text": side.greeting(None, again=True)})

    async def compare(self) -> None:
        """Sides that are behind the database although nothing is on its way any more: everybody there fetches once."""
        before = [(side, side.version) for side in self.sides.values()]
        at_once, self.missed = self.missed or not self.joined.is_set(), False
        if not before:
            return
        versions = await database_sync_to_async(asking.versions)({side.board_id for side, _ in before})
        for side, had in before:
            version = versions.get(side.board_id, {}).get(side.audience, had)
            if version < had:
                side.begin_again(version)  # the database was restored from a backup
            late = version > side.version
            if late and (at_once or side.behind == version):
                side.skip_to(version)
            side.behind = version if late else 0


async def _ask(questions: Sequence[tuple[Watcher, int]], *, fresh: bool) -> list[asking.Answer | None]:
    given: list[asking.Answer | None] = await database_sync_to_async(asking.answers)(questions, fresh=fresh)
    return given


def _keys(watcher: Watcher) -> list[tuple[str, Any]]:
    own = ("user", watcher.user_id) if watcher.user_id is not None else ("address", watcher.address)
    return [("all", None), own]
