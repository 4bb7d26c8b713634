"""A door between clients and a server: a TCP proxy whose connections can be cut, that can be shut, fall silent, or lead elsewhere.

Clients keep its address whatever happens behind it. It runs in a thread of its own.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

HOST = "127.0.0.1"
AT_ONCE = struct.pack("ii", 1, 0)
PIECE = 65_536


class Door:
    """A context manager; `port` stays the same for as long as it stands."""

    def __init__(self, leads_to: int) -> None:
        self.leads_to = leads_to
        self.port = 0
        self.passed = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._server: asyncio.Server | None = None
        self._speaking = asyncio.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        self._loop.call_soon_threadsafe(self._speaking.set)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> int:
        """Reset every connection, at both ends. New ones are let in. Returns how many there were."""
        return self._do(self._cut())

    def shut(self) -> None:
        """Reset every connection and refuse new ones until `open`."""
        self._do(self._shut())

    def open(self) -> None:
        """Let clients in again, at the same port."""
        self._do(self._listen())

    def fall_silent(self) -> None:
        """Connections stay, new ones are accepted, and nothing passes until `speak`."""
        self._loop.call_soon_threadsafe(self._speaking.clear)

    def speak(self) -> None:
        """Pass on what waited, and everything after."""
        self._loop.call_soon_threadsafe(self._speaking.set)

    def _do[T](self, work: Coroutine[Any, Any, T]) -> T:
        done: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(20)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._enter, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _cut(self) -> int:
        number = len(self._open) // 2
        for writer in list(self._open):
            _reset(writer)
        return number

    async def _shut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._cut()

    async def _end(self) -> None:
        self._speaking.set()
        await self._shut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._open.add(writer)
        try:
            there, back = await asyncio.open_connection(HOST, self.leads_to)
        except OSError:
            _reset(writer)
            self._open.discard(writer)
            self._tasks.discard(task)
            return
        self._open.add(back)
        self.passed += 1
        try:
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        finally:
            for one in (writer, back):
                self._open.discard(one)
                _reset(one)
            self._tasks.discard(task)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One direction, until its source ends; then the other end is told."""
        with contextlib.suppress(OSError):
            while piece := await reader.read(PIECE):
                await self._speaking.wait()
                writer.write(piece)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """The other end sees a reset, not a polite end."""
    one: socket.socket | None = writer.get_extra_info("socket")
    if one is not None:
        with contextlib.suppress(OSError):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    writer.transport.abort()
