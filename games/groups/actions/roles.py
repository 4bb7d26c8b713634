"""Roles that hold for a whole cycle: organizers, judges, followers. Who holds which is a decision."""

from typing import Any

from django.db import IntegrityError, transaction

from games.cycles.actions import locked, record_decision
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import DecisionKind
from games.errors import Invalid
from games.groups.actions.members import reasoned
from games.groups.models import Membership
from games.groups.queries import cycle_roles, waiting_in
from games.groups.rules import CYCLE_WIDE, GroupRefused, role_with
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.actions import invite, person_for, waiting_person
from games.organizations.models import Invitation, Person
from games.playbooks.rules import Capability
from games.playbooks.schema import Role
from leaderboards.engine.language import gettext as _


def found(cycle: Cycle, *, by: Any) -> Membership:
    """Make the user who launched the cycle its first organizer; harmless when repeated."""
    role = role_with(design_of(cycle).roles, Capability.ORGANIZE)
    return _give(cycle, person_for(by), role, by=by)[0]


@transaction.atomic
def appoint(cycle: Cycle, person: Person, *, role: str, by: Any, reason: str = "") -> Membership:
    """Give a person a role of the Design that holds for the whole cycle: a decision. Who has it keeps it. Raises Invalid."""
    cycle = locked(cycle)
    membership, fresh = _give(cycle, person, cycle_wide_role(cycle, role), by=by)
    if fresh:
        record_decision(
            cycle, DecisionKind.ROLE, by=by, value=role, other=person.key, reason=reason.strip(), question="appoint", public=False
        )
    return membership


def cycle_wide_role(cycle: Cycle, key: str) -> Role:
    """The role of the Design with this key, if its capabilities hold for a whole cycle. Raises Invalid, naming those there are."""
    usable = [
        one for one in design_of(cycle).roles if one.capabilities and {str(each) for each in one.capabilities} <= CYCLE_WIDE
    ]
    chosen = next((one for one in usable if one.key == key), None)
    if chosen is None:
        message = _(
            '"{key}" is no role for a whole cycle; expected {names}.',
            key=key,
            names=", ".join(one.key for one in usable) or _("none"),
        )
        raise Invalid(message, where="role")
    return chosen


def _give(cycle: Cycle, person: Person, role: Role, *, by: Any) -> tuple[Membership, bool]:
    """The membership, and whether it is new."""
    held = Membership.objects.filter(cycle=cycle, person=person, role=role.key, group__isnull=True, until__isnull=True)
    membership = held.first()
    if membership is not None:
        return membership, False
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                cycle=cycle,
                person=person,
                role=role.key,
                capabilities=[str(one) for one in role.capabilities],
                since=db_now(),
            )
    except IntegrityError:  # given by somebody else at this moment
        return held.get(), False
    payload = {"role": role.key}
    record(Kind.MEMBER_JOINED, cycle_id=cycle.pk, by=by, subject=f"person:{person.pk}", payload=payload)
    return membership, True


@transaction.atomic
def invite_to_role(
    cycle: Cycle, *, role: str, by: Any, email: str, name: str = "", person: Person | None = None, next_path: str = ""
) -> tuple[Membership, Invitation, str]:
    """Appoint somebody by address (or an unclaimed `person`) and mail them the link by which they take the place.

    Returns also the secret of the link. Raises Invalid, PersonTaken.
    """
    waiting = person or waiting_person(email, name=name, organization=cycle.organization, among=waiting_in(cycle))
    membership = appoint(cycle, waiting, role=role, by=by, reason="Invited.")
    invitation, secret = invite(waiting, by=by, email=email, next_path=next_path or f"/cycles/{cycle.key}/", cycle_id=cycle.pk)
    return membership, invitation, secret


@transaction.atomic
def dismiss(membership: Membership, *, by: Any, reason: str) -> None:
    """Take a role in the cycle back: a decision with its reason. The last organizer who can sign in stays. Raises GroupRefused."""
    reason = reasoned(reason)
    cycle = locked(membership.cycle)
    present = list(cycle_roles(cycle))
    mine = next((one for one in present if one.pk == membership.pk), None)
    if mine is None:
        message = _("This role has ended already, or is one in a team.")
        raise GroupRefused(message)
    steering = [one for one in present if Capability.ORGANIZE in one.capabilities and one.person.user_id is not None]
    if [one.pk for one in steering] == [mine.pk]:
        message = _("A cycle needs an organizer: appoint another one first.")
        raise GroupRefused(message)
    mine.until = db_now()
    mine.save(update_fields=["until"])
    payload = {"role": mine.role}
    record(Kind.MEMBER_LEFT, cycle_id=cycle.pk, by=by, subject=f"person:{mine.person_id}", payload=payload)
    record_decision(
        cycle, DecisionKind.ROLE, by=by, value=mine.role, other=mine.person.key, reason=reason, question="dismiss", public=False
    )
