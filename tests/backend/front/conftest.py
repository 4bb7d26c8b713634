"""What is read in front of Django."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from redis import Redis

from backend.front import door
from games.cycles.models import Cycle
from leaderboards import ready
from leaderboards.actions import refresh
from leaderboards.models import Board
from leaderboards.queries import PUBLIC, RESTRICTED
from tests.backend.front.house import NOW, Web, many, web_process
from tests.cast import Cast


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, nothing runs out by itself."""
    monkeypatch.setattr(ready, "FUSE", 3600.0)
    monkeypatch.setattr(ready, "CLAIM_MS", 3_600_000)
    monkeypatch.setattr(door, "WAITS", 3_000)
    monkeypatch.setattr(ready, "PATIENCE", 60.0)
    monkeypatch.setattr(ready, "_local", threading.local())  # connections with that patience


@pytest.fixture
def web() -> Iterator[Web]:
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # the test's own connection, with what it wrote
    yield web_process()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def board(cast: Cast) -> Board:
    cycle = Cycle.objects.get(pk=cast.cycle.pk)
    Cycle.objects.filter(pk=cycle.pk).update(public=True, state="running", embeddable=True)
    made = Board.objects.create(scope=cycle.pk, key="speed", number=7, name="Speed", live=True)
    refresh(made, PUBLIC, many(), now=NOW)
    refresh(made, RESTRICTED, many(secret=5000), now=NOW)
    return made


@pytest.fixture
def commands() -> Iterator[Callable[[], list[str]]]:
    """What the server was sent over our connection since it was last asked, by its own monitor."""
    server = Redis.from_url(settings.CACHES["default"]["LOCATION"])
    with server.monitor() as monitor:

        def since() -> list[str]:
            end = f"{settings.PREFIX}end-{time.monotonic_ns()}"
            server.echo(end)
            said = list(itertools.takewhile(lambda one: end not in one["command"], monitor.listen()))
            port = str(ready._client().connection._sock.getsockname()[1])
            return [one["command"] for one in said if one["client_port"] == port]

        yield since
