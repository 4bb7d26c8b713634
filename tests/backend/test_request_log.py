"""One line per request, its number in the answer, nothing secret in it."""

import pytest
import structlog
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve
from structlog.testing import capture_logs

from backend.request_log import RequestLog
from leaderboards.measures import registry

pytestmark = pytest.mark.django_db


def test_every_answer_bears_the_number_of_its_request(client):
    first, second = client.get("/health/"), client.get("/health/")
    assert len(first.headers["X-Request-ID"]) == 32
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("given", "kept"), [("from-proxy-12345", True), ("short", False), ("x" * 65, False), ("a b c d e f", False)]
)
def test_the_number_of_a_proxy_is_kept_where_it_looks_like_one(client, given: str, kept: bool):
    answered = client.get("/health/", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert (answered == given) is kept


def test_a_line_tells_route_and_keys_and_nothing_that_was_asked(client, settings, monkeypatch):
    settings.LOG_REQUESTS = True
    numbers = []
    monkeypatch.setattr("backend.health.JsonResponse.__init__", _noting(numbers))
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        client.get("/cycles/hidden/rounds/call/?token=secret-of-somebody")
        answered = client.get("/health/?token=secret-of-somebody", headers={"X-Request-ID": "from-proxy-12345"})
    told = [line for line in lines if line["event"] == "request"]
    assert [(line["status"], line.get("cycle")) for line in told] == [(404, "hidden"), (200, None)]
    assert told[1]["request"] == answered.headers["X-Request-ID"] == numbers[0]
    assert "secret-of-somebody" not in str(lines)
    assert structlog.contextvars.get_contextvars() == {}


def test_what_is_logged_meanwhile_bears_what_was_asked_for_and_nothing_afterwards(settings):
    settings.LOG_REQUESTS = False
    seen = []

    def answer(request):
        request.resolver_match = resolve(request.path_info)
        door.process_view(request, None, (), {})
        seen.append(structlog.contextvars.get_contextvars())
        return HttpResponse("")

    door = RequestLog(answer)
    door(RequestFactory().get("/cycles/spring/rounds/call/", headers={"X-Request-ID": "from-proxy-12345"}))
    assert seen[0]["request"] == "from-proxy-12345"
    assert seen[0]["cycle"] == "spring"
    assert structlog.contextvars.get_contextvars() == {}


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [
        ("/health/", "probe", "done"),
        ("/api/v1/nothing", "api", "refused"),
        ("/cycles/none/", "page", "refused"),
        ("/x", "page", "refused"),
    ],
)
def test_every_request_is_measured_by_kind_and_end(client, path: str, kind: str, status: str):
    def counted() -> float:
        return registry.get_sample_value("ludus_request_seconds_count", {"kind": kind, "status": status}) or 0

    before = counted()
    client.get(path)
    assert counted() == before + 1


def _noting(numbers: list[str]):
    """Whatever happens while a request is answered knows its number."""
    from django.http import JsonResponse

    before = JsonResponse.__init__

    def init(self, *args, **kwargs):
        numbers.append(structlog.contextvars.get_contextvars()["request"])
        before(self, *args, **kwargs)

    return init
