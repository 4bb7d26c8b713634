"""Those who use a house while it is broken: one who records tries and does not give up, and one who watches a board."""

import http.client
import json
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from bench.following import Copy, ask, follow, whole
from tests.faults.door import HOST

VERDICTS = ("WA", "AC", "CE", "WA", "AC")
GONE = (OSError, http.client.HTTPException)
BREATH = 0.05


class Person(threading.Thread):
    """Does something again and again until the block ends."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.fault: BaseException | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.over.set()
        self.join(30)
        if self.fault is not None and error is None:
            raise self.fault

    def run(self) -> None:
        try:
            while not self.over.is_set():
                self.turn()
        except BaseException as fault:  # noqa: BLE001 it is raised where the block ends
            self.fault = fault

    def turn(self) -> None:
        raise NotImplementedError


class Recorder(Person):
    """Records one try after the other over the API. A try without an answer is sent again with the same key, until it is answered.

    `told`: those the house said it has (201). `unsure`: those another of our own requests may have brought in.
    """

    def __init__(self, port: int, seed: dict[str, Any], *, name: str = "n") -> None:
        super().__init__()
        self.port, self.seed, self.called = port, seed, name
        self.told: list[str] = []
        self.unsure: list[str] = []
        self.statuses: dict[int, int] = {}
        self.number = 0

    def turn(self) -> None:
        self.number += 1
        answer = f"{self.called}{self.number}"
        status = self._until_answered(answer)
        if status == http.HTTPStatus.CREATED:
            self.told.append(answer)
        elif status in {0, http.HTTPStatus.CONFLICT}:
            self.unsure.append(answer)
        else:
            raise AssertionError(f"the house says {status}")

    def _until_answered(self, answer: str) -> int:
        """201, 409 (our own earlier request is still claimed), 0 when the block ended first, or an answer that is none of these."""
        groups, number = self.seed["groups"], self.number
        body = {"round": "call", "challenge": "abc"[number % 3], "group": groups[number * 7 % len(groups)], "answer": answer}
        body |= {"verdict": VERDICTS[number % len(VERDICTS)], "elapsed_ms": number * 1000}
        headers = {"Authorization": f"Bearer {self.seed['token']}", "Idempotency-Key": f"try-{answer}"}
        path = f"/api/v1/cycles/{self.seed['cycle']}/attempts"
        while True:
            try:
                status, _ = ask(self.port, "POST", path, body=body, headers=headers)
            except GONE:
                status = 0
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if status and status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                return status
            if self.over.wait(BREATH):
                return 0


class Watcher(Person):
    """Follows a board as a page does: by its socket, fetching the whole when something was missed, and coming back when it is cut."""

    def __init__(self, live: int, web: int, board: int, *, token: str = "") -> None:
        super().__init__()
        self.live, self.web, self.board, self.token = live, web, board, token
        self.copy = Copy()
        self.came = 0
        self.heard = 0
        self.why: object = ""

    def fetch(self) -> tuple[int, list[Any]]:
        return whole(self.web, self.board, token=self.token)

    def turn(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            with connect(
                f"ws://{HOST}:{self.live}/ws/boards/{self.board}",
                origin=f"http://{HOST}:{self.live}",  # type: ignore[arg-type]
                additional_headers=headers,
                open_timeout=5,
                close_timeout=0.2,
                ping_interval=None,
            ) as socket:
                self.came += 1
                self._listen(socket)
        except (WebSocketException, RuntimeError, *GONE) as error:
            self.why = error
            self.over.wait(BREATH)

    def _listen(self, socket: Any) -> None:
        while not self.over.is_set():
            try:
                text = socket.recv(timeout=0.1)
            except TimeoutError:
                continue
            self.heard += 1
            follow(self.copy, text, self.fetch)


def told(rows: list[Any]) -> list[tuple[Any, ...]]:
    """What a board says, without where its groups came from: movement is a matter of who looked when."""
    return [
        (
            row["group"],
            row["line"],
            row["bracket"],
            row["rank"],
            row["place"],
            row["score"],
            json.dumps(row["keys"]),
            row["pending"],
        )
        for row in rows
    ]


def until(condition: Callable[[], object], seconds: float = 60, *, say: Callable[[], object] = lambda: "") -> None:
    """Wait until it holds. A house that is away answers no."""
    end = time.monotonic() + seconds
    found: object = None
    while True:
        try:
            found = condition()
        except (RuntimeError, *GONE) as error:
            found = None
            last: object = error
        else:
            last = found
        if found:
            return
        assert time.monotonic() < end, f"it never came to hold: {last} {say()}"
        time.sleep(BREATH)
