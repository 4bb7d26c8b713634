"""The suite runs on the database that was asked for: no silent fallback."""

import os

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_the_one_that_was_asked_for() -> None:
    asked = os.environ.get("LUDUS_TEST_DATABASE") or (
        "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
    )
    assert connection.vendor == asked
