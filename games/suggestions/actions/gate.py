"""At the gate what was accepted becomes the next version of the rules: each a version of its own, by a decision that credits its author.

Never in the middle of an open round. What no longer fits stays accepted, says why, and waits for the organizers.
"""

from typing import Any

from django.db import transaction

from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.progression import actions as progression
from games.rounds.models import Round
from games.rounds.rules import GATE_OPTIONS, RoundState, state_of
from games.suggestions.actions.making import check_on, first_problem, journal
from games.suggestions.models import Suggestion
from games.suggestions.queries import at_the_gate, credit_of
from games.suggestions.rules import SuggestionRefused, rewritten
from leaderboards.engine.language import gettext as _


@transaction.atomic
def pass_gate(round_: Round, choice: str, *, by: Any, reason: str, question: str = "") -> Round:
    """Decide the gate before a round, once; with a `go` the suggestions that wait become rules first, unless a round is open.

    Raises as `progression.actions.pass_gate`: then nothing is applied either.
    """
    cycle = locked(round_.cycle)
    if choice == GATE_OPTIONS[0] and open_round_of(cycle) is None and round_.gated and round_.passed_at is None:
        _applied(cycle, by=by, reason=reason, gate=round_.key)
    return progression.pass_gate(round_, choice, by=by, reason=reason, question=question)


@transaction.atomic
def apply_accepted(cycle: Cycle, *, by: Any, reason: str) -> list[Suggestion]:
    """Where no gate stands: what waits becomes rules now, between rounds, by decision. Those that became one.

    Raises SuggestionRefused while a round is open, and when nothing waits; ReasonMissing.
    """
    held = locked(cycle)
    check_on(held)
    running = open_round_of(held)
    if running is not None:
        message = _("“{running}” is open: rules change between rounds.", running=running.name)
        raise SuggestionRefused(message)
    if not at_the_gate(held).exists():
        raise SuggestionRefused(_("No suggestion waits."))
    return _applied(held, by=by, reason=reason)


def open_round_of(cycle: Cycle) -> Round | None:
    """The round that takes entries now, if one does."""
    now = db_now()
    return next((one for one in Round.objects.filter(cycle=cycle) if state_of(one.clock, now) is RoundState.OPEN), None)


def _applied(cycle: Cycle, *, by: Any, reason: str, gate: str = "") -> list[Suggestion]:
    done = []
    for row in at_the_gate(cycle).select_related("author", "group"):
        row.cycle = cycle
        try:
            with transaction.atomic():
                _apply(row, by=by, reason=reason, gate=gate)
        except GameError as refused:
            row.stuck = first_problem(refused)
            row.save(update_fields=["stuck"])
            continue
        done.append(row)
    return done


def _apply(row: Suggestion, *, by: Any, reason: str, gate: str) -> None:
    cycle = row.cycle
    data = rewritten(design_of(cycle).data(), row.ruling or row.change)
    if gate and not any(one.get("key") == gate for one in data.get("rounds", ())):
        raise SuggestionRefused(_("It would take away the round whose gate is passed."))
    made = progression.amend(cycle, by=by, reason=_reason(row, reason), question=_question(row), design=data)
    row.design_number, row.applied_at, row.decision_id, row.stuck = made.number, db_now(), made.decision_id, ""
    row.save(update_fields=["design_number", "applied_at", "decision", "stuck"])
    journal(Kind.SUGGESTION_APPLIED, row, by=by, number=made.number)


def _question(row: Suggestion) -> str:
    """What was decided, with credit to whoever suggested it, unless they would not be named."""
    credit = credit_of(row)
    whose = f", suggested by {credit}" if credit else ""
    return f"Suggestion {row.number}: {row.title}{whose}"[:500]


def _reason(row: Suggestion, reason: str) -> str:
    return "\n\n".join(part for part in (reason.strip(), row.answer) if part)
