"""Random acts on the real database, with workers that come when they come: the end is what a rebuild says, and what both audiences are answered."""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from bench.contests import begun
from games.groups.actions import set_rank_hidden
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.journal.queries import broken_links
from games.playbooks.schema import parse_design
from games.results.models import RecomputeRun
from games.results.rules import OPEN, RunState
from games.rounds.models import Round
from games.rounds.rules import CycleNotRunning
from games.submissions.actions import judge_attempt, record_attempt, rejudge
from games.submissions.models import Attempt
from leaderboards.models import Board, Standing
from tests.cast import actor
from tests.factories.groups import MembershipFactory
from tests.faults.teller import TASK, rebuilt, shown
from worker import tasks
from worker.pulse import pulse
from worker.steps import recompute_now, settle_now

pytestmark = pytest.mark.django_db
STEPS, ROUNDS = 45, 20
MINUTE = 60_000
FEW = 5
FREEZE = 60
VERDICTS = ("AC", "AC", "WA", "CE")
DESIGN: dict[str, Any] = {
    "format": 1,
    "cycle": {"key": "acts", "name": "Random acts"},
    "rounds": [{"key": "call", "name": "Call", "visibility": "full"}],
    "challenges": [{"key": one, **TASK} for one in ("a", "b")],
    "boards": [
        {"key": "result", "order": ["solved high", "penalty low"], "freeze": "1:00:00"},
        {"key": "activity", "source": "points"},
    ],
    "rules": [{"key": "tried", "event": "attempt.judged", "points": 3}],
}
OFTEN = {"enter": 8, "mark": 8, "tick": 6, "work": 8, "late": 3, "reverse": 3, "look": 3, "hide": 2, "drop": 1, "publish": 1}


class Acts:
    """A contest in which anything may happen next; what is queued waits here until a worker takes it, or it is lost."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.queue: list[tuple[Any, ...]] = []
        self.contest = begun("acts", tasks=2, criteria=1, groups=5, judges=0, design=parse_design(DESIGN))
        organizer = actor("organizer")
        MembershipFactory.create(
            cycle=self.contest.cycle, group=None, person=organizer.person, role="organizer", capabilities=["organize"]
        )
        self.readers: dict[str, Client] = {"public": Client(), "restricted": organizer.client}
        recompute_now(self.contest.cycle)

    def publish(self, *asked: Any, countdown: float | None = None) -> bool:
        """In place of the broker."""
        self.queue.append(asked)
        return True

    def some(self, rows: Any) -> Any:
        """One of these rows, or None."""
        found = list(rows.order_by("pk"))
        return self.chance.choice(found) if found else None

    # --- what may happen

    def enter(self) -> None:
        self._try("", self.chance.randrange(2 * FREEZE))

    def late(self) -> None:
        """A try of the first minutes, told now with its verdict: it comes before what was counted."""
        self._try(self.chance.choice(VERDICTS), self.chance.randrange(10))

    def _try(self, verdict: str, minute: int) -> None:
        group, task = self.chance.choice(self.contest.groups), self.chance.choice(self.contest.tasks)
        with suppress(CycleNotRunning):  # its only round is published: the contest is over, verdicts may still change
            record_attempt(challenge=task, group=group, by=None, verdict=verdict, elapsed=minute * MINUTE)

    def mark(self) -> None:
        if pending := self.some(Attempt.objects.filter(verdict="")):
            judge_attempt(attempt=pending, verdict=self.chance.choice(VERDICTS), by=None)

    def reverse(self) -> None:
        if judged := self.some(Attempt.objects.exclude(verdict="")):
            rejudge(attempt=judged, verdict=self.chance.choice(VERDICTS), by=None, reason="Looked at again.")

    def hide(self) -> None:
        group = self.some(Group.objects.all())
        set_rank_hidden(group, hidden=not group.rank_hidden, by=None)

    def tick(self) -> None:
        pulse()

    def work(self) -> None:
        if self.queue:
            name, *arguments = self.queue.pop(self.chance.randrange(len(self.queue)))
            getattr(tasks, name)(*arguments)

    def look(self) -> None:
        for board in Board.objects.order_by("pk"):
            for side in self.readers:
                self.answered(board, side)

    def drop(self) -> None:
        """Redis starts empty: what was queued and what was ready is gone."""
        self.queue.clear()
        if not settings.HAS_REDIS:
            cache.clear()
            return
        client = cache._cache.get_client(None, write=True)  # type: ignore[attr-defined]
        if keys := list(client.scan_iter(f"{settings.PREFIX}*", count=1000)):
            client.delete(*keys)

    def publish_round(self) -> None:
        if Attempt.objects.count() < FEW:
            return  # it ends the contest: nothing would be told of it
        self.settle()
        settle_now(Round.objects.get(), by=None, reason="Published again.")

    # --- the end

    def settle(self) -> None:
        """The clock goes on, and nothing is lost any more."""
        for _ in range(ROUNDS):
            RecomputeRun.objects.filter(state=RunState.WAITING.value).update(not_before=None)
            pulse()
            while self.queue:
                name, *arguments = self.queue.pop(0)
                getattr(tasks, name)(*arguments)
            open_runs = RecomputeRun.objects.filter(state__in=OPEN).exists()
            if not open_runs and not JournalEntry.objects.filter(seal__isnull=True).exists():
                return
        raise AssertionError([*RecomputeRun.objects.values("state", "step", "error", "not_before")])

    def answered(self, board: Board, side: str) -> list[tuple[Any, ...]]:
        answer = self.readers[side].get(f"/api/v1/boards/{board.pk}/standings")
        assert answer.status_code == 200, answer.content
        return [(row["group"], row["place"], row["score"], row["pending"]) for row in answer.json()["rows"]]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_happens_boards_end_as_rebuilt_and_are_answered_so(
    seed: int, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]]
) -> None:
    acts = Acts(seed)
    for module in ("worker.waking", "worker.reactions", "worker.pulse", "worker.tasks"):
        monkeypatch.setattr(f"{module}.publish", acts.publish)
    may = [name for name, times in OFTEN.items() for _ in range(times)]
    for _ in range(STEPS):
        name = acts.chance.choice(may)
        with django_capture_on_commit_callbacks(execute=True):
            {"publish": acts.publish_round}.get(name, getattr(acts, name))()
    with django_capture_on_commit_callbacks(execute=True):
        acts.settle()
    cycle = acts.contest.cycle.pk
    found = shown(cycle)
    assert found == rebuilt(cycle)
    assert found["totals"]
    assert list(broken_links()) == []
    for board in Board.objects.order_by("pk"):
        for side in acts.readers:
            rows = Standing.objects.filter(board=board, audience=side).order_by("bracket", "rank")
            assert acts.answered(board, side) == list(rows.values_list("entry", "place", "score", "pending")), (board.key, side)
