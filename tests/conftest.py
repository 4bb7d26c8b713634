"""Fixtures for every test."""

import os

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, settings

from tests.cast import cast  # noqa: F401 -- a fixture for every test

settings.register_profile("quick", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("LUDUS_TEST_PROFILE", "quick"))


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """A test that uses the database starts with an empty cache; the prefix keeps parallel workers apart."""
    if {"db", "transactional_db"} & set(request.fixturenames) or request.node.get_closest_marker("django_db"):
        cache.clear()
