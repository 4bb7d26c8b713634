"""What granian serves while measured: the house as it is, and below /bare the limit, a REST view without middleware, door or database."""

import os
from collections.abc import Callable, Iterable
from typing import Any, Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

from django.core.wsgi import get_wsgi_application

house = get_wsgi_application()  # sets Django up: what follows needs it

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest  # noqa: E402
from django.test.utils import override_settings  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.renderers import JSONRenderer  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

BARE: Final = "/bare"


class Bare(APIView):
    """Says hello."""

    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (JSONRenderer,)

    def get(self, request: Request) -> Response:  # noqa: ARG002 -- the framework's signature
        return Response({"hello": "world"})

    def post(self, request: Request) -> Response:
        return Response({"hello": len(request.data)})


urlpatterns = [path(BARE.removeprefix("/"), Bare.as_view())]


class BareRequest(WSGIRequest):
    urlconf = __name__


class BareHandler(WSGIHandler):
    request_class = BareRequest


with override_settings(MIDDLEWARE=[]):
    bare = BareHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Both in one process, so that they are measured under the same server."""
    return (bare if environ["PATH_INFO"] == BARE else house)(environ, start_response)
