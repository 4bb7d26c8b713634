"""How many statements one request of the API sends: in all, and while it holds a transaction open."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from rest_framework.test import APIClient

from backend.accounts.models import ApiToken
from bench.client import HOST
from bench.doors import ANSWER, API, MARKS, entering, judging, live, reading
from bench.harness import Count, Result, Stage

INSIDE: Final = 4
IN_ALL: Final = 8
CONTROL: Final = ("BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")


@dataclass(frozen=True, slots=True)
class Sent:
    """The statements of one request in order, with BEGIN and COMMIT."""

    statements: tuple[str, ...]

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
    with CaptureQueriesContext(connection) as captured:
        answer = client().generic(method, path, content, content_type="application/json", headers=sent)
    if answer.status_code >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.content[:500].decode(errors='replace')}")
    return Sent(tuple(str(one["sql"]) for one in captured.captured_queries))


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


@dataclass(frozen=True, slots=True)
class Kind:
    """A request whose statements are listed; `gated`: under the gates."""

    name: str
    send: Callable[[Stage], Sent]
    gated: bool = True
    about: str = ""


KEPT: Final = "besides: the claim of the key and the kept answer, each outside of the transaction; the journal bears the claim"
REQUESTS: Final = (
    Kind("mark", mark),
    Kind("draft of marks", draft),
    Kind("submit", submit),
    Kind("submit with Idempotency-Key", submit_once, about=KEPT),
    Kind("board", read),
    Kind("live board", read_live),
)


def lines(stage: Stage) -> Iterator[Result]:
    """Two lines for each request, warmed by one that is not counted."""
    for kind in REQUESTS:
        kind.send(stage)
        ApiToken.objects.update(last_used_at=now())  # noting the use of a token is one statement more, now and then
        found = kind.send(stage)
        for what, count, most in (("in all", found.in_all, IN_ALL), ("in a transaction", found.inside, INSIDE)):
            must = f"≤ {most}" if kind.gated else ""
            yield Result(f"sql {kind.name}: {what}", "", count, most, None, must, kind.gated and count > most, (), kind.about)


ROWS: Final = (Count("sql", "statements of one request, BEGIN and COMMIT not counted", lines),)
