"""Fixtures for every test."""

import os

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from hypothesis import HealthCheck, settings

from tests.cast import cast  # noqa: F401 -- a fixture for every test

settings.register_profile("quick", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("LUDUS_TEST_PROFILE", "quick"))


DATABASE = frozenset({"db", "transactional_db"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where a suite runs on a second database, what asks no database need not run again."""
    parser.addoption(
        "--database-only", action="store_true", help="leave out tests that ask no database, and those of any database"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-only"):
        return
    again = [one for one in items if asks_database(one) and not one.get_closest_marker("any_database")]
    kept = set(again)
    config.hook.pytest_deselected(items=[one for one in items if one not in kept])
    items[:] = again


def asks_database(item: pytest.Item) -> bool:
    """Whether a test asks for the database, by its mark or a fixture."""
    return item.get_closest_marker("django_db") is not None or bool(DATABASE & set(getattr(item, "fixturenames", ())))


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """A test that uses the database starts with an empty cache. Only our own keys go: parallel workers share one Valkey."""
    if not asks_database(request.node):
        return
    if not django_settings.HAS_REDIS:
        cache.clear()
        return
    client = cache._cache.get_client(None, write=True)
    if keys := list(client.scan_iter(f"{django_settings.PREFIX}*", count=1000)):
        client.delete(*keys)
