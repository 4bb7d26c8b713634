"""Whether boards lag behind what has happened: the page says so, instead of looking up to date."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet, Subquery

from games.journal.models import JournalEntry
from leaderboards.models import Board

PATIENCE: Final = timedelta(seconds=15)
"""For which an act may wait to be counted before anybody is told: workers take about a second."""


def with_waiting(rows: QuerySet[Board]) -> QuerySet[Board]:
    """Each row with `waiting_since`: when the oldest act came in that nobody has counted; the same for all. It costs no statement."""
    waiting = JournalEntry.objects.filter(seal__isnull=True).order_by("pk")
    return rows.annotate(waiting_since=Subquery(waiting.values("at")[:1]))


def behind(row: Board, now: datetime) -> datetime | None:
    """Since when nothing has been counted in this house, read with `with_waiting`; None while the workers keep up.

    It is the same for all boards, so it tells nothing of what happens on one of them.
    """
    first: datetime | None = getattr(row, "waiting_since", None)
    return first if first is not None and now - first > PATIENCE else None
