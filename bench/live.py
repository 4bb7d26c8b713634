"""Changes of a board to many sockets: our hub, the raw hub under the same server, and a channel layer beside them."""

import asyncio
import base64
import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Final

import redis
from channels_redis.pubsub import RedisPubSubChannelLayer  # type: ignore[import-untyped]

from backend.services.ports import HOST, answers, free_port, wait_until
from bench.contests import begun
from bench.harness import Pair, Race, Stage
from leaderboards.live import bus
from leaderboards.live.messages import Delta, body, written
from leaderboards.models import Board
from leaderboards.queries import PUBLIC

MESSAGES: Final = 40
CHANNEL_MESSAGES: Final = 5
FIRST: Final = 1_000_000
"""Versions begin here, so that all messages are equally long."""
RAW: Final = "/ws/raw"
CHANNELS: Final = "/ws/channels"
LONGEST: Final = 40.0


class Client(asyncio.Protocol):
    """A watcher that counts whole messages and reads no more of them."""

    def __init__(self, path: str, room: "Room") -> None:
        self.path, self.room = path, room
        self.buffer = b""
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        head = [
            f"GET {self.path} HTTP/1.1",
            f"Host: {HOST}",
            f"Origin: http://{HOST}",
            "Upgrade: websocket",
            "Connection: Upgrade",
        ]
        transport.write("\r\n".join([*head, f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", ""]).encode())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.open:
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return
            assert b" 101 " in head[:20], head
            self.open, self.buffer = True, rest
            self.room.here.release()
        self.buffer = self.room.take(self.buffer)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- the signature of asyncio
        self.room.lost += 1


class Room:
    """All sockets on one address, in an event loop of their own that runs only while something is measured."""

    def __init__(self, port: int, path: str, number: int, *, greeted: bool) -> None:
        self.loop = asyncio.new_event_loop()
        self.here = asyncio.Semaphore(0)
        self.number = number
        self.got = self.wanted = self.lost = 0
        self.done: asyncio.Event | None = None
        self.loop.run_until_complete(self._fill(port, path))
        if greeted:
            self.loop.run_until_complete(self._until(number))

    async def _fill(self, port: int, path: str) -> None:
        loop = asyncio.get_running_loop()
        self.clients = []
        for start in range(0, self.number, 50):
            many = range(min(50, self.number - start))
            pairs = await asyncio.gather(*(loop.create_connection(lambda: Client(path, self), HOST, port) for _ in many))
            self.clients += [client for _, client in pairs]
            for _ in many:
                await asyncio.wait_for(self.here.acquire(), LONGEST)

    def take(self, data: bytes) -> bytes:
        """Count whole frames; what is left over is kept."""
        at, end = 0, len(data)
        while end - at >= 2:
            size, head = data[at + 1], 2
            if size == 126:
                size, head = int.from_bytes(data[at + 2 : at + 4]), 4
            if end - at < head + size:
                break
            self.got += data[at] == 0x81
            at += head + size
        if self.done is not None and self.got >= self.wanted:
            self.done.set()
        return data[at:]

    async def _until(self, number: int) -> None:
        self.wanted, self.done = number, asyncio.Event()
        if self.got < number:
            await asyncio.wait_for(self.done.wait(), LONGEST)
        self.done = None

    def delivered(self, say: Iterator[object], messages: int) -> float:
        """Deliveries per second of so many messages, which `say` publishes one by one, back to back."""
        self.got = 0

        async def everything() -> float:
            began = time.perf_counter()
            await asyncio.to_thread(lambda: [None for _ in say])
            await self._until(messages * self.number)
            return time.perf_counter() - began

        seconds = self.loop.run_until_complete(everything())
        assert (self.got, self.lost) == (messages * self.number, 0)
        return self.got / seconds

    def leave(self) -> None:
        """Close everything."""
        for client in self.clients:
            client.transport.abort()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()


def _server(stage: Stage) -> int:
    """One live process as in production, except that it sends every change by itself. Its port."""
    port = free_port()
    command = [sys.executable, "-m", "backend.serving", "--application", "bench.watching:application", "--port", str(port)]
    part = stage.house.start("live", command, env=dict(os.environ) | {"LUDUS_LIVE_TICK_MS": "0"}, log=stage.folder / "live.log")
    if not wait_until(partial(answers, port), alive=part.alive, seconds=30):
        raise part.failure()
    return port


def _row(number: int) -> dict[str, object]:
    """A row as it is shown."""
    return {
        "rank": number + 1,
        "place": str(number + 1),
        "previous_place": "7",
        "movement": None,
        "group": f"g{number:05}",
        "line": 0,
        "name": f"Group {number:05}",
        "bracket": "",
        "score": "83.25",
        "keys": ["83.25", "41.5"],
        "values": {"call": "83.25"},
        "status": "ranked",
        "pending": 0,
    }


class Changes:
    """Changes of one board, published as a worker does, whose versions go on and on."""

    def __init__(self) -> None:
        self.board = begun("watched", tasks=1, criteria=2, groups=2, judges=1).board
        self.sender = redis.Redis.from_url(os.environ["REDIS_URL"])
        self.version = FIRST
        Board.objects.filter(pk=self.board.pk).update(live=True, version=FIRST)

    def text(self, since: int) -> str:
        """What a socket gets."""
        return written(body(self.board.pk, self.board.key, since=since, version=since + 1, rows=[_row(3)]))

    def say(self) -> Iterator[object]:
        """For our hub, one after the other."""
        first, self.version = self.version, self.version + MESSAGES
        Board.objects.filter(pk=self.board.pk).update(version=self.version)  # the hub compares, now and then
        for since in range(first, self.version):
            delta = Delta(self.board.pk, PUBLIC, since, since + 1, time.time(), self.text(since))
            yield self.sender.publish(bus.channel(), delta.packed())

    def say_raw(self) -> Iterator[object]:
        """For the raw hub."""
        text = self.text(FIRST)
        return (self.sender.publish(RAW, text) for _ in range(MESSAGES))

    def say_to_group(self) -> Iterator[object]:
        """By a channel layer."""
        layer = RedisPubSubChannelLayer(hosts=[os.environ["REDIS_URL"]], prefix="bench-")
        text = self.text(FIRST)
        for _ in range(CHANNEL_MESSAGES):
            yield asyncio.run(layer.group_send("watching", {"type": "board.changed", "text": text}))


@contextmanager
def _fan_out(stage: Stage) -> Iterator[Pair]:
    number = min(1000, 2 * stage.sizes.requests)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 3 * number + 500)), hard))
    changes, port = Changes(), _server(stage)
    rooms = [
        Room(port, f"/ws/boards/{changes.board.pk}", number, greeted=True),
        Room(port, RAW, number, greeted=False),
        Room(port, CHANNELS, number, greeted=False),
    ]
    ours, raw, beside = rooms

    def notes() -> Sequence[str]:
        rate = beside.delivered(changes.say_to_group(), CHANNEL_MESSAGES)
        size = len(changes.text(FIRST))
        return (f"{number} sockets, {size} bytes; Channels' group_send in the same process: {rate:,.0f}/s",)

    try:
        ours.delivered(changes.say(), MESSAGES)  # warm
        yield Pair(lambda: ours.delivered(changes.say(), MESSAGES), lambda: raw.delivered(changes.say_raw(), MESSAGES), notes)
    finally:
        with suppress(Exception):
            for room in rooms:
                room.leave()
        changes.sender.close()


ROWS: Final = (
    Race(
        "watchers",
        "changes of a board to 1,000 sockets of one live process, back to back; limit: a raw hub in the same process",
        "/s",
        _fan_out,
        must=0.4,
    ),
)
