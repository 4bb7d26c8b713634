"""Fragments that a page asks for again and again: the same bytes have the same tag, and are not sent twice. See static/js/desk-live.js."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string


def fragment(request: HttpRequest, template: str, context: dict[str, Any], *, over: bool = False) -> HttpResponse:
    """A part of a page with a tag made of its content; 304 while nothing has changed. `over`: nothing more is to come."""
    html = render_to_string(template, context, request=request)
    tag = f'"{hashlib.sha256(html.encode()).hexdigest()[:32]}"'
    same = request.headers.get("If-None-Match") == tag
    answer: HttpResponse = HttpResponseNotModified() if same else HttpResponse(html)
    answer["ETag"] = tag
    if over:
        answer["X-Live-Over"] = "1"
    return answer
