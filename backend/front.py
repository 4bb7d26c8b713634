"""Before Django: whoever is not signed in and reads a board is given the answer that is ready, from one look into Redis.

Everything else goes the ordinary way, and so does whatever is the least bit unusual. The ordinary way also makes what is ready: once in a
while one reader goes it, and its answer is given to all others (see `leaderboards.ready`). Both ways answer alike: the headers of a ready
answer are those that Django last gave in this process to the same kind of request under the same name of host.

Here, too, answers that tell of a board are packed, whoever they are for. A packed one has a weak ETag, as it has other bytes.
"""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.urls import resolve
from django.utils.translation import get_language_from_request

from backend.ready import answer_of
from backend.request_log import GIVEN, HEADER, TOLD, log
from leaderboards import ready
from leaderboards.measures import count, took
from leaderboards.pages import marked, newest

type Environ = dict[str, Any]
type Headers = list[tuple[str, str]]
type Start = Callable[..., Any]
type Application = Callable[[Environ, Start], Iterable[bytes]]

MOST: Final = 2_000
"""Addresses whose board is known to this process."""
OWN: Final = frozenset({"etag", "ludus-source", "ludus-late", "content-length", "content-encoding", HEADER.lower()})
"""Headers of one answer only."""
WAITS: Final = 100
PAUSE: Final = 0.02  # seconds: two in all, a claim lasts little longer
JSON: Final = frozenset({"", "*/*", "application/json", "application/json, text/plain, */*"})

NUMBER = r"[1-9]\d{0,5}"
TEXT = r"[^&;]{1,150}"
PART: Final = re.compile(rf"((bracket|page|view|group|sort|q)={TEXT}(&(?!$)|$))*")
FRAME: Final = re.compile(r"((bracket|rows|theme)=([^&;]{0,100})(&(?!$)|$))*")
PLACES: Final = (
    ("standings", re.compile(r"/api/v1/boards/(\d{1,18})/standings"), re.compile(rf"(page={NUMBER})?")),
    ("around", re.compile(r"/api/v1/boards/(\d{1,18})/around"), re.compile(rf"group={TEXT}(&reach=\d{{1,2}})?")),
    ("find", re.compile(r"/api/v1/boards/(\d{1,18})/find"), re.compile(rf"q={TEXT}")),
    ("snapshot", re.compile(r"/api/v1/snapshots/\d{1,18}"), re.compile(r"")),
    ("rows", re.compile(r"/cycles/[^/]{1,100}/boards/[^/]{1,100}/rows/"), PART),
    ("page", re.compile(r"/cycles/[^/]{1,100}/boards/[^/]{1,100}/"), PART),
    ("past", re.compile(rf"/cycles/[^/]{{1,100}}/boards/[^/]{{1,100}}/snapshots/{NUMBER}/"), PART),
    ("embed-rows", re.compile(r"/embed/cycles/[^/]{1,100}/boards/[^/]{1,100}/rows/"), FRAME),
    ("embed", re.compile(r"/embed/cycles/[^/]{1,100}/boards/[^/]{1,100}/"), FRAME),
)
PAGES: Final = frozenset({"rows", "page", "past", "embed-rows", "embed"})


@dataclass(frozen=True, slots=True)
class Request:
    """What of a request decides about its answer."""

    kind: str
    path: str
    target: str
    board: int | None
    packed: bool
    host: tuple[str, ...]
    began: float


def read(environ: Environ) -> Request | None:
    """The request, if everybody who sends it is answered alike; None for any other."""
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    if not path.startswith(("/api/v1/boards/", "/api/v1/snapshots/", "/cycles/", "/embed/")) or not _plain(environ):
        return None
    for kind, place, asked in PLACES:
        found = place.fullmatch(path)
        if found is None:
            continue
        if not asked.fullmatch(query) or (kind not in PAGES and environ.get("HTTP_ACCEPT", "") not in JSON):
            return None
        board = int(found[1]) if place.groups else None
        packed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") and "gzip;" not in environ["HTTP_ACCEPT_ENCODING"]
        return Request(kind, path, f"{path}?{query}" if query else path, board, packed, _host(environ), time.perf_counter())
    return None


def _plain(environ: Environ) -> bool:
    """Nobody in particular, who sends nothing."""
    cookies = environ.get("HTTP_COOKIE", "")
    return (
        environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        and "HTTP_AUTHORIZATION" not in environ
        and "HTTP_HX_REQUEST" not in environ
        and not (cookies and (settings.SESSION_COOKIE_NAME in cookies or "messages" in cookies))
        and environ.get("CONTENT_LENGTH") in {None, "", "0"}
        and "HTTP_TRANSFER_ENCODING" not in environ
        and not environ.get("SCRIPT_NAME")
        and _in_the_language_of_the_house(environ)
    )


def _in_the_language_of_the_house(environ: Environ) -> bool:
    """What is ready is written in one language; whoever asks for another is answered by Django."""
    return len(settings.LANGUAGES) == 1 or get_language_from_request(WSGIRequest(environ)) == settings.LANGUAGE_CODE


def _host(environ: Environ) -> tuple[str, ...]:
    """Under which name, and how safely, the request came: Django answers each in its own way."""
    trusted: tuple[str, str] | None = settings.SECURE_PROXY_SSL_HEADER
    told = environ.get(trusted[0], "") if trusted else ""
    return environ.get("HTTP_HOST", ""), environ.get("SERVER_NAME", ""), environ.get("wsgi.url_scheme", ""), told


class FrontDoor:
    """WSGI around Django's application."""

    def __init__(self, pages: Application) -> None:
        self.pages = pages
        self.heads: dict[tuple[str, int, tuple[str, ...]], Headers] = {}
        self.boards: dict[str, int] = {}
        self.routes: dict[str, dict[str, Any]] = {}

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer from what is ready, or let the request through."""
        asked = read(environ)
        if asked is None:
            return self._through(environ, start)
        board = asked.board if asked.board is not None else self.boards.get(asked.path)
        seen = None if board is None else ready.look(board, asked.target, packed=asked.packed)
        if board is None or seen is None or not self._knows(asked, environ):
            return self._through(environ, start, asked)
        return self._answer(board, seen, asked, environ, start)

    def _answer(self, board: int, seen: ready.Look, asked: Request, environ: Environ, start: Start) -> Iterable[bytes]:
        """What is ready, while it holds; else one reader makes the new one, and the others are given what was there, or wait."""
        if seen.answer is not None and seen.holds:
            return self._give(asked, environ, start, seen.answer, "ready")
        if environ["REQUEST_METHOD"] != "GET":
            return self._through(environ, start, asked)
        if ready.claim(board, asked.target):
            return self._make(board, asked, environ, start)
        if seen.answer is None:
            return self._wait(board, asked, environ, start)
        return self._give(asked, environ, start, seen.answer, "stale")

    def _knows(self, asked: Request, environ: Environ) -> bool:
        """Whether Django has told this process which headers such an answer has, and one that says that nothing is new."""
        unmodified = "HTTP_IF_NONE_MATCH" in environ and (asked.kind, 304, asked.host) not in self.heads
        return (asked.kind, 200, asked.host) in self.heads and not unmodified

    # --- What is ready ----------------------------------------------------------------------------------------------------------------

    def _give(
        self, asked: Request, environ: Environ, start: Start, answer: ready.Answer, how: str, number: str = ""
    ) -> Iterable[bytes]:
        tag = answer.headers.get("ETag", "")
        same = bool(tag) and tag in environ.get("HTTP_IF_NONE_MATCH", "")
        status = HTTPStatus.NOT_MODIFIED if same else HTTPStatus.OK
        body = b"" if same else answer.body
        headers = [*self.heads[asked.kind, status, asked.host], *answer.headers.items(), ("Content-Length", str(len(body)))]
        if _weak(tag, environ) if same else answer.packed:
            headers = [(name, f"W/{value}" if name == "ETag" else value) for name, value in headers]
        headers += [("Content-Encoding", "gzip")] if answer.packed and not same else []
        given = number or environ.get("HTTP_X_REQUEST_ID", "")
        number = given if GIVEN.fullmatch(given) else uuid4().hex
        start(f"{status.value} {status.phrase}", [*headers, (HEADER, number)])
        self._tell(asked, environ, number, "unmodified" if same else how)
        return [body]

    def _tell(self, asked: Request, environ: Environ, number: str, how: str) -> None:
        """What is measured and logged of each request, as `backend.request_log` does it for those that Django answers."""
        seconds = time.perf_counter() - asked.began
        count("pages", how=how)
        if how == "built":
            return  # Django has told of it
        unmodified = how == "unmodified"
        kind = "page" if asked.kind in PAGES else "api"
        took("request_seconds", seconds, kind=kind, status="unmodified" if unmodified else "done")
        if settings.LOG_REQUESTS:
            told = self.routes.get(asked.path) or self._route(asked.path)
            status, ms = 304 if unmodified else 200, round(seconds * 1000, 1)
            log.info("request", request=number, method=environ["REQUEST_METHOD"], status=status, ms=ms, ready=True, **told)

    def _route(self, path: str) -> dict[str, Any]:
        found = resolve(path)
        told: dict[str, Any] = {name: found.kwargs[name] for name in TOLD if name in found.kwargs}
        told["route"] = found.view_name
        if len(self.routes) < MOST:
            self.routes[path] = told
        return told

    def _wait(self, board: int, asked: Request, environ: Environ, start: Start) -> Iterable[bytes]:
        """Somebody makes the first answer at this moment: it will be here soon, else one of those who wait makes it."""
        for _ in range(WAITS):
            time.sleep(PAUSE)
            seen = ready.look(board, asked.target, packed=asked.packed)
            if seen is None:
                break
            if seen.answer is not None:
                return self._give(asked, environ, start, seen.answer, "ready")
            if ready.claim(board, asked.target):
                return self._make(board, asked, environ, start)
        return self._through(environ, start, asked)

    # --- The ordinary way -------------------------------------------------------------------------------------------------------------

    def _make(self, board: int, asked: Request, environ: Environ, start: Start) -> Iterable[bytes]:
        """With the claim: go the ordinary way, and leave the answer for all others, if it is one that anybody may have."""
        seen = ready.look(board, asked.target, packed=asked.packed)
        if seen is None or (seen.answer is not None and seen.holds):  # made by others just before the claim was ours
            ready.release(board, asked.target)
            made = seen.answer if seen else None
            return self._give(asked, environ, start, made, "ready") if made else self._through(environ, start, asked)
        whole = {name: value for name, value in environ.items() if name != "HTTP_IF_NONE_MATCH"}
        told: list[tuple[str, Headers]] = []
        with newest():
            response = self.pages(whole, lambda status, headers, *_: told.append((status, headers)))
        made = self._learn(asked, response, told)
        if made is None or marked(response) != board:
            (ready.forget if told[0][0][:1] in {"3", "4"} or made else ready.release)(board, asked.target)
            start(*told[0])
            return response
        getattr(response, "close")()  # noqa: B009 Django's answer, not any iterable
        ready.put(board, seen, asked.target, made)
        number = dict(told[0][1]).get(HEADER, "")  # under which Django logged it
        return self._give(asked, environ, start, ready.pack(made) if asked.packed else made, "built", number)

    def _through(self, environ: Environ, start: Start, asked: Request | None = None) -> Iterable[bytes]:
        """Let Django answer; what tells of a board is packed."""
        told: list[tuple[str, Headers]] = []
        response = self.pages(environ, lambda status, headers, *_: told.append((status, headers)))
        if marked(response) is None or not isinstance(response, HttpResponse):
            start(*told[0])
            return response
        if asked is not None:
            self._learn(asked, response, told)
        status, headers = told[0]
        accepts = environ.get("HTTP_ACCEPT_ENCODING", "")
        plain = ready.Answer({}, response.content)
        one = ready.pack(plain) if "gzip" in accepts and "gzip;" not in accepts else plain
        response.close()
        start(status, _packed(headers, one, weak=status.startswith("304") and _weak(dict(headers).get("ETag", ""), environ)))
        return [one.body]

    def _learn(self, asked: Request, response: Any, told: list[tuple[str, Headers]]) -> ready.Answer | None:
        """Remember what Django said; the answer, if it may be given to everybody."""
        board, (_, headers) = marked(response), told[0]
        names = {name.lower() for name, _ in headers}
        if board is None or "set-cookie" in names or response.status_code not in {200, 304}:
            return None
        self.boards[asked.path] = board
        if len(self.boards) > MOST:
            self.boards.pop(next(iter(self.boards)), None)
        known = (asked.kind, response.status_code, asked.host)
        if known in self.heads or len(self.heads) < MOST:
            self.heads[known] = [one for one in _packed(headers, ready.Answer({}, b"")) if one[0].lower() not in OWN]
        return answer_of(response)


def _weak(tag: str, environ: Environ) -> bool:
    """Whether what a client has, and what is not new, is a packed answer."""
    return bool(tag) and f"W/{tag}" in environ.get("HTTP_IF_NONE_MATCH", "")


def _packed(headers: Headers, one: ready.Answer, *, weak: bool = False) -> Headers:
    """The headers of an answer that may be packed, or is."""
    there = dict(headers)
    vary = there.get("Vary", "")
    there["Vary"] = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
    if one.packed:
        there |= {"Content-Encoding": "gzip", "Content-Length": str(len(one.body))}
    if (one.packed or weak) and "ETag" in there:
        there["ETag"] = f"W/{there['ETag']}"
    return list(there.items())
