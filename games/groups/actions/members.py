"""Who is in a group: leave, remove, hand over, rename, and taking a place by invitation. Each holds the row of the group meanwhile."""

from typing import Any

from django.db import transaction

from games.cycles.actions import locked, needs_reason, record_decision
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState, DecisionKind
from games.groups.models import Group, Membership
from games.groups.queries import ALIVE, captains, member_count, named_alike
from games.groups.rules import GroupFull, GroupRefused, NameTaken, clean_group_name, new_unnamed, role_with, room_for
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.actions import accept
from games.organizations.models import Invitation, Person
from games.playbooks.rules import Capability
from leaderboards.engine.language import gettext as _

OVER = {CycleState.CLOSED.value, CycleState.CANCELLED.value}


def held_group(group: Group) -> Group:
    """The group read again, its row held until the transaction ends. Raises GroupRefused when it or its cycle is over."""
    row = Group.objects.select_for_update(no_key=True, of=("self",)).select_related("cycle").get(pk=group.pk)
    if row.state not in ALIVE:
        message = _("This team is {state}.", state=row.state)
        raise GroupRefused(message)
    if row.cycle.state in OVER:
        message = _("The cycle is {state}: its teams stay as they are.", state=row.cycle.state)
        raise GroupRefused(message)
    return row


def add_member(
    group: Group, person: Person, *, by: Any, capability: Capability = Capability.SUBMIT, affiliation: str = ""
) -> Membership:
    """Put a person into a held group if there is room. Whoever is in it already stays as they are. Raises GroupFull, GroupRefused."""
    found = Membership.objects.filter(group=group, person=person, until__isnull=True).first()
    if found is not None:
        return found
    in_no_other_group(person, group.cycle, kind=group.kind, but=group)
    design = design_of(group.cycle)
    if not room_for(1, members=member_count(group), rules=design.registration):
        message = _(
            '"{group}" is full: a team has at most {max_members} members.',
            group=group.name,
            max_members=design.registration.max_members,
        )
        raise GroupFull(message)
    without = Capability.CAPTAIN if capability is Capability.SUBMIT else None
    role = role_with(design.roles, capability, without=without)
    membership = Membership.objects.create(
        cycle=group.cycle,
        group=group,
        person=person,
        role=role.key,
        capabilities=[str(one) for one in role.capabilities],
        affiliation=affiliation.strip(),
        since=db_now(),
    )
    _journal(Kind.MEMBER_JOINED, membership, by=by)
    return membership


def in_no_other_group(person: Person, cycle: Cycle, *, kind: str, but: Group | None = None) -> None:
    """Raise GroupRefused when the person, or whoever it is the same user as, may submit for another living group of this kind.

    The rows of all their persons are held meanwhile, so two groups cannot take the same person at the same moment.
    """
    rows = Person.objects.select_for_update(no_key=True)
    same = rows.filter(pk=person.pk) if person.user_id is None else rows.filter(user_id=person.user_id)
    ids = [one.pk for one in same.order_by("pk")]
    held = Membership.objects.filter(cycle=cycle, person_id__in=ids, until__isnull=True, group__state__in=ALIVE)
    for one in held.filter(group__kind=kind).select_related("group"):
        if one.group is not None and one.group != but and Capability.SUBMIT in one.capabilities:
            message = _(
                '{person} is in the {kind} "{group}" of this cycle already.',
                person=person.name,
                kind=one.group.kind,
                group=one.group.name,
            )
            raise GroupRefused(message)


def _journal(kind: Kind, membership: Membership, *, by: Any) -> None:
    record(
        kind,
        cycle_id=membership.cycle_id,
        group_id=membership.group_id,
        by=by,
        subject=f"person:{membership.person_id}",
        payload={"role": membership.role},
    )


def _end(membership: Membership, *, by: Any) -> None:
    membership.until = db_now()
    membership.save(update_fields=["until"])
    _journal(Kind.MEMBER_LEFT, membership, by=by)


@transaction.atomic
def leave(membership: Membership, *, by: Any) -> None:
    """Leave a group. The last captain hands over first; who is alone withdraws the group. Raises GroupRefused."""
    membership = _held(membership)
    assert membership.group is not None
    if Capability.CAPTAIN in membership.capabilities and len(captains(membership.group)) == 1:
        if member_count(membership.group) == 1:
            message = _("You are the last member: withdraw the team instead.")
        else:
            message = _("A team needs a captain: hand the captaincy over before you leave.")
        raise GroupRefused(message)
    _end(membership, by=by)


@transaction.atomic
def remove_member(membership: Membership, *, by: Any) -> None:
    """The captain or organizers take somebody out of a group. The last captain stays until there is another. Raises GroupRefused."""
    membership = _held(membership)
    assert membership.group is not None
    if Capability.CAPTAIN in membership.capabilities and len(captains(membership.group)) == 1:
        message = _("{person} is the only captain: hand the captaincy over first.", person=membership.person.name)
        raise GroupRefused(message)
    _end(membership, by=by)


def _held(membership: Membership) -> Membership:
    """The membership read again with its group, whose row is held. Raises GroupRefused when it has ended or is none in a group."""
    if membership.group is None:
        message = _("This is a role in the cycle, not in a team.")
        raise GroupRefused(message)
    group = held_group(membership.group)
    found = Membership.objects.filter(pk=membership.pk, until__isnull=True).select_related("person").first()
    if found is None:
        message = _("This membership has ended already.")
        raise GroupRefused(message)
    found.group = group
    return found


@transaction.atomic
def hand_over(group: Group, *, to: Membership, by: Any) -> None:
    """`to`, a member, becomes the captain; whoever was captain stays as a member. A decision. Raises GroupRefused."""
    locked(group.cycle)
    group = held_group(group)
    heir = Membership.objects.filter(pk=to.pk, group=group, until__isnull=True).select_related("person").first()
    if heir is None:
        message = _("Only a member of the team can become its captain.")
        raise GroupRefused(message, where="to")
    if heir.person.user_id is None:
        message = _("{person} has not accepted the invitation yet.", person=heir.person.name)
        raise GroupRefused(message, where="to")
    roles = design_of(group.cycle).roles
    captain, member = role_with(roles, Capability.CAPTAIN), role_with(roles, Capability.SUBMIT, without=Capability.CAPTAIN)
    for one in captains(group):
        if one.pk != heir.pk:
            _become(one, member.key, [str(each) for each in member.capabilities], by=by)
    _become(heir, captain.key, [str(each) for each in captain.capabilities], by=by)
    record_decision(
        group.cycle,
        DecisionKind.ROLE,
        by=by,
        group=group.key,
        value=captain.key,
        other=heir.person.key,
        reason="The captaincy was handed over.",
    )


def _become(membership: Membership, role: str, capabilities: list[str], *, by: Any) -> None:
    membership.role, membership.capabilities = role, capabilities
    membership.save(update_fields=["role", "capabilities"])
    _journal(Kind.MEMBER_ROLE_CHANGED, membership, by=by)


@transaction.atomic
def rename(group: Group, *, name: str, by: Any) -> Group:
    """Give the group another name; its key stays. Raises RegistrationRefused, NameTaken, GroupRefused."""
    cycle = locked(group.cycle)
    group = held_group(group)
    clean = clean_group_name(name, design_of(cycle).registration.names)
    other = named_alike(cycle, clean, division=group.division)
    if other is not None and other.pk != group.pk:
        message = _('There is a team named "{clean}" already.', clean=clean)
        raise NameTaken(message, where="name")
    if clean != group.name:
        group.name = clean
        group.save(update_fields=["name"])
    del by  # a name is no fact of the game: nothing is journalled
    return group


@transaction.atomic
def set_rank_hidden(group: Group, *, hidden: bool, by: Any) -> Group:
    """Whether public results leave out the group's name; organizers and itself see it all the same. Raises GroupRefused.

    Live boards follow at once, published results with the next publication: what was published is never rewritten. Each time it hides
    it gets a new key for boards, so that an old one leads nowhere.
    """
    row = held_group(group)
    if row.rank_hidden != hidden:
        row.rank_hidden, row.unnamed = hidden, new_unnamed() if hidden else ""
        row.save(update_fields=["rank_hidden", "unnamed"])
        record(Kind.GROUP_RANK_HIDDEN, cycle_id=row.cycle_id, by=by, group_id=row.pk, payload={"hidden": hidden})
    return row


@transaction.atomic
def accept_invitation(secret: str, *, by: Any) -> Invitation:
    """The signed-in user takes the place that waits; what they held twice becomes one. Raises InvitationRefused, PersonTaken, GroupRefused."""
    invitation = accept(secret, by=by)
    person = Person.objects.select_for_update(no_key=True).get(pk=invitation.person_id)
    waiting = Membership.objects.filter(person=person, until__isnull=True).select_related("group", "cycle", "person")
    for membership in waiting:
        _merge(membership, by=by)
    return invitation


def _merge(membership: Membership, *, by: Any) -> None:
    """End a claimed membership that the user holds already as another person; the one that stays gets the capabilities of both."""
    others = Membership.objects.filter(
        cycle=membership.cycle, group=membership.group, person__user_id=by.pk, until__isnull=True
    ).exclude(person=membership.person)
    if membership.group is None:
        others = others.filter(role=membership.role)
    elder = others.order_by("pk").first()
    if elder is not None:
        both = {*elder.capabilities, *membership.capabilities}
        elder.capabilities = [one.value for one in Capability if one.value in both]
        elder.save(update_fields=["capabilities"])
        _end(membership, by=by)
    elif membership.group is not None and Capability.SUBMIT in membership.capabilities and membership.group.state in ALIVE:
        in_no_other_group(membership.person, membership.cycle, kind=membership.group.kind, but=membership.group)


def reasoned(reason: str) -> str:
    """The reason, trimmed. Raises ReasonMissing."""
    needs_reason(reason)
    return reason.strip()
