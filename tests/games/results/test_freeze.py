"""A frozen board: the public sees attempts before the freeze, organizers all of them, everybody all of them once published."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from games.challenges.models import Challenge
from games.groups.models import Group
from games.playbooks.schema import parse_design
from games.progression.actions import apply_design
from games.rounds.models import Round
from games.submissions.models import Attempt
from leaderboards.models import Board, Snapshot
from leaderboards.queries import rows_of, standings
from tests.factories.cycles import CycleFactory
from worker.steps import recompute_now, settle_now

pytestmark = pytest.mark.django_db
CONTEST = {
    "format": 1,
    "cycle": {"key": "contest", "name": "Contest"},
    "rounds": [{"key": "contest"}],
    "challenges": [{"keys": ["A", "B"], "format": "attempts"}],
    "boards": [{"key": "standings", "order": ["solved high", "penalty low"], "freeze": "1:00:00", "ranked": "enrolled"}],
}
MINUTE = 60_000


@pytest.fixture
def board() -> Board:
    cycle = CycleFactory.create()
    apply_design(cycle, parse_design(CONTEST), by=None)
    begun = now() - timedelta(hours=5)
    Round.objects.filter(cycle=cycle).update(opens_at=begun, closes_at=begun + timedelta(hours=2))
    tasks = {one.key: one for one in Challenge.objects.filter(round__cycle=cycle)}
    red, blue = (Group.objects.create(cycle=cycle, key=key, name=key.title()) for key in ("red", "blue"))
    for number, (task, group, minute, verdict) in enumerate(
        [("A", red, 10, "AC"), ("A", blue, 50, "WA"), ("A", blue, 70, "AC"), ("B", blue, 80, "AC")], 1
    ):
        Attempt.objects.create(challenge=tasks[task], group=group, number=number, elapsed_ms=minute * MINUTE, verdict=verdict)
    recompute_now(cycle)
    return Board.objects.get(scope=cycle.pk)


def shown(board: Board, audience: str) -> list[tuple[str, str, list[str], int]]:
    return [(row["place"], row["group"], row["keys"], row["pending"]) for row in rows_of(standings(board, audience))]


def test_what_came_after_the_freeze_is_pending_to_the_public_and_counted_for_organizers(board: Board) -> None:
    assert shown(board, "public") == [("1", "red", ["1", "10"], 0), ("2", "blue", ["0", "0"], 2)]
    assert shown(board, "restricted") == [("1", "blue", ["2", "170"], 0), ("2", "red", ["1", "10"], 0)]


def test_publishing_lifts_the_freeze(board: Board) -> None:
    settle_now(Round.objects.get(cycle_id=board.scope), by=None)
    assert shown(board, "public") == shown(board, "restricted")
    assert [row["entry"] for row in Snapshot.objects.get(board=board).rows] == ["blue", "red"]
