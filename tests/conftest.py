"""Fixtures for every test."""

import gc
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from zlib import crc32

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache as store
from django.db import connection
from django.test import TransactionTestCase, client
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker

from backend import cache as patient
from backend import lately
from tests.cast import cast  # noqa: F401 -- a fixture for every test
from tests.emptying import leave_empty
from worker import desk

# The quick one draws the same examples each time: whether a change lands is no matter of luck. The thorough one goes looking.
settings.register_profile("quick", deadline=None, max_examples=50, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("LUDUS_TEST_PROFILE", "quick"))


# Deep in walks through every page: no test asks an answer for its templates and their contexts, of which the test client would keep copies, and
# a template that was compiled stays, which in a web process costs memory. That the house lets templates go is tried in test_lately.py.
setattr(client, "store_rendered_templates", lambda *_, **__: None)  # noqa: B010 -- not a name that the stubs know
lately.MOST = 1000
setattr(TransactionTestCase, "_fixture_teardown", leave_empty)  # noqa: B010

HERE = Path(__file__).parent
STORIES = HERE / "flows"
OWN_SERVICES = (HERE / "backend" / "cli", HERE / "backend" / "services")
DATABASE = frozenset({"db", "transactional_db"})
OTHERS = """SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where a suite runs on two databases within one time limit, each test runs on one of them."""
    parser.addoption(
        "--database-only", action="store_true", help="leave out tests that ask no database, and those of any database"
    )
    parser.addoption(
        "--half", type=int, choices=(0, 1), help="of the files that ask the database this half, and all whole stories"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept = [one for one in items if chosen(one, half=config.getoption("--half"), only=config.getoption("--database-only"))]
    if len(kept) < len(items):
        left = set(kept)
        config.hook.pytest_deselected(items=[one for one in items if one not in left])
    items[:] = sorted(kept, key=asks_time, reverse=True)


def asks_time(item: pytest.Item) -> float:
    """Seconds that a test asks for; 0 where it takes what all have. Who asks for most begins first: nobody waits for one at the end."""
    mark = item.get_closest_marker("timeout")
    return float(mark.args[0]) if mark is not None and mark.args else 0.0


def chosen(item: pytest.Item, *, half: int | None, only: bool) -> bool:
    """Whether a test runs: with `only` those that ask a database; with `half` of those the files of this half. Stories always do.

    Tests of the command line and of services bring their own databases: all of them run, whatever is chosen. The long walks that any
    database answers (through every page, by everybody) run once: with `half` this half of them, test by test.
    """
    if brings_its_own(item.path):
        return True
    if item.get_closest_marker("any_database") is not None:
        return not only and (half is None or crc32(item.name.encode()) % 2 == half)
    if not asks_database(item):
        return not only
    return half is None or item.path.parent == STORIES or crc32(item.path.name.encode()) % 2 == half


@cache
def brings_its_own(path: Path) -> bool:
    """Whether the tests of a file start services of their own."""
    return any(path.is_relative_to(one) for one in OWN_SERVICES)


def pytest_collection_finish() -> None:
    """What is loaded stays: the collector leaves it alone, and comes by less often. A seventh of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def asks_database(item: pytest.Item) -> bool:
    """Whether a test asks for the database, by its mark or a fixture."""
    return item.get_closest_marker("django_db") is not None or bool(DATABASE & set(getattr(item, "fixturenames", ())))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """At the end nobody else is in the database: the session of a process that a test killed may still be on its way out."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(OTHERS)


@pytest.fixture(autouse=True)
def _jobs_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker takes what a page asks for, where no worker runs: it is done at once, in the process of the test."""
    if asks_database(request.node):
        monkeypatch.setattr(desk, "publish", lambda *_: False)
        if (pulse := sys.modules.get("worker.pulse")) is not None:
            pulse._said.clear()  # runs of the test before, whose numbers come again


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """A test that uses the database starts with an empty cache that is there. Only our own keys go: parallel workers share one Valkey."""
    if not asks_database(request.node):
        return
    if not django_settings.HAS_REDIS:
        store.clear()
        return
    patient._away_until.clear()  # a server that was away in the test before
    client = store._cache.get_client(None, write=True)
    if keys := list(client.scan_iter(f"{django_settings.PREFIX}*", count=1000)):
        client.delete(*keys)
