"""What people need to know is written down: settings, commands, migrations, the schema of the API."""

from io import StringIO

import pytest
from django.core.management import call_command

from backend.cli import check, documented


def test_every_setting_and_command_is_documented():
    assert list(documented.undocumented()) == []


def test_the_finder_notices_a_setting_that_is_not_documented(monkeypatch):
    monkeypatch.setattr(documented, "settings_read", lambda: {"LUDUS_NEW"})
    found = list(documented.undocumented())
    assert "setting LUDUS_NEW is not in docs/operations/settings.md" in found
    assert "setting DATABASE_URL in docs/operations/settings.md is read nowhere" in found


@pytest.mark.django_db
def test_no_migration_is_missing():
    output = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=output)
    assert "No changes detected" in output.getvalue()


def test_the_committed_api_schema_is_current():
    assert check.SCHEMA.exists()
    assert check.stale_schema() == ""
