"""Places in a cycle: who is in, who waits, who moves up, who leaves. Each act holds the row of the cycle until it is done."""

from typing import Any

from django.db import transaction

from games.cycles.actions import locked, needs_reason, record_decision
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState, DecisionKind
from games.groups.models import Group, Registration
from games.groups.queries import door_of, places_taken, waiting
from games.groups.rules import Consent, GroupRefused, GroupState, RegistrationState, consent_problems, outcome
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from leaderboards.engine.language import gettext as _


def journal_registration(kind: Kind, registration: Registration, *, by: Any) -> None:
    """Note what happened to a registration: ids, keys and states, no names."""
    group = registration.group
    payload = {"state": registration.state, "group": group.key}
    record(kind, cycle_id=group.cycle_id, group_id=group.pk, by=by, subject=f"registration:{registration.pk}", payload=payload)


def put(registration: Registration, state: RegistrationState, *, by: Any, reason: str = "") -> None:
    """Set the state of a registration, and of its group with it."""
    registration.state, registration.reason, registration.settled_at = state.value, reason.strip(), db_now()
    registration.save(update_fields=["state", "reason", "settled_at"])
    if state is RegistrationState.ACCEPTED:
        registration.group.state = GroupState.ACTIVE.value
        registration.group.save(update_fields=["state"])
    journal_registration(Kind.GROUP_SETTLED, registration, by=by)


def given_by(registration: Registration) -> Consent:
    """What the group accepted, in which version."""
    return Consent(registration.terms_version, registration.licence_version, age_confirmed=registration.age_confirmed)


@transaction.atomic
def settle(registration: Registration, *, accept: bool, by: Any, reason: str = "") -> Registration:
    """Organizers accept or refuse a pending or waiting registration; a refusal cites its reason.

    Accepted while all places are taken, it goes onto the waiting list. Raises GroupRefused, ReasonMissing, CycleFull.
    """
    cycle = locked(registration.group.cycle)
    registration = Registration.objects.select_related("group").get(pk=registration.pk)
    if registration.state not in {RegistrationState.PENDING.value, RegistrationState.WAITING.value}:
        message = _("This registration is {state} already.", state=registration.state)
        raise GroupRefused(message)
    rules = design_of(cycle).registration
    if not accept:
        needs_reason(reason)
        state = RegistrationState.REFUSED
    else:
        if consent_problems(rules, given_by(registration)):
            message = _("The team has not accepted what holds now: only its captain can do that.")
            raise GroupRefused(message)
        state = outcome(rules, taken=places_taken(cycle), approved=True)
        if state.value == registration.state:
            message = _("All places are taken: it moves up when one is free.")
            raise GroupRefused(message)
    put(registration, state, by=by, reason=reason)
    return registration


@transaction.atomic
def fill_places(cycle: Cycle) -> int:
    """Move the waiting list up into free places, first come first; returns how many moved.

    Also called when an amendment raises the capacity. While the cycle enrols it works after the door has closed, too: the list is
    for those who give up late.
    """
    cycle = locked(cycle)
    if cycle.state != CycleState.ENROLLING.value and not door_of(cycle, db_now()).open:
        return 0
    capacity = design_of(cycle).registration.capacity
    rows = list(waiting(cycle) if capacity is None else waiting(cycle)[: max(0, capacity - places_taken(cycle))])
    for registration in rows:
        put(registration, RegistrationState.ACCEPTED, by=None)
    return len(rows)


@transaction.atomic
def withdraw_group(group: Group, *, by: Any, reason: str = "") -> Group:
    """The group leaves the cycle: a decision, and a place for the next on the waiting list. What it entered stays in the record.

    Raises GroupRefused when it takes no part (any more).
    """
    cycle = locked(group.cycle)
    group = Group.objects.select_for_update(no_key=True).get(pk=group.pk)
    if group.state not in {GroupState.ACTIVE.value, GroupState.PENDING.value}:
        message = _("This team is {state} already.", state=group.state)
        raise GroupRefused(message)
    took_part = group.state == GroupState.ACTIVE.value
    group.state, group.invite_code = GroupState.WITHDRAWN.value, ""
    group.save(update_fields=["state", "invite_code"])
    registration = Registration.objects.filter(group=group).first()
    if registration is not None:
        registration.state, registration.settled_at = RegistrationState.WITHDRAWN.value, db_now()
        registration.save(update_fields=["state", "settled_at"])
    ahead = cycle.rounds.filter(published_at__isnull=True).order_by("number").values_list("key", flat=True).first()
    if (
        took_part and ahead is not None
    ):  # what is published stays as it is: the decision takes effect in the first round that is not
        why = reason.strip() or "The team withdrew."
        record_decision(cycle, DecisionKind.WITHDRAW, by=by, round=ahead, group=group.key, reason=why)
    record(
        Kind.GROUP_LEFT, cycle_id=cycle.pk, group_id=group.pk, by=by, subject=f"group:{group.pk}", payload={"group": group.key}
    )
    if took_part:
        fill_places(cycle)
    return group
