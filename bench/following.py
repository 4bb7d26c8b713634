"""A client that follows a board as the pages do: the whole once, then deltas, and the whole again when one was missed."""

import asyncio
import http.client
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal

HOST: Final = "127.0.0.1"
PATIENCE: Final = 10.0
ASKS: Final = 7
WAIT: Final = 0.1
"""So often the whole is asked for until it is as new as what was told, first after so many seconds, then after twice as many."""
BETWEEN: Final = 0.05
"""Seconds between two tries to get all pages of one version."""
BREATH: Final = 0.5
"""Seconds until a socket that was lost comes back."""

type Line = tuple[str, int]
type Row = Mapping[str, Any]
type Verdict = Literal["apply", "skip", "fetch"]


@dataclass(slots=True)
class Copy:
    """What a client shows of a board, by (group, line). `version` -1: nothing yet."""

    rows: dict[Line, Row] = field(default_factory=dict)
    version: int = -1
    fetched: int = 0
    applied: int = 0

    def verdict(self, message: Mapping[str, Any]) -> Verdict:
        """What to do with a message: it is known, it follows on what is shown, or something was missed."""
        if message.get("again"):
            return "fetch"
        if message["version"] <= self.version:
            return "skip"
        return "apply" if 0 <= message["from"] <= self.version else "fetch"

    def hear(self, message: Mapping[str, Any]) -> bool:
        """Take a message over. False: the whole has to be fetched."""
        verdict = self.verdict(message)
        if verdict == "apply":
            gone = set(message["gone"])
            self.rows = {line: row for line, row in self.rows.items() if line[0] not in gone}
            self.rows |= {(row["group"], row["line"]): row for row in message["rows"]}
            self.version = message["version"]
            self.applied += 1
        return verdict != "fetch"

    def take(self, version: int, rows: list[Row]) -> None:
        """Take the whole over, unless it is older than what is shown."""
        if version >= self.version:
            self.rows = {(row["group"], row["line"]): row for row in rows}
            self.version = version
        self.fetched += 1

    def shown(self) -> list[Row]:
        """The rows in their order."""
        return sorted(self.rows.values(), key=lambda row: (row["bracket"], row["rank"]))


def whole(port: int, board: int, *, token: str = "", tries: int = 20) -> tuple[int, list[Row]]:
    """Every page of a board over the API, all of one version. Raises OSError when the server is away, RuntimeError for an answer that is none.

    From the commit of a new version until what is ready was swapped, pages that were made meanwhile are newer than those that lay there.
    """
    for number in range(tries):
        time.sleep(BETWEEN if number else 0)
        pages = [_page(port, board, 1, token)]
        while sum(len(page["rows"]) for page in pages) < pages[0]["total"] and pages[-1]["rows"]:
            pages.append(_page(port, board, len(pages) + 1, token))
        if len({page["version"] for page in pages}) == 1:
            return pages[0]["version"], [row for page in pages for row in page["rows"]]
    message = f"the pages of board {board} were never of one version"
    raise RuntimeError(message)


def _page(port: int, board: int, number: int, token: str) -> dict[str, Any]:
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    status, body = ask(port, "GET", f"/api/v1/boards/{board}/standings?page={number}", headers=headers)
    if status != http.HTTPStatus.OK:
        message = f"expected the board, got {status} {body[:300]!r}"
        raise RuntimeError(message)
    found: dict[str, Any] = json.loads(body)
    return found


def ask(
    port: int, method: str, path: str, *, body: Any = None, headers: Mapping[str, str] | None = None, patience: float = PATIENCE
) -> tuple[int, bytes]:
    """One request on a connection of its own: status and body. Raises OSError or HTTPException when there is no answer."""
    one = http.client.HTTPConnection(HOST, port, timeout=patience)
    try:
        content = None if body is None else json.dumps(body)
        more = {"Content-Type": "application/json"} if content else {}
        one.request(method, path, content, {**more, **(headers or {})})
        answer = one.getresponse()
        return answer.status, answer.read()
    finally:
        one.close()


def follow(copy: Copy, text: str, fetch: Callable[[], tuple[int, list[Row]]]) -> None:
    """One text from the socket: take it over, or fetch the whole; again where the answer is an older one, given while a new one is made."""
    message = json.loads(text)
    if message.get("again"):
        copy.version = -1
    if copy.hear(message):
        return
    for ask in range(ASKS):
        copy.take(*fetch())
        if copy.version >= message["version"]:
            return
        time.sleep(WAIT * 2**ask)


async def listen(
    live: int, board: int, heard: Callable[[str], Awaitable[None]], *, session: str = "", lost: Callable[[], None] = lambda: None
) -> None:
    """A socket on a board, for ever: gives every text to `heard`, says when it was `lost`, and comes back. `session`: of who is signed in."""
    from websockets.asyncio.client import connect  # noqa: PLC0415 -- a tool of developers
    from websockets.exceptions import WebSocketException  # noqa: PLC0415

    origin: Any = f"http://{HOST}:{live}"
    headers = {"Cookie": f"sessionid={session}"} if session else {}
    while True:
        with suppress(OSError, WebSocketException):
            async with connect(
                f"ws://{HOST}:{live}/ws/boards/{board}", origin=origin, additional_headers=headers, ping_interval=None
            ) as socket:
                async for text in socket:
                    await heard(str(text))
        lost()
        await asyncio.sleep(BREATH)
