"""Answers as anybody would be given them, made by a worker: the same views, asked by nobody in particular. See `leaderboards.pages`."""

import io
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import Resolver404, resolve
from django.utils import translation

from backend.unchanged import tagged
from leaderboards.pages import marked
from leaderboards.ready import Answer

VARYING: Final = ("ETag", "Ludus-Source", "Ludus-Late")
"""Headers that differ from answer to answer; every other one is the same for all of a kind."""


def build(targets: Sequence[str]) -> dict[str, Answer | None]:
    """The answers at these addresses, in the language of the house; None where nobody is given one."""
    with translation.override(settings.LANGUAGE_CODE):
        return {target: _answer(target) for target in targets}


def _answer(target: str) -> Answer | None:
    request = _request(target)
    try:
        found = request.resolver_match = resolve(request.path_info)
        response = found.func(request, *found.args, **found.kwargs)
    except (Http404, Resolver404):
        return None
    if isinstance(response, SimpleTemplateResponse):
        response = response.render()
    return answer_of(response)


def answer_of(response: HttpResponse) -> Answer | None:
    """What of an answer is kept, if it may be."""
    if marked(response) is None or response.status_code != 200 or response.cookies:  # noqa: PLR2004
        return None
    tagged(response)  # a worker's has not come through the middleware
    return Answer({name: response.headers[name] for name in VARYING if name in response.headers}, response.content)


def _request(target: str) -> WSGIRequest:
    path, _, query = target.partition("?")
    place = urlsplit(settings.PUBLIC_URL)
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": place.hostname or "localhost",
            "SERVER_PORT": str(place.port or 80),
            "HTTP_HOST": place.netloc,
            "wsgi.url_scheme": place.scheme,
            "wsgi.input": io.BytesIO(),
        }
    )
    request.user = AnonymousUser()
    return request
