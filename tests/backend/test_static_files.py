"""Static files come from the same process as the pages, under WSGI and ASGI, without a warning."""

import warnings

import pytest
from django.test import AsyncClient, Client

FILE = "/static/css/base.css"


def test_under_wsgi_a_file_is_streamed():
    answer = Client().get(FILE)
    assert answer.status_code == 200
    assert answer.streaming
    assert answer.headers["Content-Type"].startswith("text/css")
    assert len(answer.getvalue()) == int(answer.headers["Content-Length"])


async def test_under_asgi_a_file_is_sent_whole():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = await AsyncClient().get(FILE)
    assert answer.status_code == 200
    assert not answer.streaming
    assert len(answer.content) == int(answer.headers["Content-Length"])


@pytest.mark.parametrize("name", ["ETag", "Last-Modified"])
async def test_a_file_that_the_browser_has_is_not_sent_again(name):
    first = await AsyncClient().get(FILE)
    asked = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}[name]
    again = await AsyncClient().get(FILE, headers={asked: first.headers[name]})
    assert (again.status_code, again.content) == (304, b"")
