"""A cycle that is over and was looked back on: the red herons came first, with an idea that everybody may read."""

from datetime import timedelta
from typing import Any

from games.cycles.models import Cycle
from games.ideas.models import Idea
from games.journal.queries import db_now
from games.retrospectives import actions
from games.retrospectives.models import Retrospective
from leaderboards.models import Board, Snapshot
from tests.cast import Cast
from tests.factories.ideas import shared

DAY = timedelta(days=1)


def published(cycle: Cycle, *keys: str) -> None:
    """The main board with these groups, the best first."""
    board, _ = Board.objects.get_or_create(
        scope=cycle.pk, key="result", defaults={"number": 1, "name": "Result", "spec": {"key": "result"}}
    )
    rows = [
        {"entry": key, "line": 0, "name": key.title(), "bracket": "", "rank": n, "place": str(n), "score": str(100 - n)}
        for n, key in enumerate(keys, 1)
    ]
    number = Snapshot.objects.filter(board=board, audience="public").count() + 1
    Snapshot.objects.create(board=board, number=number, design_number=1, rows=rows, digest="x", published_at=db_now())


def won(cast: Cast, title: str = "Sieve with old saris") -> Idea:
    """An idea of the red herons for everybody; they came first."""
    idea = shared(cast, title, audience="everybody")
    published(cast.cycle, "red", "blue")
    return idea


def looked_back(cast: Cast, *, closed: bool = True, **row: Any) -> Retrospective:
    """The cycle is over, and its retrospective is written."""
    if closed:
        Cycle.objects.filter(pk=cast.cycle.pk).update(state="closed")
        cast.cycle.refresh_from_db()
    asked = actions.ask(cast.cycle)
    assert actions.look_back(asked.pk)
    Retrospective.objects.filter(pk=asked.pk).update(**row)
    return Retrospective.objects.select_related("cycle").get(pk=asked.pk)
