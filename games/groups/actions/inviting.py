"""Many people invited at once, all or nothing; an invitation sent again or withdrawn; another role instead of the one held."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from games.cycles.actions import locked, record_decision
from games.cycles.models import Cycle
from games.cycles.rules import DecisionKind
from games.errors import Invalid
from games.groups.actions.joining import group_path
from games.groups.actions.members import reasoned, remove_member
from games.groups.actions.registration import create_group
from games.groups.actions.roles import appoint, cycle_wide_role, dismiss
from games.groups.guests import DOING, MAILED, Plan, Planned, plan_guests
from games.groups.models import Group, Membership
from games.groups.rules import GroupRefused, same_name
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.actions import invite, invite_people, withdraw_invitations
from games.organizations.guests import Guest
from games.organizations.models import Invitation, Person
from games.organizations.rules import name_from_email
from games.playbooks.rules import Capability
from leaderboards.engine.language import gettext as _


class GuestsRefused(Invalid):
    """The list cannot be taken as it is; every fault is listed with its row and column. Nothing was done."""

    code = "guests_refused"


class Done(NamedTuple):
    """What a list did: `mailed` links sent, `placed` places given, `founded` teams made."""

    mailed: int
    placed: int
    founded: int


@transaction.atomic
def invite_guests(cycle: Cycle, guests: Sequence[Guest], *, role: str, by: Any) -> Done:
    """Give every guest of the list their place, and mail a link to those who have no account here. Raises GuestsRefused.

    The plan is made under the lock of the cycle, so what came in between is seen; a row whose place is held already does nothing.
    """
    cycle = locked(cycle)
    now = db_now()
    plan = plan_guests(cycle, guests, role=role, now=now)
    if plan.problems:
        first, more = plan.problems[0], len(plan.problems) - 1
        message = _("Nobody was invited. {first}", first=first) + (_(" (and {more} more)", more=more) if more else "")
        raise GuestsRefused(message, where=first.where, problems=plan.problems)
    rows = [one for one in plan.rows if one.fate in DOING]
    people = _people(cycle, rows)
    teams = _teams(cycle, rows, by=by)
    placed = _place(cycle, rows, people, teams, now=now, by=by)
    return Done(_mail(cycle, plan, people, teams, by=by), placed, len(teams))


def _people(cycle: Cycle, rows: Sequence[Planned]) -> dict[str, Person]:
    """Everybody by address; who is not known yet is made, in one statement."""
    found = {one.guest.email: one.person for one in rows if one.person is not None}
    new: dict[str, Person] = {}
    for one in rows:
        email, name = one.guest.email, one.guest.name
        if email in found:
            continue
        if email not in new:
            key = f"i-{secrets.token_hex(8)}"
            new[email] = Person(organization=cycle.organization, key=key, name=name or name_from_email(email), email=email)
        elif name and new[email].name == name_from_email(email):
            new[email].name = name
    made = Person.objects.bulk_create(new.values(), batch_size=1000)
    return found | {one.email: one for one in made}


def _teams(cycle: Cycle, rows: Sequence[Planned], *, by: Any) -> dict[tuple[str, str], Group]:
    """The teams that the list makes, by division and name."""
    made: dict[tuple[str, str], Group] = {}
    for one in rows:
        own = (one.guest.division, same_name(one.team))
        if one.founds and own not in made:
            made[own] = create_group(cycle, by=by, name=one.team, division=one.guest.division)
    there = {one.group.pk for one in rows if one.group is not None}
    list(Group.objects.select_for_update(no_key=True).filter(pk__in=there).order_by("pk"))  # nobody joins meanwhile by a code
    return made


def _place(
    cycle: Cycle,
    rows: Sequence[Planned],
    people: dict[str, Person],
    teams: dict[tuple[str, str], Group],
    *,
    now: datetime,
    by: Any,
) -> int:
    """The memberships. A role for the whole cycle is a decision each; a place in a team is a line of the journal."""
    there = Membership.objects.filter(cycle=cycle, until__isnull=True, person__in=[one.pk for one in people.values()])
    held = {(person, group, role) for person, group, role in there.values_list("person_id", "group_id", "role")}
    in_group = {(person, group) for person, group, __ in held if group is not None}
    new: list[Membership] = []
    for one in rows:
        person, group = people[one.guest.email], _group_of(one, teams)
        if one.role is None or (person.pk, group.pk if group else None, one.role.key) in held:
            continue
        if group is not None and (person.pk, group.pk) in in_group:
            continue
        new.append(
            Membership(
                cycle=cycle,
                group=group,
                person=person,
                role=one.role.key,
                capabilities=[str(each) for each in one.role.capabilities],
                since=now,
            )
        )
    for membership in Membership.objects.bulk_create(new, batch_size=1000):
        _note(cycle, membership, now=now, by=by)
    return len(new)


def _note(cycle: Cycle, membership: Membership, *, now: datetime, by: Any) -> None:
    role, group = membership.role, membership.group_id
    subject = f"person:{membership.person_id}"
    record(Kind.MEMBER_JOINED, cycle_id=cycle.pk, group_id=group, by=by, subject=subject, payload={"role": role}, at=now)
    if group is None:
        other = membership.person.key
        record_decision(
            cycle, DecisionKind.ROLE, by=by, value=role, other=other, reason="Invited.", question="appoint", public=False
        )


def _group_of(one: Planned, teams: dict[tuple[str, str], Group]) -> Group | None:
    return teams[one.guest.division, same_name(one.team)] if one.founds else one.group


def _mail(cycle: Cycle, plan: Plan, people: dict[str, Person], teams: dict[tuple[str, str], Group], *, by: Any) -> int:
    """One link for each person who needs one, to where they are wanted first."""
    paths: dict[int, str] = {}
    for one in plan.rows:
        if one.fate not in MAILED:
            continue
        person, group = people[one.guest.email], _group_of(one, teams)
        paths.setdefault(person.pk, group_path(group) if group else f"/cycles/{cycle.key}/")
    wanted = [(person, paths[person.pk]) for person in people.values() if person.pk in paths]
    return len(invite_people(wanted, by=by, cycle_id=cycle.pk))


@transaction.atomic
def invite_again(membership: Membership, *, by: Any, email: str = "") -> Invitation:
    """Mail a new link to somebody who has not taken their place, to another address if one is given; the old link ends.

    Raises PersonTaken, InvitedOften, Conflict without an address, GroupRefused for a membership that has ended, and for another address of somebody
    who waits in a cycle of other organizers too: whoever gets the link takes all their places.
    """
    if membership.until is not None:
        message = _("This place was taken back.")
        raise GroupRefused(message)
    if email.strip().lower() not in {"", membership.person.email.lower()} and _waits_elsewhere(membership, by=by):
        message = _(
            "Somebody else invited this person too, so the address stays. Withdraw the invitation and invite the other address."
        )
        raise GroupRefused(message)
    group = membership.group
    path = group_path(group) if group else f"/cycles/{membership.cycle.key}/"
    invitation, __ = invite(
        membership.person,
        by=by,
        email=email,
        next_path=path,
        cycle_id=membership.cycle_id,
        group_id=membership.group_id,
        again=True,
    )
    return invitation


def _waits_elsewhere(membership: Membership, *, by: Any) -> bool:
    """Whether the person has a place in a cycle that `by` does not organize."""
    here = Membership.objects.filter(until__isnull=True).exclude(cycle=membership.cycle_id)
    others = set(here.filter(person=membership.person_id).values_list("cycle_id", flat=True))
    held = here.filter(person__user=by, cycle__in=others, group__isnull=True).values_list("cycle_id", "capabilities")
    return bool(others - {cycle for cycle, can in held if Capability.ORGANIZE in can})


@transaction.atomic
def withdraw_invitation(membership: Membership, *, by: Any, reason: str = "") -> None:
    """Take back the place of somebody who has not come: it ends, and when it was their last one so does their link.

    Raises GroupRefused for somebody who has come, and for the only captain of a team.
    """
    person = Person.objects.select_for_update().get(pk=membership.person_id)
    if person.user_id is not None:
        message = _("{person} has come already: end the role instead.", person=person.name)
        raise GroupRefused(message)
    if membership.group is None:
        dismiss(membership, by=by, reason=reason or "The invitation was withdrawn.")
    else:
        remove_member(membership, by=by)
    if not Membership.objects.filter(person=person, until__isnull=True).exists():
        withdraw_invitations(person, by=by)


@transaction.atomic
def change_role(membership: Membership, *, role: str, by: Any, reason: str) -> Membership:
    """Another role for the whole cycle instead of this one: two decisions, one reason. Raises Invalid, ReasonMissing, GroupRefused."""
    reason = reasoned(reason)
    cycle = locked(membership.cycle)
    wanted = cycle_wide_role(cycle, role)
    if membership.group_id is not None:
        message = _("This is a role in a team: its captain, or the page of the team, changes it.")
        raise GroupRefused(message)
    if wanted.key == membership.role:
        return membership
    new = appoint(cycle, membership.person, role=role, by=by, reason=reason)
    dismiss(membership, by=by, reason=reason)
    return new
