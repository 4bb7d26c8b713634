"""The clock of rounds, publication, and the end of a cycle."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from games.cycles.actions import change_state, locked, move_on, record_decision
from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of
from games.cycles.rules import RESULT_KINDS, CycleState, DecisionKind
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.actions.ballots import expect_voting_over
from games.judging.actions.feedback import expect_feedback
from games.judging.actions.reviewing import expect_looked
from games.judging.queries.feedback import WAIVED, is_waived, promise_in
from games.judging.queries.looks import WITHOUT, waits_in
from games.judging.rules.feedback import Promise
from games.playbooks.rules import Visibility
from games.progression.actions.widening import widen_by_rules
from games.progression.queries import due
from games.progression.rules import RoundUnfinished, decided_after, last_round
from games.rounds import actions as rounds
from games.rounds.models import Extension, Round
from games.rounds.rules import GATE_OPTIONS, RoundRefused, RoundState, state_of, widens
from games.submissions.models import Submission
from games.submissions.rules import SubmissionState
from leaderboards.engine.language import gettext as _
from leaderboards.models import Board


def settle_round_states(now: datetime | None = None) -> list[tuple[Round, tuple[RoundState, ...]]]:
    """Do what the clock says: rounds that opened, locked or closed since the last look are journalled, once each.

    Run it as often as you like, from as many processes.
    """
    now = now or db_now()
    found = []
    for round_ in due(now):
        steps = rounds.settle_round(round_, now=now)
        if steps:
            found.append((round_, steps))
    return found


@transaction.atomic
def publish_round(round_: Round, *, by: Any, reason: str = "") -> Round:
    """Make the round's results public: its visibility becomes what the Design promised, its decisions can be read. Harmless when repeated.

    Raises RoundRefused while the round, or a group with an extension, still takes entries; VotingOpen while the audience votes;
    LooksMissing while a mark far from the others or a deliberation waits for a human (`waive_looks` decides otherwise);
    FeedbackMissing while promised feedback is missing (`waive_feedback` decides otherwise).
    """
    cycle = locked(round_.cycle)
    held = Round.objects.get(pk=round_.pk)
    held.cycle = cycle
    now = db_now()
    if held.published_at is not None:
        _show_decisions(cycle, held, now)  # a correction rests on decisions too
        return held
    rounds.expect(held, now, RoundState.LOCKED, RoundState.CLOSED)
    late = Extension.objects.filter(round=held, until__gt=now).count()
    if late and held.closed_at is None:
        message = _('Round "{held}" still takes entries of {late} team(s) with an extension.', held=held.key, late=late)
        raise RoundRefused(message)
    expect_voting_over(held)
    expect_looked(held)
    expect_feedback(held)
    design = design_of(cycle, held.design_number)
    spec = design.round(held.key)
    promised = Visibility(spec.visibility.value) if spec else Visibility.SEALED
    held.published_at = now
    if widens(Visibility(held.visibility), promised):
        held.visibility = promised.value
    held.save(update_fields=["published_at", "visibility"])
    record_decision(cycle, DecisionKind.PUBLISH, by=by, reason=reason, round=held.key, value=held.visibility)
    _show_decisions(cycle, held, now)
    payload = {"round": held.key, "visibility": held.visibility, "design": held.design_number}
    record(Kind.ROUND_PUBLISHED, cycle_id=cycle.pk, by=by, subject=f"round:{held.pk}", payload=payload)
    if widen_by_rules(held, now):
        held.refresh_from_db(fields=["visibility"])
    if rounds.all_published(cycle):
        move_on(cycle, CycleState.AWARDING)
    return held


def _show_decisions(cycle: Cycle, round_: Round, now: datetime) -> None:
    """From now on everybody reads the decisions that made these results, and those about who goes on from them."""
    design = design_of(cycle)
    keys = Board.objects.filter(scope=cycle.pk).values_list("key", flat=True)
    boards = [key for key in keys if last_round(design, key) == round_.key]
    of_board = Q(round="", board__in=boards)
    moving = Q(round__in=decided_after(design, round_.key), kind__in=[DecisionKind.ADVANCE.value, DecisionKind.STOP.value])
    kinds = [kind.value for kind in RESULT_KINDS]
    waiting = Decision.objects.filter(cycle=cycle, kind__in=kinds, published_at__isnull=True)
    waiting.filter(Q(round=round_.key) | of_board | moving).update(published_at=now)


@transaction.atomic
def close_round(round_: Round, *, by: Any, reason: str) -> Round:
    """End a locked round. Where the Design promised feedback, every entrant must have it: raises FeedbackMissing naming who has not."""
    expect_feedback(round_)
    return rounds.close_round(round_, by=by, reason=reason)


@transaction.atomic
def reopen_round(round_: Round, until: datetime, *, by: Any, reason: str) -> Round:
    """Take entries again until a new end: what was locked in the round can be replaced by a new version."""
    held = rounds.reopen_round(round_, until, by=by, reason=reason)
    locked_entries = Submission.objects.filter(challenge__round=held, state=SubmissionState.LOCKED.value)
    locked_entries.update(state=SubmissionState.SUBMITTED.value)
    return held


@transaction.atomic
def close_cycle(cycle: Cycle, *, by: Any, reason: str) -> Decision:
    """Close a cycle whose rounds are all published and whose promised feedback is given. Raises RoundUnfinished, FeedbackMissing, StateRefused."""
    held = locked(cycle)
    if not rounds.all_published(held):
        open_ = Round.objects.filter(cycle=held, published_at__isnull=True).values_list("key", flat=True)
        message = _("Not every round is published yet: {names}.", names=", ".join(open_))
        raise RoundUnfinished(message)
    for one in Round.objects.filter(cycle=held).order_by("number"):
        one.cycle = held
        expect_feedback(one)
    decision = change_state(held, CycleState.CLOSED, by=by, reason=reason)
    cycle.state = held.state
    return decision


# --- The feedback contract ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def waive_feedback(round_: Round, *, by: Any, reason: str) -> Round:
    """Let the round count although promised feedback is missing: a decision that everybody reads, with its reason. Twice is once."""
    held, __ = rounds.held_round(round_, reason=reason)
    if promise_in(held) is Promise.NOTHING:
        message = _('Round "{held}" promised no feedback.', held=held.key)
        raise RoundRefused(message)
    if not is_waived(held):
        record_decision(held.cycle, DecisionKind.OVERRIDE, by=by, reason=reason, round=held.key, value=WAIVED, public=True)
    return held


@transaction.atomic
def waive_looks(round_: Round, *, by: Any, reason: str) -> Round:
    """Let the round count although marks or deliberations wait for a human: a decision that everybody reads, with its reason.

    It covers what waits now, nothing that comes up later. Raises RoundRefused where nothing waits; twice is once.
    """
    held, __ = rounds.held_round(round_, reason=reason)
    waits = waits_in(held)
    if not waits.all:
        message = _('In round "{held}" nothing waits for a look.', held=held.key)
        raise RoundRefused(message)
    if not waits.waived:
        record_decision(held.cycle, DecisionKind.OVERRIDE, by=by, reason=reason, round=held.key, value=WITHOUT, public=True)
    return held


@transaction.atomic
def open_round(round_: Round, *, by: Any, reason: str) -> Round:
    """Open a planned round now; not while feedback that a round before promised is missing. Raises FeedbackMissing, RoundRefused."""
    _feedback_before(round_)
    return rounds.open_round(round_, by=by, reason=reason)


@transaction.atomic
def pass_gate(round_: Round, choice: str, *, by: Any, reason: str, question: str = "") -> Round:
    """Decide the gate before a round, once; `go` not while feedback that a round before promised is missing. Raises FeedbackMissing."""
    if choice == GATE_OPTIONS[0]:
        _feedback_before(round_)
    return rounds.pass_gate(round_, choice, by=by, reason=reason, question=question)


def _feedback_before(round_: Round) -> None:
    """The rounds before this one that have ended: what they promised must be written. One that still runs beside it may be late."""
    now = db_now()
    for one in Round.objects.filter(cycle=round_.cycle_id, number__lt=round_.number).order_by("number"):
        one.cycle = round_.cycle
        if state_of(one.clock, now) in {RoundState.LOCKED, RoundState.CLOSED}:
            expect_feedback(one)
