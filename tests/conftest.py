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


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """A test that uses the database starts with an empty cache. Only our own keys go: parallel workers share one Valkey."""
    if not ({"db", "transactional_db"} & set(request.fixturenames) or request.node.get_closest_marker("django_db")):
        return
    if not django_settings.HAS_REDIS:
        cache.clear()
        return
    client = cache._cache.get_client(None, write=True)
    if keys := list(client.scan_iter(f"{django_settings.PREFIX}*", count=1000)):
        client.delete(*keys)
