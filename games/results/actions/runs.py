"""The recompute run is a row and the row is the queue: asked for, claimed under a lease, moved on step by step, swept."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.errors import GameError
from games.journal.queries import db_now
from games.judging.actions.ballots import expect_voting_over
from games.judging.actions.feedback import expect_feedback
from games.judging.actions.reviewing import expect_looked
from games.results.models import RecomputeRun
from games.results.rules import (
    APART,
    IDLE_SHARE,
    LEASE,
    OPEN,
    LeaseLost,
    Plan,
    RoundStillOpen,
    RunKind,
    RunState,
    SettleRunning,
    Step,
    next_step,
    steps_of,
    wait_after,
)
from games.rounds.models import Extension, Round
from games.rounds.rules import RoundState, state_of
from leaderboards.engine.language import gettext as _
from leaderboards.kept import Kept

logger = logging.getLogger(__name__)
LOOK_AT: Final = 20


@transaction.atomic
def request_settle(
    round: Round,  # noqa: A002 the word of the game
    *,
    by: Any,
    reason: str = "",
    publish: bool = False,
    expected: str = "",
) -> RecomputeRun:
    """Ask for the whole way after a round; with `publish` on to snapshot, awards, cut and news.

    `expected` is the digest of the preview that was looked at: the run publishes that or nothing (FactsChanged). A run that still waits
    is returned again (and publishes, if now asked to). Raises RoundStillOpen before the deadline, SettleRunning while one is at work,
    VotingOpen, LooksMissing, FeedbackMissing when it is to publish while the audience votes, a far mark or a deliberation waits for
    a human, or promised feedback is missing.
    """
    locked(round.cycle)
    now = db_now()
    if state_of(round.clock, now) in {RoundState.PLANNED, RoundState.OPEN}:
        message = _('Round "{round}" still takes entries: results are settled after its deadline.', round=round.key)
        raise RoundStillOpen(message)
    if publish and round.closed_at is None and Extension.objects.filter(round=round, until__gt=now).exists():
        message = _('Round "{key}" still takes entries of teams with an extension: publish when it has run out.', key=round.key)
        raise RoundStillOpen(message)
    if publish and round.published_at is None:
        expect_voting_over(round)
        expect_looked(round)
        expect_feedback(round)
    there = RecomputeRun.objects.filter(round=round, kind=RunKind.SETTLE.value, state__in=OPEN).first()
    asked: dict[str, Any] = {"publish": publish, "expected": expected, "reason": reason, "by": str(getattr(by, "pseudonym", ""))}
    if there is None:
        first = Step.LOCK.value
        return RecomputeRun.objects.create(cycle=round.cycle, kind=RunKind.SETTLE.value, round=round, step=first, **asked)
    if not publish or (there.publish and expected in {"", there.expected}):
        return there
    if not RecomputeRun.objects.filter(pk=there.pk, state=RunState.WAITING.value).update(**asked):
        message = _('Round "{round}" is being settled at this moment: ask again when it is done.', round=round.key)
        raise SettleRunning(message)
    there.refresh_from_db()
    return there


def _refreshes(cycle: int) -> QuerySet[RecomputeRun]:
    return RecomputeRun.objects.filter(cycle=cycle, kind=RunKind.REFRESH.value)


_waiting: Final[Kept[RecomputeRun, RecomputeRun]] = Kept(
    lambda cycle: _refreshes(cycle).filter(state=RunState.WAITING.value), int
)
_times: Final[Kept[RecomputeRun, tuple[datetime | None, datetime | None]]] = Kept(
    lambda cycle: _refreshes(cycle).filter(started_at__isnull=False).order_by("-pk").values_list("started_at", "finished_at")[:1],
    int,
)


def request_refresh(cycle: Cycle) -> RecomputeRun:
    """Ask for live boards to be brought up to date. One waits per cycle at most; two of a cycle begin at least 250 ms apart."""
    there = _waiting(cycle.pk)
    if there:
        return there[0]
    try:
        with transaction.atomic():
            return RecomputeRun.objects.create(
                cycle=cycle,
                kind=RunKind.REFRESH.value,
                step=Step.RESULTS.value,
                not_before=_not_before(cycle),
            )
    except IntegrityError:  # somebody asked at the same moment
        return request_refresh(cycle)


def _not_before(cycle: Cycle) -> datetime | None:
    """At least 250 ms after the last refresh began, and longer where one takes long: refreshing stays a part of a worker's time."""
    last = _times(cycle.pk)
    begun, ended = last[0] if last else (None, None)
    if begun is None:
        return None
    return begun + (APART if ended is None else max(APART, IDLE_SHARE * (ended - begun)))


# --- Claims ---------------------------------------------------------------------------------------------------------------------------


def _due(now: datetime) -> Q:
    waiting = Q(state=RunState.WAITING.value) & (Q(not_before__isnull=True) | Q(not_before__lte=now))
    between_steps_or_left = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return waiting | (Q(state=RunState.RUNNING.value) & between_steps_or_left)


def due_runs(now: datetime) -> list[int]:
    """Ids of the runs that somebody may take now, settles first: waiting, between two steps, or left with a lease that ran out."""
    return [pk for (pk,) in _due_now(now)]


_due_now: Final[Kept[RecomputeRun, tuple[int]]] = Kept(
    lambda now: RecomputeRun.objects.filter(_due(now)).order_by("-kind", "asked_at", "pk").values_list("pk")[:LOOK_AT], datetime
)


def _held(now: datetime, cycle: int) -> QuerySet[RecomputeRun, tuple[int]]:
    """Runs of a cycle that somebody has begun, and holds or may go on with at once."""
    at_work = Q(lease_until__isnull=True) | Q(lease_until__gte=now)
    return RecomputeRun.objects.filter(at_work, cycle_id=cycle, state=RunState.RUNNING.value).values_list("pk")


_run: Final[Kept[RecomputeRun, RecomputeRun]] = Kept(
    lambda pk: RecomputeRun.objects.select_related("cycle", "round__cycle").filter(pk=pk), int
)
_at_work: Final[Kept[RecomputeRun, tuple[int]]] = Kept(_held, datetime, int)


@transaction.atomic
def claim(run_id: int, *, holder: str) -> RecomputeRun | None:
    """Take a run under a lease; None while somebody else holds it, or another run of its cycle is at work."""
    run = next(iter(_run(run_id)), None)
    if run is None:
        return None
    locked(run.cycle)
    now = db_now()
    if any(pk != run.pk for (pk,) in _at_work(now, run.cycle_id)):
        return None
    claimed = {
        "state": RunState.RUNNING.value,
        "claimed_by": holder,
        "lease_until": now + LEASE,
        "tries": run.tries + 1,
        "started_at": run.started_at or now,
    }
    if not RecomputeRun.objects.filter(_due(now), pk=run.pk, tries=run.tries).update(**claimed):
        return None
    for name, value in claimed.items():
        setattr(run, name, value)
    return run


@contextmanager
def finishing(run: RecomputeRun, *, plan: Plan | None = None) -> Iterator[None]:
    """What is written inside commits together with the move to the next step, or not at all.

    So a step has its effect once, wherever a process dies. Raises LeaseLost when the run was taken over.
    """
    with transaction.atomic():
        yield
        _advance(run, plan)


def _advance(run: RecomputeRun, plan: Plan | None) -> None:
    following = next_step(RunKind(run.kind), Step(run.step), publish=run.publish)
    moved: dict[str, Any] = {"claimed_by": "", "lease_until": None, "tries": 0, "error": ""}
    if following is None:
        moved |= {"state": RunState.DONE.value, "finished_at": db_now()}
    else:
        moved["step"] = following.value  # still running, without a lease: whoever comes first takes the next step
    if plan is not None:
        moved["plan"] = plan
    mine = RecomputeRun.objects.filter(pk=run.pk, state=RunState.RUNNING.value, step=run.step, claimed_by=run.claimed_by)
    if mine.update(**moved) != 1:
        message = f"run {run.pk} was taken over at {run.step}"
        raise LeaseLost(message)
    for name, value in moved.items():
        setattr(run, name, value)
    if following is None and run.kind == RunKind.REFRESH.value:
        # the last one says how long a refresh takes; those before it say nothing any more
        before = RecomputeRun.objects.filter(cycle_id=run.cycle_id, kind=run.kind, state=RunState.DONE.value, pk__lt=run.pk)
        before.delete()


def stumble(run: RecomputeRun, error: Exception) -> None:
    """A step failed: a refusal of the game ends the run with its reason, anything else is tried again after a while.

    A settle says after some tries that it failed, and somebody asks again. Nobody asks for a refresh: it is tried until it succeeds.
    """
    wait = None if isinstance(error, GameError) else wait_after(RunKind(run.kind), run.tries)
    message = error.message if isinstance(error, GameError) else f"{type(error).__name__}: {error}"
    logger.warning("run %s stumbled at %s (try %s): %s", run.pk, run.step, run.tries, message, exc_info=wait is None)
    now = db_now()
    changed: dict[str, Any] = {"error": message, "claimed_by": ""}
    if wait is None:
        changed |= {"state": RunState.FAILED.value, "finished_at": now, "lease_until": None}
    else:
        changed["lease_until"] = now + wait
    RecomputeRun.objects.filter(pk=run.pk, state=RunState.RUNNING.value, claimed_by=run.claimed_by).update(**changed)


def first_step(kind: RunKind) -> Step:
    """Where a run begins."""
    return steps_of(kind)[0]
