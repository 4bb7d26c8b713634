"""What granian serves while measured: the house as it is, and the limits: views of Django without middleware, door or database."""

import os
from collections.abc import Callable, Iterable
from typing import Any, Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

from bench import lean  # noqa: F401 -- before anything else

# isort: split

from django.core.wsgi import get_wsgi_application

pages = get_wsgi_application()  # sets Django up: what follows needs it

# isort: split

from django.core.cache import cache  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test.utils import override_settings  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.renderers import JSONRenderer  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from backend.front import FrontDoor  # noqa: E402

house = FrontDoor(pages)
BARE: Final = "/bare"
FETCHED: Final = "/fetched"
HELD: Final = "/held"
_held: list[bytes] = []


class Bare(APIView):
    """Says hello."""

    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (JSONRenderer,)

    def get(self, request: Request) -> Response:  # noqa: ARG002 -- the framework's signature
        return Response({"hello": "world"})

    def post(self, request: Request) -> Response:
        return Response({"hello": len(request.data)})


def fetched(_request: HttpRequest) -> HttpResponse:
    """Bytes that lie in Redis, fetched for each request."""
    return HttpResponse(cache.get(FETCHED), content_type="application/json")


def held(_request: HttpRequest) -> HttpResponse:
    """The same bytes, fetched once."""
    if not _held:
        _held.append(cache.get(FETCHED))
    return HttpResponse(_held[0], content_type="application/json")


urlpatterns = [
    path(BARE.removeprefix("/"), Bare.as_view()),
    path(FETCHED.removeprefix("/"), fetched),
    path(HELD.removeprefix("/"), held),
]


LIMITS: Final = frozenset({BARE, FETCHED, HELD})


class BareRequest(WSGIRequest):
    urlconf = __name__


class BareHandler(WSGIHandler):
    request_class = BareRequest


with override_settings(MIDDLEWARE=[]):
    bare = BareHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """All in one process, so that they are measured under the same server."""
    return (bare if environ["PATH_INFO"] in LIMITS else house)(environ, start_response)
