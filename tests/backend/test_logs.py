"""What the log says of an error, and what it must not say."""

import json as reading
import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog
from django.test import Client

from backend.logs import logging_settings


@contextmanager
def written(*, json: bool) -> Iterator[None]:
    """Loggers as in a house, on the stream that is looked at."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    shape = structlog.get_config()  # loggers that were used keep it: others must go on using the same
    try:
        logging.config.dictConfig(logging_settings(level="INFO", json=json))
        yield
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.configure(**shape)


@pytest.mark.parametrize("json", [True, False])
def test_an_error_is_told_without_the_values_of_variables(capsys, json):
    secret = "dorwssap"[::-1]  # not as it would stand in a line of the source
    with written(json=json):
        try:
            _sign_in(secret)
        except ValueError:
            logging.getLogger("ludus.test").exception("it broke")
    told = "".join(capsys.readouterr())
    assert "ValueError: wrong after 8 signs" in told
    assert secret not in told


def _sign_in(typed: str) -> None:
    message = f"wrong after {len(typed)} signs"
    raise ValueError(message)


SECRET = "link-that-signs-somebody-in-9f3a"
REFUSED = {
    "Forbidden (CSRF cookie not set.)": ("POST", "/sign-in/link/{}/", 403, "use-link"),
    "Not Found": ("GET", "/nowhere/{}/?also={}", 404, ""),
}


@pytest.mark.django_db
@pytest.mark.parametrize("said", REFUSED)
def test_what_is_said_of_a_refused_request_bears_its_number_and_not_its_address(capsys, said):
    """Django names the address after all middleware: a link that still signs somebody in may be in it."""
    method, path, status, route = REFUSED[said]
    with written(json=True):
        client = Client(enforce_csrf_checks=True, headers={"X-Request-ID": "from-proxy-12345"})
        answer = client.generic(method, path.format(SECRET, SECRET))
    told = "".join(capsys.readouterr())
    assert answer.status_code == status
    (line,) = [one for one in map(reading.loads, told.splitlines()) if one["logger"].startswith("django")]
    assert (line["event"], line["route"], line["request"]) == (said, route, "from-proxy-12345")
    assert SECRET not in told


@pytest.mark.django_db
def test_a_page_that_breaks_is_told_without_its_address(capsys, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("backend.health.oldest_unsealed", broken)
    with written(json=True):
        client = Client(raise_request_exception=False)
        answer = client.get("/health/ready/", {"also": SECRET})
    told = [one for one in map(reading.loads, "".join(capsys.readouterr()).splitlines()) if one["logger"] == "django.request"]
    assert answer.status_code == 500
    assert [(one["event"], one["request"]) for one in told] == [("Internal Server Error", answer.headers["X-Request-ID"])]
    assert "ZeroDivisionError" in told[0]["exception"]
