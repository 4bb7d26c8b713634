"""Whoever has the very page of a board that would be sent, is not sent it again: an ETag of its bytes, where the view gives none of its own.

Views that know without making the page (rows, standings) say so themselves, and cheaper.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from leaderboards.pages import mark, marked, told_to
from leaderboards.readers import KEEP_MS, Reader

KEPT: Final = ("ETag", "Cache-Control", "Vary", "Allow", "Ludus-Source", "Ludus-Late")
"""Headers that an answer without a body has too."""


def tagged(response: HttpResponse) -> None:
    """Give an answer about a board an ETag. Any other stays as it is."""
    if marked(response) is not None and response.status_code == 200 and "ETag" not in response.headers:  # noqa: PLR2004
        response.headers["ETag"] = f'"{sha256(response.content).hexdigest()[:32]}"'


def _tell_to(request: HttpRequest, response: HttpResponse) -> None:
    """Say whom an answer about a board was given to, and how long what they showed for it holds."""
    user_id = request.user.pk
    if user_id is None:
        return
    token = getattr(request, "auth", None)  # of the API
    until = token.expires_at if token is not None else getattr(request.session, "until", None)
    holds = KEEP_MS if until is None else int((until - now()).total_seconds() * 1000)
    told_to(response, Reader(user_id, holds))


class Unchanged:
    """Innermost: what stands around it adds its headers to both answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, or that it is the one already there."""
        response = self.get_response(request)
        if marked(response) is not None:
            _tell_to(request, response)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "html" in response.headers.get("Content-Type", ""):
            return response  # signs of forms are in it, other ones each time
        tagged(response)
        board, tag = marked(response), response.headers.get("ETag", "")
        if board is None or response.status_code != 200 or tag not in request.headers.get("If-None-Match", "") or not tag:  # noqa: PLR2004
            return response
        headers = {name: response.headers[name] for name in KEPT if name in response.headers}
        return mark(HttpResponse(status=304, headers=headers), board)
