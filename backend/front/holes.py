"""Pages of somebody who is signed in, without what is theirs alone: their name, their bell, the sign of their forms (`{% own %}`).

What is left is the same for all who see the page alike. What is theirs is remembered beside as whom they see it, but for the sign of forms:
each answer gets a new one, made of the secret that the browser sends along.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponse
from django.middleware.csrf import get_token

from backend.ready import answer_of
from leaderboards import ready

PART: Final = re.compile(rb"<!--own:([a-z]{1,20})-->(.*?)<!--/own-->", re.DOTALL)
HOLE: Final = re.compile(rb"<!--own:([a-z]{1,20})--><!--/own-->")
SIGN: Final = re.compile(rb'(name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}"')
UNSIGNED: Final = rb'\1"'
PLACE: Final = 'name="csrfmiddlewaretoken" value="'
PARTS: Final = frozenset({"zone", "nav", "bell"})
"""What each page has that anybody's name stands on."""


class Made(NamedTuple):
    """An answer that may be kept, and what was cut out of it."""

    answer: ready.Answer
    own: Mapping[str, str] = {}


def cut(response: HttpResponse, secret: str) -> Made | None:
    """A page without what is somebody's own; None where something of theirs might be left in it."""
    cookies = {name: one.value for name, one in response.cookies.items()}
    if response.status_code != 200 or cookies not in ({}, {settings.CSRF_COOKIE_NAME: secret}):  # noqa: PLR2004
        return None
    own: dict[str, str] = {}
    for name, part in PART.findall(response.content):
        told = SIGN.sub(UNSIGNED, part).decode()
        if own.setdefault(name.decode(), told) != told:
            return None
    body = PART.sub(rb"<!--own:\1--><!--/own-->", response.content)
    return None if own.keys() != PARTS or b"csrfmiddlewaretoken" in body else Made(ready.Answer({}, body), own)


def kept(response: HttpResponse) -> Made | None:
    """An answer that has nothing of anybody's own."""
    found = answer_of(response)
    return None if found is None else Made(found)


def filled(answer: ready.Answer, own: Mapping[str, str], secret: str) -> ready.Answer:
    """The page with what is somebody's own, under a new sign."""
    request = HttpRequest()
    request.META["CSRF_COOKIE"] = secret
    sign = f"{PLACE}{get_token(request)}"
    parts = {name.encode(): f"<!--own:{name}-->{told.replace(PLACE, sign)}<!--/own-->".encode() for name, told in own.items()}
    return ready.Answer({}, HOLE.sub(lambda found: parts[found[1]], answer.body))
