"""Before Django: whoever reads a board is given the answer that is ready, from one look into Redis.

That is what anybody is given, or what all are given who see the board alike; as whom somebody who is signed in sees it was said by Django
when it answered them last (`leaderboards.readers`). Everything else goes the ordinary way, and so does whatever is the least bit unusual.
The ordinary way also makes what is ready: once in a while one reader goes it, and its answer is given to all others (see
`leaderboards.ready`). Both ways answer alike: the headers of a ready answer are those that Django last gave in this process to the same
kind of request under the same name of host.

Here, too, answers that tell of a board are packed, whoever they are for. A packed one has a weak ETag, as it has other bytes.
"""

import gzip
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from http import HTTPStatus
from secrets import token_hex
from typing import Any, Final, cast

from django.conf import settings
from django.http import HttpResponse
from django.urls import resolve

from backend.front import holes
from backend.front.asking import PAGES, Environ, Request, Start, as_nobody, credential, for_the_whole, read
from backend.front.heads import Headers, Heads, packed, weak
from backend.request_log import GIVEN, HEADER, TOLD, log
from leaderboards import readers, ready
from leaderboards.measures import count, took
from leaderboards.pages import marked, newest, reader_of, view_of

type Application = Callable[[Environ, Start], Iterable[bytes]]

MOST: Final = 2_000
"""Addresses whose board is known to this process."""
WAITS: Final = 100
PAUSE: Final = 0.02  # seconds: two in all, a claim lasts little longer
FAST: Final = 2
"""How hard a page is packed that is put together for one reader."""


class FrontDoor:
    """WSGI around Django's application."""

    def __init__(self, pages: Application) -> None:
        self.pages = pages
        self.heads = Heads()
        self.boards: dict[str, int] = {}
        self.routes: dict[str, dict[str, Any]] = {}

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer from what is ready, or let the request through."""
        asked = read(environ)
        if asked is None:
            return self._through(environ, start)
        board = asked.board if asked.board is not None else self.boards.get(asked.path)
        seen = None if board is None else _look(board, asked)
        if board is None or seen is None or seen.view is None or not self.heads.knows(asked, environ):
            return self._through(environ, start, asked, seen)
        return self._answer(board, seen, asked, environ, start)

    def _answer(self, board: int, seen: readers.Seen, asked: Request, environ: Environ, start: Start) -> Iterable[bytes]:
        """What is ready, while it holds; else one reader makes the new one, and the others are given what was there, or wait."""
        view, look = seen.view or "", seen.look
        if look.answer is not None and look.holds:
            return self._give(asked, environ, start, _whole(seen, look.answer, asked), "ready")
        if environ["REQUEST_METHOD"] != "GET":
            return self._through(environ, start, asked, seen)
        if ready.claim(board, asked.target, view):
            return self._make(board, view, asked, environ, start)
        if look.answer is None:
            return self._wait(board, view, asked, environ, start)
        return self._give(asked, environ, start, _whole(seen, look.answer, asked), "stale")

    # --- What is ready ----------------------------------------------------------------------------------------------------------------

    def _give(
        self, asked: Request, environ: Environ, start: Start, answer: ready.Answer, how: str, number: str = ""
    ) -> Iterable[bytes]:
        tag = answer.headers.get("ETag", "")
        same = bool(tag) and tag in environ.get("HTTP_IF_NONE_MATCH", "")
        status = HTTPStatus.NOT_MODIFIED if same else HTTPStatus.OK
        body = b"" if same else answer.body
        given = number or environ.get("HTTP_X_REQUEST_ID", "")
        number = given if GIVEN.fullmatch(given) else token_hex(16)
        start(f"{status.value} {status.phrase}", [*self.heads.of(asked, status, environ, answer, body), (HEADER, number)])
        self._tell(asked, environ, number, "unmodified" if same and how != "built" else how)
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

    def _wait(self, board: int, view: str, asked: Request, environ: Environ, start: Start) -> Iterable[bytes]:
        """Somebody makes the first answer at this moment: it will be here soon, else one of those who wait makes it."""
        seen: readers.Seen | None = None
        for _ in range(WAITS):
            time.sleep(PAUSE)
            seen = _look(board, asked)
            if seen is None or seen.view != view:
                break
            if seen.look.answer is not None:
                return self._give(asked, environ, start, _whole(seen, seen.look.answer, asked), "ready")
            if ready.claim(board, asked.target, view):
                return self._make(board, view, asked, environ, start)
        return self._through(environ, start, asked, seen)

    # --- The ordinary way -------------------------------------------------------------------------------------------------------------

    def _make(self, board: int, view: str, asked: Request, environ: Environ, start: Start) -> Iterable[bytes]:
        """With the claim: go the ordinary way, and leave the answer for all who see the board alike, if it is one that they may have.

        What anybody may see is asked for as anybody: nothing of whoever happens to ask can be in it.
        """
        seen = _look(board, asked)
        if seen is None or seen.view != view or (seen.look.answer is not None and seen.look.holds):  # made by others just before
            ready.release(board, asked.target, view)
            if seen is None or seen.view != view or seen.look.answer is None:
                return self._through(environ, start, asked, seen)
            return self._give(asked, environ, start, _whole(seen, seen.look.answer, asked), "ready")
        sender, sent = (asked, for_the_whole(environ)) if view else (asked.as_nobody(), as_nobody(environ))
        told: list[tuple[str, Headers]] = []
        with newest():
            response = self.pages(sent, lambda status, headers, *_: told.append((status, headers)))
        made = self._learn(sender, response, told)
        if made is None or marked(response) != board or view_of(response) != view:
            if told[0][0][:1] in {"3", "4"} or made:
                ready.forget(board, asked.target, view)
            ready.release(board, asked.target, view)
            return self._refused(asked, environ, start, told, response)
        _close(response)
        ready.put(board, seen.look, asked.target, made.answer, view, plainly=not asked.holed)
        ready.release(board, asked.target, view)
        number = dict(told[0][1]).get(HEADER, "")  # under which Django logged it
        return self._give(asked, environ, start, _whole(seen, made.answer, asked), "built", number)

    def _refused(
        self, asked: Request, environ: Environ, start: Start, told: list[tuple[str, Headers]], response: Any
    ) -> Iterable[bytes]:
        """It is no answer for others: whoever asked as nobody in particular is given it, others ask again as who they are now."""
        if asked.reader:
            _close(response)
            readers.forget(asked.reader)
            return self._through(environ, start, asked)
        start(*told[0])
        return cast("HttpResponse", response)

    def _through(
        self, environ: Environ, start: Start, asked: Request | None = None, seen: readers.Seen | None = None
    ) -> Iterable[bytes]:
        """Let Django answer; what tells of a board is packed, and remembered if it was looked for before."""
        told: list[tuple[str, Headers]] = []
        response = self.pages(environ, lambda status, headers, *_: told.append((status, headers)))
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD", "OPTIONS"}:
            self._acted(environ)
        if marked(response) is None or not isinstance(response, HttpResponse):
            start(*told[0])
            return response
        if asked is not None:
            self._remember(asked, seen, response, self._learn(asked, response, told))
        status, headers = told[0]
        accepts = environ.get("HTTP_ACCEPT_ENCODING", "")
        plain = ready.Answer({}, response.content)
        one = ready.pack(plain) if "gzip" in accepts and "gzip;" not in accepts else plain
        response.close()
        start(status, packed(headers, one, weak=status.startswith("304") and weak(dict(headers).get("ETag", ""), environ)))
        return [one.body]

    def _acted(self, environ: Environ) -> None:
        """Whoever did something on a page is asked about again: they may have signed out, or joined a team."""
        who = None if environ["PATH_INFO"].startswith("/api/") else credential(environ)
        if who is not None and who[1]:
            readers.forget(who[1])

    def _learn(self, asked: Request, response: Any, told: list[tuple[str, Headers]]) -> holes.Made | None:
        """Remember what Django said; the answer, if it may be given to all who see the board alike."""
        board, (_, headers) = marked(response), told[0]
        if board is None or response.status_code not in {200, 304} or (response.cookies and not asked.holed):
            return None
        made = holes.cut(response, asked.secret) if asked.holed else holes.kept(response)
        if made is None and response.status_code == HTTPStatus.OK:
            return None
        self.boards[asked.path] = board
        if len(self.boards) > MOST:
            self.boards.pop(next(iter(self.boards)), None)
        self.heads.learn(asked, response.status_code, headers)
        return made

    def _remember(self, asked: Request, seen: readers.Seen | None, response: Any, made: holes.Made | None) -> None:
        """As whom somebody sees the board. What they were given may have been made before the board moved: it is kept for nobody."""
        board, view, who = marked(response), view_of(response), reader_of(response)
        if seen is None or board is None or view is None or who is None or not asked.reader:
            return
        if made is None and (asked.holed or response.status_code == HTTPStatus.OK):
            return
        readers.learn(asked.reader, who, board, asked.shape, seen, view, made.own if made is not None else {})


def _close(response: Any) -> None:
    """What a server does at the end of an answer."""
    response.close()


def _look(board: int, asked: Request) -> readers.Seen | None:
    """What is ready for whoever asks."""
    if not asked.reader:
        found = ready.look(board, asked.target, packed=asked.packed)
        return None if found is None else readers.Seen(found)
    seen = readers.look(asked.reader, board, asked.shape, asked.target, packed=asked.packed or asked.holed)
    if seen is not None and asked.holed and not seen.own.keys() >= holes.PARTS:
        return replace(seen, view=None)
    return seen


def _whole(seen: readers.Seen, answer: ready.Answer, asked: Request) -> ready.Answer:
    """What is ready, with what is the reader's own, as it is sent."""
    if asked.holed:
        plain = ready.Answer(answer.headers, gzip.decompress(answer.body)) if answer.packed else answer
        answer = holes.filled(plain, seen.own, asked.secret)
    return ready.pack(answer, FAST if asked.holed else ready.LEVEL) if asked.packed else answer
