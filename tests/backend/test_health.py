"""What probes are told."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils.timezone import now

from backend import health
from games.journal.models import JournalEntry

pytestmark = pytest.mark.django_db


def test_a_process_whose_database_has_every_table_is_ready(client, settings):
    told = client.get("/health/ready/")
    assert told.status_code == 200
    assert told.json()["schema"] == "current"
    assert told.json()["workers"] == "up"
    assert told.json()["redis"] == ("up" if settings.HAS_REDIS else "none")
    assert told.headers["Cache-Control"].startswith("max-age=0")


def test_workers_that_are_behind_are_told_and_hold_nothing_up(client):
    JournalEntry.objects.create(kind="thread.opened", at=now() - timedelta(minutes=2))
    told = client.get("/health/ready/")
    assert (told.status_code, told.json()["workers"]) == (200, "late")
    assert told.json()["unsealed_seconds"] == pytest.approx(120, abs=20)


def test_a_database_without_every_table_or_without_an_answer_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(health, "_schema", {})
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: ["0012"])
    told = client.get("/health/ready/")
    assert (told.status_code, told.json()["schema"]) == (503, "behind")

    def down() -> float:
        raise DatabaseError

    monkeypatch.setattr(health, "oldest_unsealed", down)
    told = client.get("/health/ready/")
    assert (told.status_code, told.json()["database"]) == (503, "down")
