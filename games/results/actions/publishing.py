"""The snapshot step: what was computed becomes what is published."""

from datetime import datetime
from typing import Any

from django.db import transaction

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.journal.actions import record
from games.journal.rules import Kind
from games.results.queries import boards_of
from leaderboards.actions import publish
from leaderboards.engine.spec import Source, board_rounds, expand_boards
from leaderboards.models import Board, Snapshot


def boards_to_publish(cycle: Cycle, round_key: str) -> list[Board]:
    """The boards that count a round, and those of points."""
    design = design_of(cycle)
    keys = {
        spec.id
        for spec in expand_boards(design)
        if spec.source is Source.POINTS or any(one.key == round_key for one in board_rounds(design, spec))
    }
    return [board for board in boards_of(cycle) if board.key in keys]


@transaction.atomic
def publish_boards(cycle: Cycle, round_key: str, *, now: datetime, reason: str = "", by: Any = None) -> list[Snapshot]:
    """Publish every board that counts this round as its next snapshot. The same content again gives no new one, unless with a reason."""
    pseudonym = str(getattr(by, "pseudonym", by or ""))
    snapshots = []
    for board in boards_to_publish(cycle, round_key):
        snapshot = publish(board, design_number=cycle.design_number, now=now, reason=reason, by=pseudonym)
        if snapshot is not None:
            snapshots.append(snapshot)
            payload = {"board": board.key, "number": snapshot.number, "digest": snapshot.digest, "round": round_key}
            record(Kind.SNAPSHOT_PUBLISHED, cycle_id=cycle.pk, by=by, subject=f"board:{board.pk}", payload=payload)
    return snapshots
