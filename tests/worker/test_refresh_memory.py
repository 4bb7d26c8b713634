"""What a refresh takes of a worker's memory: it grows with the tries on a board, and little of it; between two steps nothing of them is kept."""

import gc
import tracemalloc
from datetime import timedelta

import pytest
from django.utils.timezone import now

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.groups.models import Group
from games.playbooks.schema import parse_design
from games.progression.actions import apply_design
from games.results.actions import request_refresh
from games.rounds.models import Round
from games.submissions.models import Attempt
from tests.factories.cycles import CycleFactory
from worker import steps

pytestmark = pytest.mark.django_db
CONTEST = {
    "format": 1,
    "cycle": {"key": "contest", "name": "Contest"},
    "rounds": [{"key": "contest", "visibility": "full"}],
    "challenges": [{"keys": ["A", "B"], "format": "attempts"}],
    "boards": [{"key": "standings", "order": ["solved high", "penalty low"]}],
}
MANY = 2 * 2_000
ONE_TRY = 110
"""Bytes: the try itself is 60, the rest what is looked at meanwhile."""


def contest() -> Cycle:
    cycle = CycleFactory.create()
    apply_design(cycle, parse_design(CONTEST), by=None)
    begun = now() - timedelta(hours=1)
    Round.objects.filter(cycle=cycle).update(opens_at=begun, opened_at=begun, closes_at=begun + timedelta(days=9))
    Group.objects.bulk_create(Group(cycle=cycle, key=f"g{one}", name=f"Group {one}") for one in range(10))
    return cycle


def tried(cycle: Cycle, first: int) -> None:
    tasks, groups = list(Challenge.objects.filter(round__cycle=cycle)), list(Group.objects.filter(cycle=cycle))
    Attempt.objects.bulk_create(
        Attempt(challenge=tasks[one % 2], group=groups[one % 10], number=one, elapsed_ms=1000 + one, verdict="WA")
        for one in range(first, first + MANY)
    )


def taken(cycle: Cycle) -> tuple[int, int]:
    """Bytes that the first step of a refresh took at most, and what it left to the second; which is done then.

    Only what this step takes is traced, since tracing makes all else slow.
    """
    run = request_refresh(cycle)
    type(run).objects.filter(pk=run.pk).update(not_before=None)
    gc.collect()
    tracemalloc.start()
    try:
        steps.do_step(run.pk)
        _, most = tracemalloc.get_traced_memory()
        gc.collect()
        left, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    steps.do_step(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == ("done", "")
    return most, left


def test_a_refresh_takes_little_for_each_try_and_keeps_none_between_its_steps() -> None:
    cycle = contest()
    tried(cycle, 1)
    taken(cycle)  # what is loaded at first
    (few, left_of_few), _ = taken(cycle), tried(cycle, MANY + 1)
    many, left_of_many = taken(cycle)
    assert (many - few) / MANY < ONE_TRY, f"{few} bytes for {MANY} tries, {many} for twice as many"
    assert left_of_many - left_of_few < 20 * MANY, "the tries themselves were kept"
