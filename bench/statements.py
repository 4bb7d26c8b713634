"""How many statements one request of the API sends, in all and while it holds a transaction open; and how often it waits for Redis."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from wsgiref.util import setup_testing_defaults

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from redis.connection import AbstractConnection
from rest_framework.test import APIClient

from backend.accounts.models import ApiToken
from backend.front import FrontDoor
from bench.client import HOST
from bench.doors import ANSWER, API, MARKS, entering, judging, live, reading
from bench.harness import Count, Result, Stage
from bench.reading import member, small
from worker.waking import BURST

INSIDE: Final = 4
IN_ALL: Final = 8
TRIPS: Final = 3
READY: Final = (0, 0, 1)
ALONE: Final = 3 * BURST
"""Seconds without an act: acts of a burst share the message that wakes a worker, so the first one pays for it."""
CONTROL: Final = ("BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")


@dataclass(frozen=True, slots=True)
class Sent:
    """The statements of one request in order, with BEGIN and COMMIT."""

    statements: tuple[str, ...]
    trips: int = 0

    @property
    def in_all(self) -> int:
        """Without BEGIN and COMMIT themselves."""
        return sum(one not in CONTROL for one in self.statements)

    @property
    def inside(self) -> int:
        """The most between a BEGIN and its COMMIT."""
        most = now = 0
        inside = False
        for one in self.statements:
            if one in CONTROL:
                inside, now = one.startswith("BEGIN"), 0
            elif inside:
                now += 1
                most = max(most, now)
        return most


def sent_by(method: str, path: str, token: str, *, body: Any = None, headers: Mapping[str, str] | None = None) -> Sent:
    """Send one request in this process, and count."""
    content = "" if body is None else json.dumps(body)
    sent = {"authorization": f"Bearer {token}", **(headers or {})}
    with CaptureQueriesContext(connection) as captured, to_redis() as trips:
        answer = client().generic(method, path, content, content_type="application/json", headers=sent)
    if answer.status_code >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.content[:500].decode(errors='replace')}")
    return Sent(tuple(str(one["sql"]) for one in captured.captured_queries), len(trips))


@contextmanager
def to_redis() -> Iterator[list[str]]:
    """What is sent to Redis in this process meanwhile, over whichever connection: a pipeline is sent once."""
    trips: list[str] = []
    plain: Any = AbstractConnection.send_packed_command

    def told(self: Any, command: Any, check_health: bool = True) -> Any:  # noqa: FBT001, FBT002 -- as redis calls it
        trips.append(str(command)[:80])
        return plain(self, command, check_health)

    AbstractConnection.send_packed_command = told  # type: ignore[method-assign]
    try:
        yield trips
    finally:
        AbstractConnection.send_packed_command = plain  # type: ignore[method-assign]


@cache
def client() -> APIClient:
    """One for all: the first request of a client sets up the middleware."""
    return APIClient(SERVER_NAME=HOST)


def mark(stage: Stage) -> Sent:
    sheet, token = next(stage.once(judging).open)
    return sent_by("POST", f"{API}/sheets/{sheet}/finalize", token, body=MARKS)


def draft(stage: Stage) -> Sent:
    sheet, token = next(stage.once(judging).open)
    return sent_by("PUT", f"{API}/sheets/{sheet}/marks", token, body=MARKS)


def submit(stage: Stage) -> Sent:
    entry, token = next(stage.once(entering).turns)
    return sent_by("POST", f"{API}/submissions/{entry}/versions", token, body=ANSWER)


def submit_once(stage: Stage) -> Sent:
    entry, token = next(stage.once(entering).turns)
    return sent_by(
        "POST", f"{API}/submissions/{entry}/versions", token, body=ANSWER, headers={"idempotency-key": f"k{entry}-{token}"}
    )


def read(stage: Stage) -> Sent:
    shown = stage.once(reading)
    return sent_by("GET", f"{API}/boards/{shown.board.pk}/standings", shown.token)


def read_live(stage: Stage) -> Sent:
    shown = stage.once(live)
    return sent_by("GET", f"{API}/boards/{shown.board.pk}/standings", shown.token)


def door(_stage: Stage) -> FrontDoor:
    """What stands before Django in a web process."""
    return FrontDoor(get_wsgi_application())


def read_ready(stage: Stage) -> Sent:
    """The first page as somebody who is not signed in is given it, once it is ready."""
    return _from_the_door(stage)


def read_ready_by_token(stage: Stage) -> Sent:
    """The same for a member of the cycle."""
    return _from_the_door(stage, HTTP_AUTHORIZATION=f"Bearer {stage.once(member)}")


def _from_the_door(stage: Stage, **sent: str) -> Sent:
    front, answered = stage.once(door), []
    asked: dict[str, Any] = {"HTTP_HOST": HOST, "PATH_INFO": f"{API}/boards/{stage.once(small).pk}/standings", **sent}
    setup_testing_defaults(asked)
    for _ in range(3):  # once for the headers, once to be known, once for the answer
        front({**asked}, lambda *_: None)
    with CaptureQueriesContext(connection) as captured, to_redis() as trips:
        front({**asked}, lambda status, *_: answered.append(status))
    if answered != ["200 OK"]:
        raise RuntimeError(f"{asked['PATH_INFO']}: {answered}")
    return Sent(tuple(str(one["sql"]) for one in captured.captured_queries), len(trips))


@dataclass(frozen=True, slots=True)
class Kind:
    """A request whose statements are listed. `most`: in all, in a transaction, and waits for Redis."""

    name: str
    send: Callable[[Stage], Sent]
    most: tuple[int, int, int] = (IN_ALL, INSIDE, TRIPS)
    about: str = ""


KEPT: Final = "besides: the claim of the key and the kept answer, each outside of the transaction; the journal bears the claim"
REQUESTS: Final = (
    Kind("mark", mark),
    Kind("draft of marks", draft),
    Kind("submit", submit),
    Kind("submit with Idempotency-Key", submit_once, about=KEPT),
    Kind("board", read),
    Kind("live board", read_live),
    Kind("ready board", read_ready, READY, "nobody is signed in"),
    Kind("ready board by token", read_ready_by_token, READY, "a member of the cycle"),
)


def lines(stage: Stage) -> Iterator[Result]:
    """Three lines for each request, warmed by one that is not counted."""
    for kind in REQUESTS:
        kind.send(stage)
        time.sleep(ALONE)
        ApiToken.objects.update(last_used_at=now())  # noting the use of a token is one statement more, now and then
        found = kind.send(stage)
        counts = (("in all", found.in_all), ("in a transaction", found.inside), ("Redis", found.trips))
        for (what, count), most in zip(counts, kind.most, strict=True):
            yield Result(f"sql {kind.name}: {what}", "", count, most, None, f"≤ {most}", count > most, (), kind.about)


ROWS: Final = (Count("sql", "statements and waits for Redis of one request, BEGIN and COMMIT not counted", lines),)
