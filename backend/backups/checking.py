"""What is counted and proved about an instance: before a backup, and again after a restore."""

from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from games.journal.models import JournalEntry, Sealer
from games.journal.queries import broken_links
from leaderboards.models import Board, Snapshot
from leaderboards.queries import broken_snapshots


def holds() -> dict[str, Any]:
    """Counts, and the head of the journal's chain."""
    head = Sealer.objects.filter(name="journal").values_list("seal", "hash").first() or (0, "")
    return {
        "journal": JournalEntry.objects.count(),
        "sealed": head[0],
        "head": head[1],
        "boards": Board.objects.count(),
        "snapshots": Snapshot.objects.count(),
    }


def migrations() -> dict[str, str]:
    """The last applied migration of each app."""
    applied = MigrationRecorder(connection).applied_migrations()
    return dict(sorted(applied, key=lambda one: applied[one].pk))


def broken() -> list[str]:
    """What does not hold: links of the journal, snapshots of boards. One line each; empty = everything holds."""
    links = [f"journal entry {seal} does not follow from the one before" for seal in broken_links()]
    snapshots = [
        f"snapshot {one.number} of board {board.key} ({one.audience}) is not what was published"
        for board in Board.objects.all()
        for one in broken_snapshots(board)
    ]
    return links + snapshots
