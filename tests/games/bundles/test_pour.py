"""Rows that are poured come out as they went in."""

import pytest

from games.bundles.actions.pour import pour
from games.journal.models import JournalEntry
from games.journal.queries import db_now

COLUMNS = ("kind", "subject", "payload", "channel", "at", "previous_hash", "hash")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["plain", "a\\b", "a\tb", "a\nb", "a\rb", "\\N", "\\.", "", 'é "x" \\t\t\n'])
def test_what_copy_reads_in_its_own_way_comes_out_as_it_went_in(text: str) -> None:
    pour(JournalEntry, COLUMNS, [("sheet.finalized", text, {"said": text}, "import", db_now(), "", "")])
    entry = JournalEntry.objects.get(channel="import")
    assert (entry.subject, entry.payload) == (text, {"said": text})
