"""A small load generator: keep-alive connections that each send the next request when the answer to the last one is there."""

import asyncio
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

HOST: Final = "127.0.0.1"
END: Final = b"\r\n\r\n"
LONGEST: Final = 60.0  # seconds for one load, then something hangs


@dataclass(frozen=True, slots=True)
class Load:
    """What a load measured: requests per second; latencies in seconds."""

    rate: float
    median: float
    p99: float


def request(method: str, path: str, *, token: str = "", body: Any = None, headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of one request."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", "Accept: application/json", f"Content-Length: {len(content)}"]
    lines += [f"Authorization: Bearer {token}"] * bool(token) + ["Content-Type: application/json"] * bool(content)
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + END + content


class _Connection(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, sends the next."""

    def __init__(self, waiting: Iterator[bytes], expected: int, took: list[float], done: asyncio.Future[None]) -> None:
        self.waiting, self.expected, self.took, self.done = waiting, expected, took, done
        self.buffer = b""
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.send_next()

    def send_next(self) -> None:
        one = next(self.waiting, None)
        if one is None:
            self.transport.close()
            self._finish(None)
            return
        self.sent = time.perf_counter()
        self.transport.write(one)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, end, body = self.buffer.partition(END)
        if not end or not _whole(head.lower(), body):
            return
        self.took.append(time.perf_counter() - self.sent)
        self.buffer = b""
        if head[9:12] == str(self.expected).encode():
            self.send_next()
            return
        self.transport.close()
        self._finish(RuntimeError(f"expected {self.expected}, got {head[:12].decode()} {body[:500].decode(errors='replace')}"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish(exc or RuntimeError("the server closed the connection"))

    def _finish(self, error: Exception | None) -> None:
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


def _whole(head: bytes, body: bytes) -> bool:
    if b"transfer-encoding: chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    length = re.search(rb"content-length: *(\d+)", head)
    return length is None or len(body) >= int(length[1])


def load(port: int, requests: Sequence[bytes], *, connections: int, expected: int = 200) -> Load:
    """Send all of them. Raises RuntimeError at the first answer with another status."""
    took: list[float] = []

    async def everything() -> float:
        loop = asyncio.get_running_loop()
        waiting = iter(requests)
        ends = [loop.create_future() for _ in range(connections)]
        began = time.perf_counter()
        for end in ends:
            await loop.create_connection(lambda end=end: _Connection(waiting, expected, took, end), HOST, port)  # type: ignore[misc]
        await asyncio.wait_for(asyncio.gather(*ends), LONGEST)
        return time.perf_counter() - began

    seconds = asyncio.run(everything())
    took.sort()
    return Load(len(took) / seconds, took[len(took) // 2], took[int(len(took) * 0.99)])
