"""Writes of rounds: the clock settles what is due; everything else is a decision with a reason."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from games.cycles.actions import locked, move_on, needs_reason, record_decision
from games.cycles.models import Cycle, Decision
from games.cycles.rules import CycleState, DecisionKind
from games.groups.models import Group
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.playbooks.rules import Visibility
from games.rounds.models import Extension, Round
from games.rounds.queries import deadline_for
from games.rounds.rules import (
    GATE_OPTIONS,
    ExtensionTooShort,
    GateRefused,
    RoundRefused,
    RoundState,
    VisibilityNarrows,
    deadline,
    state_of,
    steps_due,
    widens,
)
from leaderboards.engine.language import gettext as _

STEERED = frozenset({CycleState.ENROLLING.value, CycleState.RUNNING.value, CycleState.PAUSED.value, CycleState.AWARDING.value})
JOURNALLED = {
    RoundState.OPEN: Kind.ROUND_OPENED,
    RoundState.LOCKED: Kind.ROUND_LOCKED,
    RoundState.CLOSED: Kind.ROUND_CLOSED,
}


def held_round(round_: Round, *, reason: str) -> tuple[Round, datetime]:
    """The round read again under the lock of its cycle, and the time. Refuses an empty reason, and a cycle that is not being played."""
    needs_reason(reason)
    cycle = locked(round_.cycle)
    if cycle.state not in STEERED:
        message = _("The cycle is {state}: its rounds stay as they are.", state=cycle.state)
        raise RoundRefused(message)
    held = Round.objects.get(pk=round_.pk)
    held.cycle = cycle
    return held, db_now()


def expect(round_: Round, now: datetime, *states: RoundState) -> RoundState:
    """The state of the round, refused unless it is one of `states`."""
    state = state_of(round_.clock, now)
    if state not in states:
        message = _(
            'Round "{round}" is {state}; this needs one that is {names}.',
            round=round_.key,
            state=state,
            names=" or ".join(states),
        )
        raise RoundRefused(message)
    return state


def journal_step(round_: Round, state: RoundState, *, by: Any = None) -> None:
    """Write down that the round has reached `state`."""
    payload = {"round": round_.key, "number": round_.number, "design": round_.design_number}
    record(JOURNALLED[state], cycle_id=round_.cycle_id, by=by, subject=f"round:{round_.pk}", payload=payload)


@transaction.atomic
def settle_round(round_: Round, *, now: datetime, by: Any = None) -> tuple[RoundState, ...]:
    """Journal the steps the round went through since it was settled last, once however often this runs. Returns them.

    The first round that opens sets its cycle running.
    """
    settled = RoundState(round_.settled_state)
    steps = steps_due(settled, round_.clock, now)
    if not steps:
        return ()
    state = steps[-1].value
    if not Round.objects.filter(pk=round_.pk, settled_state=settled.value).update(settled_state=state):
        return ()
    round_.settled_state = state
    for step in steps:
        journal_step(round_, step, by=by)
    if RoundState.OPEN in steps:
        _begin_cycle(round_.cycle)
    return steps


def _begin_cycle(cycle: Cycle) -> None:
    """The first round that opens ends the time in which a cycle only enrols."""
    held = locked(cycle)
    if held.state == CycleState.ENROLLING.value and move_on(held, CycleState.RUNNING):
        cycle.state = held.state


@transaction.atomic
def open_round(round_: Round, *, by: Any, reason: str) -> Round:
    """Open a planned round now. A gate before it must have been passed."""
    held, now = held_round(round_, reason=reason)
    expect(held, now, RoundState.PLANNED)
    if held.gated and held.passed_at is None:
        message = _('Round "{held}" opens only after its gate is decided.', held=held.key)
        raise RoundRefused(message)
    if held.closes_at is not None and held.closes_at <= now:
        message = _(
            'Round "{held}" was to close {astimezone:%Y-%m-%d %H:%M} UTC; reopen it with a new end.',
            held=held.key,
            astimezone=held.closes_at.astimezone(UTC),
        )
        raise RoundRefused(message)
    record_decision(held.cycle, DecisionKind.OVERRIDE, by=by, reason=reason, round=held.key, value="open", public=True)
    held.opened_at = now
    held.save(update_fields=["opened_at"])
    settle_round(held, now=now, by=by)
    return held


@transaction.atomic
def lock_round(round_: Round, *, by: Any, reason: str) -> Round:
    """Stop entries now, before the planned end. Extensions of single groups stay as promised."""
    held, now = held_round(round_, reason=reason)
    expect(held, now, RoundState.OPEN)
    record_decision(held.cycle, DecisionKind.OVERRIDE, by=by, reason=reason, round=held.key, value="lock", public=True)
    held.locked_at = now
    held.save(update_fields=["locked_at"])
    settle_round(held, now=now, by=by)
    return held


@transaction.atomic
def close_round(round_: Round, *, by: Any, reason: str) -> Round:
    """End a locked round for good."""
    held, now = held_round(round_, reason=reason)
    expect(held, now, RoundState.LOCKED)
    record_decision(held.cycle, DecisionKind.OVERRIDE, by=by, reason=reason, round=held.key, value="close", public=True)
    held.closed_at = now
    held.save(update_fields=["closed_at"])
    settle_round(held, now=now, by=by)
    return held


@transaction.atomic
def reopen_round(round_: Round, until: datetime, *, by: Any, reason: str) -> Round:
    """Take entries again until a new end. Refused once results are published: a published result is corrected, not replayed."""
    held, now = held_round(round_, reason=reason)
    expect(held, now, RoundState.LOCKED, RoundState.CLOSED)
    if held.published_at is not None:
        message = _('The results of round "{held}" are published; correct them instead of reopening it.', held=held.key)
        raise RoundRefused(message)
    _later(until, now, _("now"))
    _later(until, held.closes_at, _("the planned end"), equal=True)
    record_decision(held.cycle, DecisionKind.REOPEN, by=by, reason=reason, round=held.key, value=until.isoformat(), public=True)
    held.opened_at = held.opened_at or (held.opens_at if held.opens_at and held.opens_at <= now else now)
    held.locked_at = held.closed_at = None
    held.extended_to, held.settled_state = until, RoundState.OPEN.value
    held.save(update_fields=["opened_at", "locked_at", "closed_at", "extended_to", "settled_state"])
    journal_step(held, RoundState.OPEN, by=by)
    return held


def _later(until: datetime, than: datetime | None, what: str, *, equal: bool = False) -> None:
    if than is not None and (until < than or (until == than and not equal)):
        message = _("{until} is not later than {what}, {than}.", until=until.isoformat(), what=what, than=than.isoformat())
        raise ExtensionTooShort(message, where="until")


@transaction.atomic
def extend(round_: Round, until: datetime, *, by: Any, reason: str, group: Group | None = None) -> Decision:
    """More time: for one group (also after the lock, until results are published), or for all (before the lock)."""
    held, now = held_round(round_, reason=reason)
    if group is None:
        expect(held, now, RoundState.PLANNED, RoundState.OPEN)
    else:
        expect(held, now, RoundState.PLANNED, RoundState.OPEN, RoundState.LOCKED)
    if held.published_at is not None:
        message = _('The results of round "{held}" are published.', held=held.key)
        raise RoundRefused(message)
    if group is not None and group.cycle_id != held.cycle_id:
        message = _('"{group}" is not a team of this cycle.', group=group.key)
        raise RoundRefused(message, where="group")
    end = deadline(held.clock) if group is None else deadline_for(held, group)
    if end is None:
        message = _('Round "{held}" has no end to extend.', held=held.key)
        raise RoundRefused(message)
    _later(until, end, _("the deadline"))
    _later(until, now, _("now"))
    key = group.key if group is not None else ""
    decision = record_decision(
        held.cycle, DecisionKind.EXTEND, by=by, reason=reason, round=held.key, group=key, value=until.isoformat(), public=not key
    )
    if group is None:
        held.extended_to = until
        held.save(update_fields=["extended_to"])
    else:
        defaults = {"until": until, "reason": reason, "decision": decision}
        Extension.objects.update_or_create(round=held, group=group, defaults=defaults)
    payload = {"round": held.key, "until": until.isoformat()}
    group_id = group.pk if group is not None else None
    record(Kind.ROUND_EXTENDED, cycle_id=held.cycle_id, by=by, group_id=group_id, subject=f"round:{held.pk}", payload=payload)
    return decision


@transaction.atomic
def widen(round_: Round, visibility: Visibility, *, by: Any, reason: str) -> Round:
    """Show more of the round to everybody. It never narrows."""
    held, __ = held_round(round_, reason=reason)
    if not widens(Visibility(held.visibility), visibility):
        message = _(
            'Round "{held}" already shows {visibility}; {visibility2} would not show more.',
            held=held.key,
            visibility=held.visibility,
            visibility2=visibility,
        )
        raise VisibilityNarrows(message, where="visibility")
    record_decision(held.cycle, DecisionKind.PUBLISH, by=by, reason=reason, round=held.key, value=visibility.value)
    show_more(held, visibility, by=by)
    return held


def show_more(held: Round, visibility: Visibility, *, by: Any = None) -> None:
    """Others see this much of a round that is held; nobody's decision where its rules said so before."""
    held.visibility = visibility.value
    held.save(update_fields=["visibility"])
    payload = {"round": held.key, "visibility": visibility.value}
    record(Kind.ROUND_WIDENED, cycle_id=held.cycle_id, by=by, subject=f"round:{held.pk}", payload=payload)


@transaction.atomic
def pass_gate(round_: Round, choice: str, *, by: Any, reason: str, question: str = "") -> Round:
    """Decide the gate before a round, once: `go` lets it open at its time, `no_go` closes it for good. Raises GateRefused."""
    held, now = held_round(round_, reason=reason)
    if not held.gated:
        message = _('Round "{held}" has no gate.', held=held.key)
        raise GateRefused(message)
    if choice not in GATE_OPTIONS:
        message = _('"{choice}" is not among the options: {names}.', choice=choice, names=", ".join(GATE_OPTIONS))
        raise GateRefused(message, where="choice")
    if held.passed_at is not None or held.closed_at is not None:
        message = _('The gate of round "{held}" was decided before.', held=held.key)
        raise GateRefused(message)
    record_decision(
        held.cycle,
        DecisionKind.GATE,
        by=by,
        reason=reason,
        round=held.key,
        value=choice,
        question=question or f'May round "{held.key}" open?',
        options=GATE_OPTIONS,
    )
    field = "passed_at" if choice == GATE_OPTIONS[0] else "closed_at"
    setattr(held, field, now)
    held.save(update_fields=[field])
    settle_round(held, now=now, by=by)
    return held


def all_published(cycle: Cycle) -> bool:
    """Whether nothing is left to publish: every round is published, or was closed by a gate without having begun."""
    waiting = Round.objects.filter(cycle=cycle, published_at__isnull=True)
    return not waiting.exclude(gated=True, passed_at__isnull=True, closed_at__isnull=False).exists()
