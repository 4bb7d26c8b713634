"""The snapshot step: what was computed becomes what is published."""

from datetime import datetime
from typing import Any

from django.db import transaction

from games.cycles.models import Cycle
from games.journal.actions import record
from games.journal.rules import Kind
from games.results.models import RecomputeRun
from games.results.queries import published_rounds
from games.results.queries.planning import Sides, boards_to_publish, state_digest
from games.results.rules import FactsChanged, Plan
from leaderboards.actions import publish
from leaderboards.engine.language import gettext as _
from leaderboards.models import Snapshot


@transaction.atomic
def publish_boards(cycle: Cycle, *round_keys: str, now: datetime, reason: str = "", by: Any = None) -> list[Snapshot]:
    """Publish every board that counts one of these rounds as its next snapshot. The same content again gives no new one, unless with a reason."""
    pseudonym = str(getattr(by, "pseudonym", by or ""))
    snapshots = []
    for board in boards_to_publish(cycle, *round_keys):
        snapshot = publish(board, design_number=cycle.design_number, now=now, reason=reason, by=pseudonym)
        if snapshot is not None:
            snapshots.append(snapshot)
            payload = {"board": board.key, "number": snapshot.number, "digest": snapshot.digest, "round": " ".join(round_keys)}
            record(Kind.SNAPSHOT_PUBLISHED, cycle_id=cycle.pk, by=by, subject=f"board:{board.pk}", payload=payload)
    return snapshots


def expect_state(run: RecomputeRun, sides: Sides, plan: Plan) -> None:
    """What this run is about to publish must be what somebody looked at. Raises FactsChanged: then nothing is published."""
    assert run.round is not None, "only a settle run publishes"
    rounds = published_rounds(run.cycle) | {run.round.key}
    if state_digest(run.cycle.design_number, sides.known, plan, rounds) != run.expected:
        message = _(
            "Something has changed since the preview: a mark, an entry, a team, a decision or a rule. Look at it again, then publish."
        )
        raise FactsChanged(message)
