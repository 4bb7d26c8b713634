"""Whether boards lag behind what has happened: the page says so, instead of looking up to date."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from games.journal.models import JournalEntry
from games.results.models import RecomputeRun
from games.results.rules import OPEN, TRIES, RunKind
from leaderboards.models import Board

PATIENCE: Final = timedelta(seconds=15)
"""For which an act may wait to be counted before anybody is told: workers take about a second."""
RUN_PATIENCE: Final = timedelta(seconds=30)
"""For which a refresh that is due, or that a worker has, may go on: one of a worker that was killed is left for its whole lease."""


def with_waiting(rows: QuerySet[Board]) -> QuerySet[Board]:
    """Each row with what `behind` asks, the same for all. It costs no statement.

    `waiting_since`: when the oldest act came in that nobody has read. `run_since`, `run_due`: of the refresh that goes on for longest, when
    it was asked for and since when it should be done. One that failed again and again is a matter of its own cycle alone.
    """
    waiting = JournalEntry.objects.filter(seal__isnull=True).order_by("pk")
    due = Greatest("asked_at", Coalesce("started_at", "not_before", "asked_at"))
    runs = RecomputeRun.objects.filter(kind=RunKind.REFRESH.value, state__in=OPEN).annotate(due=due).order_by("due", "pk")
    runs = runs.filter(Q(tries__lt=TRIES) | Q(cycle=OuterRef("scope")))
    return rows.annotate(
        waiting_since=Subquery(waiting.values("at")[:1]),
        run_since=Subquery(runs.values("asked_at")[:1]),
        run_due=Subquery(runs.values("due")[:1]),
    )


def behind(row: Board, now: datetime) -> datetime | None:
    """Since when nothing has been counted in this house, read with `with_waiting`; None while the workers keep up.

    It is the same for all boards while the house is behind, so it tells nothing of what happens on one of them.
    """
    acts, run, due = (getattr(row, name, None) for name in ("waiting_since", "run_since", "run_due"))
    late = [acts] if acts is not None and now - acts > PATIENCE else []
    late += [run] if run is not None and due is not None and now - due > RUN_PATIENCE else []
    return min(late, default=None)
