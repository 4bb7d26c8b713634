"""The same form is chosen as the framework would choose, whatever is said."""

from typing import Any

import pytest
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from backend.api.negotiation import Negotiation
from backend.api.parsers import JSONParser
from backend.api.renderers import JSONRenderer

ACCEPTED = (
    "application/json",
    "*/*",
    "application/*",
    "text/html, */*;q=0.1",
    "application/json; indent=2",
    "text/html",
    "",
    None,
)
SENT = ("application/json", "application/json; charset=utf-8", "multipart/form-data; boundary=x", "text/plain", "")


def chosen(way: DefaultContentNegotiation, accepted: str | None) -> Any:
    headers: Any = {} if accepted is None else {"HTTP_ACCEPT": accepted}
    request = Request(APIRequestFactory().get("/", **headers))
    renderer = JSONRenderer()
    try:
        found, media_type = way.select_renderer(request, [renderer])
    except NotAcceptable as error:
        return error.status_code
    assert found is renderer
    return media_type


@pytest.mark.parametrize("accepted", ACCEPTED)
def test_the_renderer(accepted: str | None) -> None:
    assert chosen(Negotiation(), accepted) == chosen(DefaultContentNegotiation(), accepted)


@pytest.mark.parametrize("sent", SENT)
@pytest.mark.parametrize("kinds", [(JSONParser,), (MultiPartParser, FormParser), ()])
def test_the_parser(sent: str, kinds: Any) -> None:
    request = Request(APIRequestFactory().generic("POST", "/", "x", content_type=sent))
    parsers = [kind() for kind in kinds]
    assert Negotiation().select_parser(request, parsers) is DefaultContentNegotiation().select_parser(request, parsers)
