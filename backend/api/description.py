"""The description of the API as it was written ahead (`./run check --fix schema`), and the page that reads it aloud. Both are public."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from leaderboards.computing import is_light

if not is_light():  # who serves people says what was written ahead
    from backend.api import openapi  # noqa: F401 -- registers what is written

WRITTEN: Final = Path(__file__).with_name("schema.yml")
TO_JSON: Final = "import json, sys, yaml; json.dump(yaml.load(sys.stdin.buffer, Loader=yaml.CSafeLoader), sys.stdout)"


class AsWritten(BaseRenderer):
    """The file, byte for byte."""

    media_type = "application/vnd.oai.openapi"
    format = "yaml"
    charset = "utf-8"

    def render(self, data: Any, _type: str | None = None, _context: Mapping[str, Any] | None = None) -> bytes:  # noqa: ARG002 -- the library's signature
        return WRITTEN.read_bytes()


class AsYaml(AsWritten):
    """The same under another name."""

    media_type = "application/yaml"


class AsJson(AsWritten):
    """The same, translated by a child for each who asks: few do, and in this process ten megabytes would stay."""

    media_type = "application/json"
    format = "json"

    def render(self, data: Any, _type: str | None = None, _context: Mapping[str, Any] | None = None) -> bytes:  # noqa: ARG002 -- same
        return subprocess.run(
            [sys.executable, "-c", TO_JSON], input=WRITTEN.read_bytes(), stdout=subprocess.PIPE, check=True
        ).stdout


class AsOpenApiJson(AsJson):
    """The same under another name."""

    media_type = "application/vnd.oai.openapi+json"


class Description(APIView):
    """GET: the OpenAPI document, as YAML or JSON."""

    schema = None
    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (AsWritten, AsYaml, AsOpenApiJson, AsJson)

    def get(self, request: Request) -> Response:  # noqa: ARG002 -- the framework's signature
        return Response({})


def documentation(request: HttpRequest) -> HttpResponse:
    """The page on which Swagger UI reads the description."""
    return render(request, "api/documentation.html")
