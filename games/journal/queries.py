"""Reads of the journal: by seal, never by row id. And the database's own clock."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import connection
from django.db.models import QuerySet

from games.journal.models import JournalEntry
from games.journal.rules import chained_hash
from leaderboards.prepared import kept_cursor


def db_now() -> datetime:
    """The database's time, aware. Deadlines go by this clock, so that all web processes agree."""
    sql = "SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')" if connection.vendor == "sqlite" else "SELECT clock_timestamp()"
    cursor = kept_cursor(connection)
    cursor.execute(sql)
    [[value]] = cursor.fetchall()
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


def sealed(cycle_id: int | None = None, *, after: int = 0) -> QuerySet[JournalEntry]:
    """Sealed entries in order, of one cycle or all, after a seal."""
    entries = JournalEntry.objects.filter(seal__gt=after).order_by("seal")
    return entries if cycle_id is None else entries.filter(cycle_id=cycle_id)


def broken_links(*, after: int = 0, previous: str | None = None) -> Iterator[int]:
    """Seals whose hash does not follow from the entry and the hash before it. Nothing yielded = the chain holds."""
    if previous is None:
        previous = JournalEntry.objects.filter(seal=after).values_list("hash", flat=True).first() or ""
    for entry in sealed(after=after).iterator(chunk_size=2000):
        expected = chained_hash(
            seal=entry.seal or 0,
            kind=entry.kind,
            cycle_id=entry.cycle_id,
            actor=entry.actor,
            group_id=entry.group_id,
            subject=entry.subject,
            payload=entry.payload,
            at=entry.at.astimezone(UTC),
            previous=previous,
        )
        if entry.previous_hash != previous or entry.hash != expected:
            yield entry.seal or 0
        previous = entry.hash


def oldest_unsealed() -> float:
    """Seconds for which the oldest act waits to be sealed; 0 when all are. Two statements."""
    first = JournalEntry.objects.filter(seal__isnull=True).order_by("pk").values_list("at", flat=True).first()
    return max(0.0, (db_now() - first).total_seconds()) if first is not None else 0.0
