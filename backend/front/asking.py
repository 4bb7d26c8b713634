"""What of a request decides about its answer: the place, what is asked of it, and who asks, if that is plain to see."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import parse_cookie
from django.utils.translation import get_language_from_request

type Environ = dict[str, Any]
type Start = Callable[..., Any]

JSON: Final = frozenset({"", "*/*", "application/json", "application/json, text/plain, */*"})
NUMBER = r"[1-9]\d{0,5}"
TEXT = r"[^&;]{1,150}"
PART: Final = re.compile(rf"((bracket=({TEXT})?|(page|view|group|sort|side|q)={TEXT})(&(?!$)|$))*")
OWN: Final = frozenset({"HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_IF_NONE_MATCH", "HTTP_ACCEPT_LANGUAGE"})
SECRET: Final = re.compile(r"[A-Za-z0-9]{32}")
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
BY_TOKEN: Final = frozenset({"standings", "around", "find", "snapshot"})
HOLED: Final = frozenset({"page", "past"})
"""Kinds that have parts of somebody's own when they are signed in."""
BY_SESSION: Final = BY_TOKEN | HOLED | {"rows"}
"""Kinds that somebody who is signed in is given from what is ready."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request for a place that may be ready.

    `reader`: a hash of the credential it bears, "" for nobody in particular; `sign`: which kind of credential; `secret`: what the browser's
    forms are signed with.
    """

    kind: str
    path: str
    target: str
    board: int | None
    packed: bool
    host: tuple[str, ...]
    began: float
    reader: str = ""
    sign: str = ""
    secret: str = ""

    @property
    def holed(self) -> bool:
        """Whether the answer has parts of the reader's own, which what is ready has not."""
        return bool(self.reader) and self.kind in HOLED

    @property
    def shape(self) -> str:
        """What of the address decides as whom a reader sees the answer."""
        if self.kind in HOLED:
            return "page"
        if self.kind in BY_TOKEN:
            return "api"
        return self.target  # what is asked for decides whether it matters whose group is among the rows

    def as_nobody(self) -> "Request":
        """The same, asked by nobody in particular."""
        return replace(self, reader="", sign="")


def read(environ: Environ) -> Request | None:
    """The request, if it is known what decides about its answer; None for any other."""
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    if not path.startswith(("/api/v1/boards/", "/api/v1/snapshots/", "/cycles/", "/embed/")) or not _plain(environ):
        return None
    for kind, place, asked in PLACES:
        found = place.fullmatch(path)
        if found is None:
            continue
        if not asked.fullmatch(query) or (kind not in PAGES and environ.get("HTTP_ACCEPT", "") not in JSON):
            return None
        who = credential(environ)
        if who is None or (who[0] and kind not in (BY_TOKEN if who[0] == "token" else BY_SESSION)):
            return None
        secret = _secret(environ) if who[1] and kind in HOLED else ""
        if who[1] and kind in HOLED and not secret:
            return None
        board = int(found[1]) if place.groups else None
        packed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") and "gzip;" not in environ["HTTP_ACCEPT_ENCODING"]
        target = f"{path}?{query}" if query else path
        return Request(kind, path, target, board, packed, _host(environ), time.perf_counter(), who[1], who[0], secret)
    return None


def credential(environ: Environ) -> tuple[str, str] | None:
    """Which kind of credential the request bears, and its hash; twice "" for none; None for several, or one of another kind."""
    cookies, header = environ.get("HTTP_COOKIE", ""), environ.get("HTTP_AUTHORIZATION")
    if "messages" in cookies:
        return None
    if settings.SESSION_COOKIE_NAME in cookies:
        session = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
        return ("session", _digest(session)) if session and header is None else None
    if header is None:
        return "", ""
    return ("token", _digest(header)) if header.startswith("Bearer ") else None


def _secret(environ: Environ) -> str:
    """What the browser's forms are signed with; empty where there is none as Django would accept it."""
    secret = parse_cookie(environ.get("HTTP_COOKIE", "")).get(settings.CSRF_COOKIE_NAME, "")
    return secret if SECRET.fullmatch(secret) else ""


def _digest(secret: str) -> str:
    return sha256(secret.encode(errors="surrogateescape")).hexdigest()


def _plain(environ: Environ) -> bool:
    """Somebody who only reads, and sends nothing."""
    return (
        environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        and "HTTP_HX_REQUEST" not in environ
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


def as_nobody(environ: Environ) -> Environ:
    """The request without who sends it, what they have, and which language they would rather read: `read` has looked at that."""
    return {name: value for name, value in environ.items() if name not in OWN}


def for_the_whole(environ: Environ) -> Environ:
    """The request of somebody who has nothing of the answer yet."""
    return {name: value for name, value in environ.items() if name != "HTTP_IF_NONE_MATCH"}
