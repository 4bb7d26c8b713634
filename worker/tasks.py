"""Thin tasks: ids in, one call, safe to run twice. Beside `work` none changes results; all of them may be lost, the clock asks again."""

from datetime import timedelta
from typing import Final, TypeGuard

from celery import shared_task
from django.conf import settings
from django.utils.module_loading import import_string

from games.credentials import actions as credentials
from games.credentials.queries import waiting
from games.cycles.models import Cycle
from games.journal.queries import db_now
from games.judging.actions.planning import plans_due
from games.learning.actions import deal_what_is_due
from games.notices.actions import (
    ask_the_silent,
    compose_digests,
    deliver_pending,
    remind_of_asks,
    remind_of_sessions,
    tell_of_halls,
    tell_of_wins,
    warn_of_deadlines,
)
from games.progression.actions import settle_round_states, widen_due
from games.progression.drafting import rehearsals_to_do
from games.recognition.actions import keep_up_ranks, read_on, replays_due
from games.results.models import RecomputeRun
from games.results.rules import RunKind, RunState
from games.submissions.actions import sweep_uploads
from leaderboards.live import announce
from leaderboards.pages import swap
from worker import checking, correcting, desk, planning, rehearsing, retention, steps, succeeding, watching
from worker.pulse import hand_out
from worker.pulse import pulse as beat_once
from worker.telling import connect
from worker.ticking import ticked
from worker.waking import publish

LATE: Final = timedelta(seconds=30)
"""After that long a certificate that nobody made is asked for again."""

connect()


@shared_task
def pulse() -> None:
    """Seal the journal and do what follows."""
    beat_once()


@shared_task
def work(run_id: int) -> None:
    """One step of a recompute run; then the next one is queued, or whatever else waits.

    A refresh goes on at once: somebody watches, and what its next step writes is at hand in this process.
    """
    run = steps.do_step(run_id)
    while _goes_on(run) and run.kind == RunKind.REFRESH:
        run = steps.do_step(run_id)
    if _goes_on(run):
        publish("work", run_id)
    elif run is not None:
        hand_out()


def _goes_on(run: RecomputeRun | None) -> TypeGuard[RecomputeRun]:
    return run is not None and run.state == RunState.RUNNING and not run.error


@shared_task
def show(board_id: int, audience: str, since: int, gone: list[str], version: int | None = None, at: float = 0.0) -> None:
    """Send a board's change, from `since` to `version`, to everybody who watches it; `at`: seconds since 1970 of its commit.

    And swap what is ready for whoever reads it.
    """
    announce(board_id, audience, since=since, version=version, gone=gone, at=at)
    swap(board_id, audience)


@shared_task
def rehearse(rehearsal_id: int) -> None:
    """Play a dry run to its end, step by step."""
    rehearsing.rehearse(rehearsal_id)


@shared_task
def look_at_changes(change_set_id: int) -> None:
    """What a correction would move, for whoever prepares it."""
    correcting.look_at(change_set_id)


@shared_task
def replay(cycle_id: int, generation: int) -> None:
    """Read the journal of a cycle again under other rules of points."""
    cycle = Cycle.objects.filter(pk=cycle_id).first()
    if cycle is not None:
        read_on(cycle, generation=generation)


@shared_task
def look_back(retrospective_id: int) -> None:
    """Write what a cycle learned about itself."""
    succeeding.write(retrospective_id)


@shared_task
def issue(credential_id: int) -> None:
    """Print and sign a certificate."""
    credentials.issue(credential_id)


@shared_task
def tick() -> None:
    """The clock: rounds that are due to open, to lock or to show more, whatever a lost message left behind, dry runs, mail."""
    settle_round_states()
    widen_due()
    beat_once()
    for dry_run in rehearsals_to_do(db_now()):
        publish("rehearse", dry_run)
    for draft in correcting.waiting():
        publish("look_at_changes", draft)
    for unwritten in succeeding.to_write():
        publish("look_back", unwritten)
    for wanted in plans_due(db_now()):
        publish("plan", wanted)
    keep_up_ranks()
    for cycle, generation in replays_due(db_now()):
        publish("replay", cycle, generation)
    deliver_pending()
    ticked()


@shared_task
def remind() -> None:
    """Once a minute: whoever has a deadline near and something to do, another place in the hall, or no test for days, hears of it.

    And the digests of those whose morning it is.
    """
    warn_of_deadlines()
    tell_of_halls()
    ask_the_silent()
    deal_what_is_due()
    remind_of_asks()
    remind_of_sessions()
    compose_digests()
    credentials.catch_up()
    for wanted in waiting(before=db_now() - LATE):
        publish("issue", wanted)


@shared_task
def look_around() -> None:
    """Once an hour: what organizers should look at is flagged, and on Monday everybody hears what there was to be glad of."""
    watching.look_around()
    tell_of_wins()


@shared_task
def carry_out(key: str) -> None:
    """Something that an organizer's page waits for."""
    desk.carry_out(key)


@shared_task
def plan(plan_id: int) -> None:
    """Who judges what: worked out, and given out where that was asked."""
    planning.work_out(plan_id)


@shared_task
def purge() -> None:
    """Once a day: what closed cycles promised to delete."""
    retention.carry_out()


@shared_task
def self_check() -> None:
    """Once a night: whether what was published still proves itself."""
    checking.check()


@shared_task
def tidy() -> None:
    """Once an hour: files that nothing refers to, and what the shell above says has had its time."""
    sweep_uploads()
    now = db_now()
    desk.forget_exports(now)
    for name in settings.HOUSEKEEPING:
        import_string(name)(now=now)
