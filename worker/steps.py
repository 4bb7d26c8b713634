"""What each step of a recompute run does. It reads and computes first, then writes inside `finishing`: once, wherever a process dies."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from django.db import InterfaceError, OperationalError, connection

from games.changes import actions as changes
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.journal.actions import seal_pending
from games.journal.queries import db_now
from games.judging.actions.reviewing import expect_looked
from games.progression import actions as progression
from games.recognition import actions as recognition
from games.recognition.queries import point_facts
from games.recognition.queries.moments import points_now
from games.results import actions as results
from games.results.models import RecomputeRun
from games.results.queries import asker
from games.results.rules import LeaseLost, Plan, RunKind, RunState, Step
from games.rounds.models import Round
from games.submissions import actions as submissions
from leaderboards.engine.facts import Facts
from leaderboards.engine.outcome import CutResult, Outcome
from worker.telling import telling

logger = logging.getLogger(__name__)
PATIENCE: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between tries to tell the database that a step failed."""
_last: dict[int, results.Sides] = {}
"""The last results here. The facts behind them may be many: they stay only where the next step looks whether they are those expected."""


def compute(run: RecomputeRun) -> results.Sides:
    """Everything, from the database, with the points that boards may rank by.

    The journal is sealed and read first, so that every act done by then counts; what is published also says up to which.
    """
    publishing = _publishing(run)
    catch_up(run.cycle)
    if not publishing:
        return results.sides_of(run.cycle, points=point_facts(run.cycle))
    read = points_now(run.cycle)
    return results.sides_of(run.cycle, points=read.points, publishing=publishing, as_of=read.seal)


def catch_up(cycle: Cycle) -> None:
    """Points of everything that was journalled by now: whoever reads the journal at this moment is waited for."""
    seal_pending()
    if recognition.recognizes(design_of(cycle)):
        recognition.read_all(cycle)


def recompute_now(cycle: Cycle, progress: Callable[[str, float], None] | None = None) -> Outcome:
    """Points, scores and standings of a cycle at once, without a queue: for the command line and the demo."""
    recognition.read_all(cycle)
    return results.recompute_now(cycle, progress, points=point_facts(cycle))


# --- The steps ------------------------------------------------------------------------------------------------------------------------


def _round(run: RecomputeRun) -> Round:
    assert run.round is not None, "only a settle run has a round, and only it comes here"
    return run.round


def _publishing(run: RecomputeRun) -> str:
    """The key of the round that this run publishes; empty if it publishes none."""
    return _round(run).key if run.publish else ""


def _follows_by_itself(run: RecomputeRun) -> bool:
    """Whether there is nothing to compute: every board is a sorted set that follows the totals, and nobody publishes."""
    return run.kind == RunKind.REFRESH.value and recognition.ranks_only(run.cycle)


def _lock(run: RecomputeRun) -> None:
    with results.finishing(run):
        submissions.lock_entries(_round(run))


def _results(run: RecomputeRun) -> None:
    recognition.choose_sets(run.cycle)
    if _follows_by_itself(run):
        with results.finishing(run):
            return
    _last.clear()
    sides, pairs = compute(run), results.pair_analyses(run.cycle)
    analyses = results.panel_analyses(run.cycle, design_of(run.cycle), sides.found, sides.whole)
    with results.finishing(run):
        results.store_scores(run.cycle, sides.whole)
        results.store_pair_analyses(pairs)
        results.store_panel_analyses(run.cycle, analyses)
        results.ask_for_looks(run.cycle, analyses)
    # The next step of the same run, if this process takes it, need not compute again.
    _last[run.pk] = sides if run.expected else replace(sides, known=Facts(), found=Facts())


def _standings(run: RecomputeRun) -> None:
    """What the analysis just found far off goes to a human before anything is published."""
    if _follows_by_itself(run):
        recognition.follow_ranks(run.cycle)
        with results.finishing(run):
            return
    if run.publish and _round(run).published_at is None:
        expect_looked(_round(run))
    sides, publishing = _last.pop(run.pk, None) or compute(run), _publishing(run)
    plan = results.plan_of(run.cycle, sides.public, publishing=publishing) if publishing else None
    if plan is not None and run.expected:
        results.expect_state(run, sides, plan)
    with results.finishing(run, plan=plan):
        results.refresh_boards(run.cycle, sides, publishing=publishing)
        if run.kind == RunKind.SETTLE.value:
            recognition.write_standings(run.cycle)


def _snapshot(run: RecomputeRun) -> None:
    by, correction = asker(run), changes.published_by(run)
    keys = correction.preview["rounds"] if correction else [_round(run).key]
    with results.finishing(run):
        for round_ in Round.objects.select_related("cycle").filter(cycle=run.cycle, key__in=keys).order_by("number"):
            published = progression.publish_round(round_, by=by, reason=run.reason)
            submissions.publish_entries(published)
        results.show_analyses(run.cycle, keys)
        results.publish_boards(run.cycle, *keys, now=db_now(), reason=run.reason, by=by)


def _awards(run: RecomputeRun) -> None:
    correction = changes.published_by(run)
    with results.finishing(run):
        recognition.nominate(run.cycle, _plan(run)["awards"])
        if correction is not None:
            changes.give_anew(correction, by=asker(run))


def _cut(run: RecomputeRun) -> None:
    """Who goes on from the round; a correction may move the field of any round that is settled by results that are out."""
    correction, by = changes.published_by(run), asker(run)
    rounds = [_round(run)]
    if correction is not None:
        rounds = list(Round.objects.filter(cycle=run.cycle, published_at__isnull=False).order_by("number"))
    with results.finishing(run):
        for round_ in rounds:
            progression.apply_cut(run.cycle, round_, outcome=planned(_plan(run)), by=by)


def _notify(run: RecomputeRun) -> None:
    """The news itself hangs on the journal: whoever publishes has told it by now; a correction tells at its end."""
    correction = changes.published_by(run)
    with results.finishing(run):
        if correction is not None:
            changes.conclude(correction, by=asker(run))


WORK: Final[dict[Step, Callable[[RecomputeRun], None]]] = {
    Step.LOCK: _lock,
    Step.RESULTS: _results,
    Step.STANDINGS: _standings,
    Step.SNAPSHOT: _snapshot,
    Step.AWARDS: _awards,
    Step.CUT: _cut,
    Step.NOTIFY: _notify,
}


def _plan(run: RecomputeRun) -> Plan:
    plan: Any = run.plan
    return Plan(awards=plan["awards"], cuts=plan["cuts"], entrants=plan["entrants"], problems=plan["problems"])


def planned(plan: Plan) -> Outcome:
    """The cuts of a plan as the engine gave them when the standings were written."""
    cuts = tuple(CutResult(cut["board"], cut["to"], tuple(cut["through"]), tuple(cut["wildcards"])) for cut in plan["cuts"])
    entrants = {key: tuple(groups) for key, groups in plan["entrants"].items()}
    return Outcome(cells={}, rounds={}, entrants=entrants, boards={}, frozen={}, cuts=cuts, awards=())


# --- Doing them -----------------------------------------------------------------------------------------------------------------------


def do_step(run_id: int) -> RecomputeRun | None:
    """Take a run, do its step, put it back. None if it was not to be had. A failure is noted on the run, not raised."""
    run = results.claim(run_id, holder=uuid4().hex)
    if run is None:
        return None
    with telling(run):
        try:
            WORK[Step(run.step)](run)
        except LeaseLost:
            return None
        except Exception as error:  # noqa: BLE001 a step may fail in any way; the run says how
            _note(run, error)
    return run


def _note(run: RecomputeRun, error: Exception) -> None:
    """Say on the run how its step failed. If the database is what failed it is said as soon as it is back, else others wait for the lease."""
    for wait in PATIENCE:
        try:
            results.stumble(run, error)
            run.refresh_from_db()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(wait)
        else:
            return
    logger.warning("run %s failed while the database was away: its lease runs out", run.pk)


def settle_now(round_: Round, *, by: Any, reason: str = "", publish: bool = True, expected: str = "") -> RecomputeRun:
    """The whole way after a round at once, without a worker. Raises what a step refused."""
    run = results.request_settle(round_, by=by, reason=reason, publish=publish, expected=expected)
    while True:
        done = do_step(run.pk)
        if done is None:
            message = f"Run {run.pk} is done by somebody else at this moment."
            raise GameError(message)
        if done.state in {RunState.DONE, RunState.FAILED}:
            break
        if done.error:
            raise GameError(done.error)
    if done.state == RunState.FAILED:
        raise GameError(done.error)
    return done
