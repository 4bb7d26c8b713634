"""One line per request, and a number by which everything that was logged for it is found, in the answer too (`X-Request-ID`)."""

import re
import time
from collections.abc import Callable
from secrets import token_hex
from typing import Any, Final

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from leaderboards.measures import took

HEADER: Final = "X-Request-ID"
SENT: Final = "HTTP_X_REQUEST_ID"
GIVEN: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
TOLD: Final = ("cycle", "key", "board", "group", "challenge", "number", "pk")
"""Parts of an address that are logged. Others may be secrets: tokens of invitations, keys of stories."""

STATUSES: Final = {1: "done", 2: "done", 3: "redirected", 4: "refused", 5: "failed"}
NOT_MODIFIED: Final = 304

log = structlog.stdlib.get_logger("ludus.request")


class RequestLog:
    """Outermost: the number of a proxy is kept where it looks like one, else made here.

    The address itself is not logged, nor what was asked for in it: only the name of its route, and the keys in it that are no secret.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and tell how long it took."""
        given = request.META.get(SENT, "")  # `headers` would read all of them
        number = request.META[SENT] = given if GIVEN.fullmatch(given) else token_hex(16)
        begun = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request=number):
            try:
                response = self.get_response(request)
                seconds = time.perf_counter() - begun
                took("request_seconds", seconds, kind=_kind(request), status=_status(response.status_code))
                if settings.LOG_REQUESTS:
                    _tell(request, response, seconds)
            finally:
                structlog.contextvars.unbind_contextvars(*TOLD)
        response.headers[HEADER] = number
        return response

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        """What is asked for is known now: everything that is logged from here on bears it."""
        structlog.contextvars.bind_contextvars(**_named(request))


def _named(request: HttpRequest) -> dict[str, Any]:
    found = request.resolver_match
    return {name: found.kwargs[name] for name in TOLD if name in found.kwargs} if found is not None else {}


def _kind(request: HttpRequest) -> str:
    """What was asked for, in a word."""
    first = request.path_info.split("/", 2)[1] if request.path_info.startswith("/") else ""
    return {"api": "api", "static": "static", "health": "probe", "metrics": "probe"}.get(first, "page")


def _status(code: int) -> str:
    return "unmodified" if code == NOT_MODIFIED else STATUSES.get(code // 100, "failed")


def _tell(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    found = request.resolver_match
    route = (found.view_name or found.route) if found is not None else ""
    told = _named(request)
    log.info("request", method=request.method, route=route, status=response.status_code, ms=round(seconds * 1000, 1), **told)
