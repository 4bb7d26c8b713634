"""How a group comes into a cycle and goes: register, settle, move up the waiting list, withdraw.

Every act here holds the row of the cycle until it is done, so places are counted and taken one group after the other.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from games.cycles.actions import locked, needs_reason, record_decision
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState, DecisionKind
from games.errors import Problem
from games.groups.actions.members import in_no_other_group
from games.groups.models import Group, Membership, Registration
from games.groups.queries import door_of, free_key, named_alike, places_taken, waiting
from games.groups.rules import (
    Consent,
    DoorClosed,
    GroupRefused,
    GroupState,
    NameTaken,
    NotEligible,
    RegistrationRefused,
    RegistrationState,
    clean_group_name,
    consent_problems,
    eligibility_problems,
    new_invite_code,
    outcome,
    role_with,
)
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.models import Organization, Person
from games.playbooks.forms import AnswersRefused, check_answers
from games.playbooks.rules import Capability
from games.playbooks.schema import Registration as Rules

KIND = "team"


@transaction.atomic
def register(  # noqa: PLR0913 each part of a registration is named
    cycle: Cycle,
    *,
    by: Any,
    person: Person,
    name: str,
    division: str = "",
    answers: Mapping[str, Any] | None = None,
    consent: Consent | None = None,
    organization: Organization | None = None,
    affiliation: str = "",
) -> Registration:
    """A new group, `person` its captain, comes into the cycle: accepted, waiting, or pending until organizers approve.

    Raises DoorClosed; RegistrationRefused with every fault at its field; NotEligible citing the rule; NameTaken; CycleFull;
    GroupRefused when the person is in another group already.
    """
    cycle = locked(cycle)
    rules = design_of(cycle).registration
    entrance = door_of(cycle, db_now())
    if not entrance.open:
        raise DoorClosed(entrance.why)
    given = consent or Consent()
    cleaned, shown = _checked(rules, name=name, division=division, answers=answers or {}, consent=given)
    in_no_other_group(person, cycle, kind=KIND)
    state = outcome(rules, taken=places_taken(cycle), approved=False)
    group = create_group(
        cycle, by=by, captain=person, name=shown, division=division, organization=organization, affiliation=affiliation,
        state=GroupState.ACTIVE if state is RegistrationState.ACCEPTED else GroupState.PENDING,
    )  # fmt: skip
    registration = _kept(group, rules, state, given, answers=cleaned, by=person)
    _journal(Kind.GROUP_REGISTERED, registration, by=by)
    if state is not RegistrationState.PENDING:
        _journal(Kind.GROUP_SETTLED, registration, by=by)
    return registration


def _kept(
    group: Group, rules: Rules, state: RegistrationState, given: Consent, *, answers: dict[str, Any], by: Person
) -> Registration:
    """The row: what was answered, and what was accepted in which version."""
    now = db_now()
    return Registration.objects.create(
        group=group,
        state=state.value,
        answers=answers,
        terms_version=given.terms_version if rules.terms else "",
        licence_version=given.licence_version if rules.licence else "",
        age_confirmed=given.age_confirmed,
        asked_at=now,
        settled_at=now if state is RegistrationState.ACCEPTED else None,
        by=by,
    )


def _checked(
    rules: Rules, *, name: str, division: str, answers: Mapping[str, Any], consent: Consent
) -> tuple[dict[str, Any], str]:
    """The cleaned answers and name, or every fault at once."""
    problems: list[Problem] = []
    try:
        name = clean_group_name(name, rules.names)
    except RegistrationRefused as refusal:
        problems.append(Problem("name", refusal.message))
    known = [one.key for one in rules.divisions]
    if known and division not in known:
        problems.append(Problem("division", f"Choose one of {', '.join(known)}.", "invalid" if division else "required"))
    if division and not known:
        problems.append(Problem("division", "This cycle has no divisions.", "unknown"))
    cleaned: dict[str, Any] = {}
    try:
        cleaned = check_answers(rules.form, answers)
    except AnswersRefused as refusal:
        problems += [Problem(f"answers.{one.where}", one.message, one.code) for one in refusal.problems]
    problems += consent_problems(rules, consent)
    if problems:
        message = " ".join(one.message for one in problems)
        raise RegistrationRefused(message, problems=problems)
    unfit = eligibility_problems(rules.eligibility, cleaned)
    if unfit:
        message = " ".join(one.message for one in unfit)
        raise NotEligible(message, problems=unfit)
    return cleaned, name


@transaction.atomic
def create_group(  # noqa: PLR0913 each part of a group is named
    cycle: Cycle,
    *,
    by: Any,
    name: str,
    captain: Person | None = None,
    kind: str = KIND,
    division: str = "",
    organization: Organization | None = None,
    affiliation: str = "",
    state: GroupState = GroupState.ACTIVE,
    key: str = "",
    predecessor: Group | None = None,
) -> Group:
    """A group with its captain, without a registration (organizers, and the next cycle, bring groups in so). Raises NameTaken."""
    cycle = locked(cycle)
    if named_alike(cycle, name, division=division) is not None:
        message = f'There is a group named "{name}" already.'
        raise NameTaken(message, where="name")
    group = Group.objects.create(
        cycle=cycle,
        key=key or free_key(cycle, name),
        name=name,
        kind=kind,
        division=division,
        organization=organization,
        predecessor=predecessor,
        state=state.value,
        invite_code=new_invite_code(),
    )
    if captain is not None:
        _lead(group, captain, affiliation=affiliation, by=by)
    return group


def _lead(group: Group, captain: Person, *, affiliation: str, by: Any) -> None:
    role = role_with(design_of(group.cycle).roles, Capability.CAPTAIN)
    held = [str(one) for one in role.capabilities]
    Membership.objects.create(
        cycle=group.cycle, group=group, person=captain, role=role.key, capabilities=held, affiliation=affiliation, since=db_now()
    )
    subject, payload = f"person:{captain.pk}", {"role": role.key}
    record(Kind.MEMBER_JOINED, cycle_id=group.cycle_id, group_id=group.pk, by=by, subject=subject, payload=payload)


def _journal(kind: Kind, registration: Registration, *, by: Any) -> None:
    group = registration.group
    payload = {"state": registration.state, "group": group.key}
    record(kind, cycle_id=group.cycle_id, group_id=group.pk, by=by, subject=f"registration:{registration.pk}", payload=payload)


@transaction.atomic
def settle(registration: Registration, *, accept: bool, by: Any, reason: str = "") -> Registration:
    """Organizers accept or refuse a pending or waiting registration; a refusal cites its reason.

    Accepted while all places are taken, it goes onto the waiting list. Raises GroupRefused, ReasonMissing, CycleFull.
    """
    cycle = locked(registration.group.cycle)
    registration = Registration.objects.select_related("group").get(pk=registration.pk)
    if registration.state not in {RegistrationState.PENDING.value, RegistrationState.WAITING.value}:
        message = f"This registration is {registration.state} already."
        raise GroupRefused(message)
    if not accept:
        needs_reason(reason)
        state = RegistrationState.REFUSED
    else:
        state = outcome(design_of(cycle).registration, taken=places_taken(cycle), approved=True)
        if state.value == registration.state:
            message = "All places are taken: it moves up when one is free."
            raise GroupRefused(message)
    _settle(registration, state, by=by, reason=reason)
    return registration


def _settle(registration: Registration, state: RegistrationState, *, by: Any, reason: str = "") -> None:
    registration.state, registration.reason, registration.settled_at = state.value, reason.strip(), db_now()
    registration.save(update_fields=["state", "reason", "settled_at"])
    if state is RegistrationState.ACCEPTED:
        registration.group.state = GroupState.ACTIVE.value
        registration.group.save(update_fields=["state"])
    _journal(Kind.GROUP_SETTLED, registration, by=by)


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
        _settle(registration, RegistrationState.ACCEPTED, by=None)
    return len(rows)


@transaction.atomic
def withdraw_group(group: Group, *, by: Any, reason: str = "") -> Group:
    """The group leaves the cycle: a decision, and a place for the next on the waiting list. What it entered stays in the record.

    Raises GroupRefused when it takes no part (any more).
    """
    cycle = locked(group.cycle)
    group = Group.objects.select_for_update(no_key=True).get(pk=group.pk)
    if group.state not in {GroupState.ACTIVE.value, GroupState.PENDING.value}:
        message = f"This group is {group.state} already."
        raise GroupRefused(message)
    took_part = group.state == GroupState.ACTIVE.value
    group.state, group.invite_code = GroupState.WITHDRAWN.value, ""
    group.save(update_fields=["state", "invite_code"])
    registration = Registration.objects.filter(group=group).first()
    if registration is not None:
        registration.state, registration.settled_at = RegistrationState.WITHDRAWN.value, db_now()
        registration.save(update_fields=["state", "settled_at"])
    if took_part:
        record_decision(cycle, DecisionKind.WITHDRAW, by=by, group=group.key, reason=reason.strip() or "The group withdrew.")
    record(
        Kind.GROUP_LEFT, cycle_id=cycle.pk, group_id=group.pk, by=by, subject=f"group:{group.pk}", payload={"group": group.key}
    )
    if took_part:
        fill_places(cycle)
    return group
