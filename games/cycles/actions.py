"""Writes of cycles: decisions, states, numbered Designs, series. Numbers are given out under a lock on the cycle's row."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max

from games.cycles.models import Cycle, Decision, Series
from games.cycles.models import Design as DesignRow
from games.cycles.queries import HELD, committed, glass_broken, not_yet_committed
from games.cycles.rules import (
    DECIDED_IN_PUBLIC,
    GLASS_OPEN_FOR,
    TAKEN_BACK,
    TAKES_DECISIONS,
    CycleState,
    DecisionKind,
    DecisionRefused,
    ReasonMissing,
    StateRefused,
    changes,
    digest_of,
    may_become,
    words_of,
)
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.models import Organization
from games.playbooks.schema import Design
from leaderboards.engine.language import gettext as _
from leaderboards.kept import Kept


def locked(cycle: Cycle) -> Cycle:
    """The cycle read again, its row held until the transaction ends: whoever numbers or decides does so one after the other."""
    found = _locked(cycle.pk)
    if not found:
        raise Cycle.DoesNotExist(cycle.pk)
    return found[0]


_locked: Final[Kept[Cycle, Cycle]] = Kept(lambda pk: Cycle.objects.select_for_update(no_key=True).filter(pk=pk), int)


@transaction.atomic
def record_decision(  # noqa: PLR0913 each part of a decision is named
    cycle: Cycle,
    kind: DecisionKind,
    *,
    by: Any,
    reason: str = "",
    round: str = "",  # noqa: A002 the bundle's word
    board: str = "",
    group: str = "",
    other: str = "",
    value: str = "",
    question: str = "",
    options: Sequence[str] = (),
    decider: str = "",
    public: bool | None = None,
    even_cancelled: bool = False,
) -> Decision:
    """Write down a choice under the next number. `round`, `board`, `group`, `other` are keys; `by` is a user or None (the system).

    `public`: everybody reads it at once (default: what steers is). A cancelled cycle takes only its state and what is `even_cancelled`.
    """
    number, now = _next_number(cycle, always=even_cancelled or kind is DecisionKind.STATE), db_now()
    keys = {"round": round, "board": board, "group": group, "other": other}
    shown = kind in DECIDED_IN_PUBLIC if public is None else public
    decision = Decision.objects.create(
        cycle=cycle,
        number=number,
        at=now,
        kind=kind.value,
        value=value,
        question=question,
        options=list(options),
        reason=reason,
        decider=decider or getattr(by, "name", ""),
        by=by,
        published_at=now if shown else None,
        **keys,
    )
    _journal(decision, by=by)
    return decision


def _next_number(cycle: Cycle, *, always: bool) -> int:
    """The number of the next decision, held until the transaction ends."""
    held = locked(cycle)
    if held.state not in TAKES_DECISIONS and not always:
        message = _("The cycle is {state}: nothing more is decided in it.", state=held.state)
        raise DecisionRefused(message)
    return (cycle.decisions.aggregate(last=Max("number"))["last"] or 0) + 1


def _journal(decision: Decision, *, by: Any) -> None:
    """The act without its words: keys and the number."""
    names = ("number", "kind", "round", "board", "group", "other")
    payload = {name: getattr(decision, name) for name in names}
    record(Kind.DECISION_RECORDED, cycle_id=decision.cycle_id, by=by, subject=f"decision:{decision.pk}", payload=payload)


@transaction.atomic
def revoke_decision(decision: Decision, *, by: Any, reason: str) -> Decision:
    """Take a decision back by a later one; it stays in the record. Returns the later one.

    Raises DecisionRefused unless it is one about results or opened a cycle to the owner of the instance.
    """
    needs_reason(reason)
    if decision.kind not in TAKEN_BACK:
        message = _("A decision of kind {kind} is not taken back: take another one.", kind=decision.kind)
        raise DecisionRefused(message)
    now = db_now()
    locked(decision.cycle)
    if not Decision.objects.filter(pk=decision.pk, revoked_at__isnull=True).update(revoked_at=now):
        message = _("Decision {number} was taken back before.", number=decision.number)
        raise DecisionRefused(message)
    decision.revoked_at = now
    return record_decision(
        decision.cycle,
        DecisionKind.OVERRIDE,
        by=by,
        reason=reason,
        round=decision.round,
        board=decision.board,
        group=decision.group,
        value=f"revoke {decision.number}",
        even_cancelled=decision.kind == DecisionKind.BREAK_GLASS,
    )


@transaction.atomic
def break_glass(cycle: Cycle, *, by: Any, reason: str) -> Decision:
    """The owner of the instance may read this one cycle as its organizers do, for GLASS_OPEN_FOR from now; its organizers are told.

    Raises ReasonMissing, and DecisionRefused while an earlier decision of theirs still holds. Whether `by` is the owner the edge asks.
    """
    needs_reason(reason)
    locked(cycle)
    now = db_now()
    if glass_broken(now).filter(cycle=cycle, by=by).exists():
        message = _("You may read this cycle already. Take that decision back first, or wait until it ends.")
        raise DecisionRefused(message)
    until = f"until {now + GLASS_OPEN_FOR:%Y-%m-%d %H:%M} UTC"
    question = "May the owner of this instance read what is sealed?"
    kind = DecisionKind.BREAK_GLASS
    decision = record_decision(cycle, kind, by=by, reason=reason, value=until, question=question, even_cancelled=True)
    record(Kind.GLASS_BROKEN, cycle_id=cycle.pk, by=by, subject=f"decision:{decision.pk}", payload={"number": decision.number})
    return decision


def needs_reason(reason: str) -> None:
    """Refuse an empty reason."""
    if not reason.strip():
        message = _("A reason is needed: it stands in the record.")
        raise ReasonMissing(message, where="reason")


@transaction.atomic
def change_state(cycle: Cycle, state: CycleState, *, by: Any, reason: str) -> Decision:
    """Pause, resume, cancel, close or reopen a cycle: a decision that everybody may read. Raises StateRefused, ReasonMissing."""
    needs_reason(reason)
    held = locked(cycle)
    before = CycleState(held.state)
    if not may_become(before, state):
        message = _("A cycle that is {before} cannot become {state}.", before=before, state=state)
        raise StateRefused(message, where="state")
    decision = record_decision(cycle, DecisionKind.STATE, by=by, reason=reason, value=state.value)
    _set_state(cycle, before, state, by=by)
    return decision


@transaction.atomic
def move_on(cycle: Cycle, state: CycleState) -> bool:
    """The clock moves the cycle on, without a decision. False when it is not in a state that leads there: harmless when repeated."""
    held = locked(cycle)
    before = CycleState(held.state)
    if not may_become(before, state):
        return False
    _set_state(cycle, before, state, by=None)
    return True


def _set_state(cycle: Cycle, before: CycleState, state: CycleState, *, by: Any) -> None:
    cycle.state = state.value
    cycle.save(update_fields=["state"])
    payload = {"from": before.value, "to": state.value}
    record(Kind.CYCLE_STATE_CHANGED, cycle_id=cycle.pk, by=by, subject=f"cycle:{cycle.pk}", payload=payload)


@transaction.atomic
def add_design(cycle: Cycle, design: Design, *, by: Any, decision: Decision | None = None) -> DesignRow:
    """Store the rules under the next number, with what differs from the number before, and make them the present ones.

    Only `progression.actions.apply_design` calls this: rounds, challenges and boards must follow.
    """
    locked(cycle)
    last = DesignRow.objects.filter(cycle=cycle).order_by("-number").first()
    data = design.data()
    row = DesignRow.objects.create(
        cycle=cycle,
        number=last.number + 1 if last else 1,
        data=data,
        digest=digest_of(data),
        diff=changes(last.data, data) if last else [],
        decision=decision,
        created_by=by,
    )
    not_yet_committed(cycle.pk, row.number)
    cycle.__dict__.pop(HELD, None)
    transaction.on_commit(partial(committed, cycle.pk, row.number))
    cycle.design_number = row.number
    cycle.save(update_fields=["design_number"])
    return row


def series_for(key: str, *, name: str = "", organization: Organization | None = None) -> Series:
    """The series with this key, made if there is none; without a name it is called by its key, in words."""
    try:
        with transaction.atomic():
            found, __ = Series.objects.get_or_create(
                key=key, defaults={"name": name or words_of(key), "organization": organization}
            )
    except IntegrityError:  # made by somebody else at this moment
        return Series.objects.get(key=key)
    return found
