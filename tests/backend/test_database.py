"""The suite runs on the database that was asked for: no silent fallback."""

import os

import psycopg
import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from backend.connections import database_settings


@pytest.mark.django_db
def test_the_database_is_the_one_that_was_asked_for() -> None:
    asked = os.environ.get("LUDUS_TEST_DATABASE") or (
        "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
    )
    assert connection.vendor == asked


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a file hangs up on nobody")
@pytest.mark.parametrize("checked", [True, False])
def test_a_connection_that_the_server_ended_in_the_pool_is_given_to_nobody(*, checked: bool) -> None:
    """Nor is one taken for ended that has something to say. Without the check, whoever asks next has the error."""
    url = os.environ["DATABASE_URL"]
    pool_options = database_settings(url, pool_size=2)["OPTIONS"]["pool"] | {"max_size": 1} | ({} if checked else {"check": None})
    with psycopg.connect(url, autocommit=True) as other, ConnectionPool(url, **pool_options) as pool:
        with pool.connection() as one:
            pid = one.info.backend_pid
            one.execute("LISTEN ended")
            one.commit()
        other.execute("NOTIFY ended")
        with pool.connection() as one:
            assert one.info.backend_pid == pid
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        with pool.connection() as one:
            if checked:
                assert one.execute("SELECT 1").fetchone() == (1,)
                assert one.info.backend_pid != pid
            else:
                with pytest.raises(psycopg.OperationalError):
                    one.execute("SELECT 1")
