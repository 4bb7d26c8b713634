"""What granian serves while measured: the house as it is, and the limits: views of Django without middleware, door or database."""

import os
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

from bench import lean  # noqa: F401 -- before anything else

# isort: split

from backend.wsgi import application as house  # what production serves; it sets Django up, which the rest needs

# isort: split

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.template.utils import get_app_template_dirs
from django.urls import URLPattern, URLResolver, get_resolver, path
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.limits import ALL, BARE, FETCHED, HELD, WHOLE

LATE = ("markdown_it", "nh3", "segno", "nacl.signing")
"""What few requests need is loaded by the first of them: texts, codes to scan, signatures."""

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


def whole(_request: HttpRequest) -> HttpResponse:
    """Everything is loaded that stays in a process once each of its pages and addresses was asked for: views, templates, what is loaded late."""
    _load(get_resolver().url_patterns)
    for name in LATE:
        import_module(name)
    own: Any = settings.TEMPLATES[0]["DIRS"]
    for folder in {*own, *get_app_template_dirs("templates")}:
        for file in Path(folder).rglob("*.html"):
            if settings.ROOT in file.parents and ".venv" not in file.parts:
                get_template(str(file.relative_to(folder)))
    return HttpResponse()


def _load(patterns: Iterable[URLPattern | URLResolver]) -> None:
    for one in patterns:
        if isinstance(one, URLResolver):
            _load(one.url_patterns)
        else:
            import_module(one.callback.__module__)


urlpatterns = [
    path(BARE.removeprefix("/"), Bare.as_view()),
    path(FETCHED.removeprefix("/"), fetched),
    path(HELD.removeprefix("/"), held),
    path(WHOLE.removeprefix("/"), whole),
]


class BareRequest(WSGIRequest):
    urlconf = __name__


class BareHandler(WSGIHandler):
    request_class = BareRequest


_kept = settings.MIDDLEWARE
settings.MIDDLEWARE = []
bare = BareHandler()
settings.MIDDLEWARE = _kept


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """All in one process, so that they are measured under the same server."""
    return (bare if environ["PATH_INFO"] in ALL else house)(environ, start_response)
