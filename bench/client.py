"""A small load generator: keep-alive connections that each send the next request when the answer to the last one is there.

Plain sockets and one `epoll`, no event loop: what asks must not take the cores that what answers is measured on.
"""

import json
import re
import select
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

HOST: Final = "127.0.0.1"
END: Final = b"\r\n\r\n"
LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
LAST_CHUNK: Final = b"0\r\n\r\n"
AT_ONCE: Final = 1 << 18  # bytes
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


@dataclass(slots=True)
class _Connection:
    """One connection, and what of the answer has arrived since something was asked."""

    socket: socket.socket
    asked: float = 0.0
    answer: bytes = b""

    def ask(self, one: bytes) -> None:
        self.answer, self.asked = b"", time.perf_counter()
        self.socket.sendall(one)

    def read(self) -> bool:
        """Whether the whole answer is there. Raises RuntimeError where the server hung up before."""
        arrived = self.socket.recv(AT_ONCE)
        if not arrived:
            message = "the server closed the connection"
            raise RuntimeError(message)
        self.answer += arrived
        return _whole(self.answer)


def _whole(answer: bytes) -> bool:
    end = answer.find(END)
    if end < 0:
        return False
    length = LENGTH.search(answer, 0, end)
    if length is not None:
        return len(answer) - end - len(END) >= int(length[1])
    return CHUNKED.search(answer, 0, end) is None or answer.endswith(LAST_CHUNK)


def load(port: int, requests: Sequence[bytes], *, connections: int, expected: int = 200) -> Load:
    """Send all of them. Raises RuntimeError at the first answer with another status, TimeoutError when it takes too long."""
    waiting, status, took = iter(requests), str(expected).encode(), list[float]()
    with ExitStack() as stack:
        poll = stack.enter_context(select.epoll())
        began = time.perf_counter()
        asking = {one.socket.fileno(): one for one in _begun(stack, port, waiting, connections)}
        for number in asking:
            poll.register(number, select.EPOLLIN)
        while asking:
            for number, _event in _ready(poll, began):
                one = asking[number]
                if not one.read():
                    continue
                took.append(time.perf_counter() - one.asked)
                _check(one.answer, status)
                if (following := next(waiting, None)) is None:
                    poll.unregister(asking.pop(number).socket)
                else:
                    one.ask(following)
        seconds = time.perf_counter() - began
    took.sort()
    return Load(len(took) / seconds, took[len(took) // 2], took[int(len(took) * 0.99)])


def _begun(stack: ExitStack, port: int, waiting: Iterator[bytes], connections: int) -> Iterator[_Connection]:
    for _number, first in zip(range(connections), waiting, strict=False):
        made = _Connection(stack.enter_context(socket.create_connection((HOST, port), timeout=LONGEST)))
        made.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.ask(first)
        yield made


def _ready(poll: select.epoll, began: float) -> list[tuple[int, int]]:
    found = poll.poll(max(0.0, began + LONGEST - time.perf_counter()))
    if not found:
        message = f"no answer; {LONGEST:g} s passed since the first request"
        raise TimeoutError(message)
    return found


def _check(answer: bytes, status: bytes) -> None:
    if answer[9:12] != status:
        message = (
            f"expected {status.decode()}, got {answer[:12].decode()} {answer.partition(END)[2][:500].decode(errors='replace')}"
        )
        raise RuntimeError(message)
