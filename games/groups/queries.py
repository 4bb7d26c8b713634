"""Reads about groups, memberships and registrations."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.crypto import salted_hmac

from games.cycles.models import Cycle, Series
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.groups.models import Group, JoinRequest, Membership, Registration
from games.groups.rules import UNNAMED_KEY, Door, GroupState, JoinState, RegistrationState, clean_code, door, same_name
from games.organizations.models import Person
from games.organizations.rules import key_from
from games.playbooks.rules import Capability

ALIVE = (GroupState.PENDING.value, GroupState.ACTIVE.value)


def door_of(cycle: Cycle, now: datetime) -> Door:
    """Whether groups can register in the cycle now."""
    rules = design_of(cycle).registration
    return door(rules, state=cycle.state, enrolling=cycle.state == CycleState.ENROLLING.value, now=now)


def waiting_in(cycle: Cycle) -> QuerySet[Person]:
    """Unclaimed people whom organizers of this cycle know: those of its organization; without one, those who have or had a place in it.

    Who waits in a cycle of others is nobody to them, else a list of addresses would tell who is known here, and by which name.
    """
    waiting = Person.objects.filter(user__isnull=True, organization=cycle.organization_id)
    return waiting if cycle.organization_id else waiting.filter(pk__in=Membership.objects.filter(cycle=cycle).values("person_id"))


def steers_series(user: Any, series: Series) -> bool:
    """Whether the user organizes one of its cycles, or one of the organization it belongs to."""
    theirs = Q(cycle__series=series)
    if series.organization_id is not None:
        theirs |= Q(cycle__organization=series.organization_id)
    held = Membership.objects.filter(theirs, group__isnull=True, until__isnull=True, person__user_id=user.pk)
    return any(Capability.ORGANIZE.value in one for one in held.values_list("capabilities", flat=True))


def withheld(cycle: Cycle | int, among: Sequence[str] | None = None) -> dict[str, str]:
    """Key of each group (of those `among`) that keeps its name to itself → the key that public results have instead. One statement."""
    hidden = Group.objects.filter(cycle=cycle, rank_hidden=True).order_by("key")
    if among is not None:
        hidden = hidden.filter(key__in=among)
    return {
        key: unnamed or stand_in(cycle_id, key) for cycle_id, key, unnamed in hidden.values_list("cycle_id", "key", "unnamed")
    }


def stand_in(cycle_id: int, key: str) -> str:
    """What stands for a hidden group that was given no key for it: computed with the secret of the house."""
    mac = salted_hmac("games.groups.unnamed", f"{cycle_id}:{key}", algorithm="sha256")
    return f"{UNNAMED_KEY}{mac.hexdigest()[:10]}"


def public_key(group: Group) -> str:
    """By which key the group stands in public results: its own, or what stands for it."""
    return (group.unnamed or stand_in(group.cycle_id, group.key)) if group.rank_hidden else group.key


def places_taken(cycle: Cycle) -> int:
    """How many groups take part: those count against the capacity."""
    return Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value).count()


def groups_of(cycle: Cycle) -> QuerySet[Group]:
    """The groups of a cycle by name, with `member_count`."""
    members = Count("memberships", filter=Q(memberships__until__isnull=True))
    return Group.objects.filter(cycle=cycle).annotate(member_count=members).order_by("name", "pk")


def members(group: Group) -> QuerySet[Membership]:
    """Who is in the group now, in the order they came."""
    held = Membership.objects.filter(group=group, until__isnull=True).select_related("person__user")
    return held.order_by("since", "pk")


def member_count(group: Group) -> int:
    """How many people are in the group now."""
    return Membership.objects.filter(group=group, until__isnull=True).count()


def captains(group: Group) -> list[Membership]:
    """Memberships with the capability captain. Compared here: SQLite cannot look into a JSON list."""
    return [one for one in members(group) if Capability.CAPTAIN in one.capabilities]


def cycle_roles(cycle: Cycle) -> QuerySet[Membership]:
    """Roles that hold for the whole cycle: organizers, judges, followers."""
    held = Membership.objects.filter(cycle=cycle, group__isnull=True, until__isnull=True)
    return held.select_related("person__user").order_by("role", "person__name", "pk")


def memberships_of(persons: Collection[int]) -> QuerySet[Membership]:
    """What these persons (of one user) are part of now."""
    held = Membership.objects.filter(person_id__in=persons, until__isnull=True)
    return held.select_related("cycle", "group").order_by("-cycle__created_at", "pk")


def team_of(person: Person, cycle: Cycle, *, kind: str) -> Group | None:
    """The living group of this kind in the cycle in which the person, or whoever it is the same user as, may submit."""
    same = Q(person=person) if person.user_id is None else Q(person__user_id=person.user_id)
    held = Membership.objects.filter(same, cycle=cycle, until__isnull=True, group__kind=kind, group__state__in=ALIVE)
    for one in held.select_related("group").order_by("pk"):
        if Capability.SUBMIT in one.capabilities:
            return one.group
    return None


def as_now(cycle: Cycle, groups: Collection[int]) -> dict[int, int]:
    """Ids of groups of earlier cycles → the same teams as they take part in this one; who does not is absent. One statement per cycle
    in between, none without groups.
    """
    found: dict[int, int] = {}
    came = {group: group for group in groups}
    """A team as it was later → as it was asked for."""
    while came:
        rows = (
            Group.objects.filter(predecessor__in=came)
            .order_by("-pk")
            .values_list("pk", "predecessor_id", "cycle_id", "merged_into_id")
        )
        later = list(rows)
        found |= {came[old]: merged or pk for pk, old, where, merged in later if where == cycle.pk and old is not None}
        came = {pk: came[old] for pk, old, where, _ in later if where != cycle.pk and old is not None}
    return found


def named_alike(cycle: Cycle, name: str, *, division: str) -> Group | None:
    """A group of the division whose name is the same but for case and form.

    Names that are the same have the same key to begin with, so few rows are compared; imported groups have keys of their own and
    are found by the database's own comparison.
    """
    base = key_from(name)
    near = Q(key=base) | Q(key__startswith=f"{base}-") | Q(name__iexact=name)
    rows = Group.objects.filter(near, cycle=cycle, division=division)
    return next((one for one in rows if same_name(one.name) == same_name(name)), None)


def free_key(cycle: Cycle, name: str) -> str:
    """A key for a new group of this name that no other group of the cycle has."""
    base = key_from(name)
    used = set(Group.objects.filter(cycle=cycle, key__startswith=base).values_list("key", flat=True))
    if base not in used:
        return base
    number = 2
    while f"{base}-{number}" in used:
        number += 1
    return f"{base}-{number}"


def group_by_code(code: str) -> Group | None:
    """The group that can be joined with this code, as people type it."""
    clean = clean_code(code)
    if not clean:
        return None
    return Group.objects.filter(invite_code=clean, state__in=ALIVE).select_related("cycle").first()


def registrations_of(cycle: Cycle) -> QuerySet[Registration]:
    """All registrations of a cycle in the order they came, with group and `member_count`."""
    counted = Count("group__memberships", filter=Q(group__memberships__until__isnull=True))
    rows = Registration.objects.filter(group__cycle=cycle).select_related("group", "by").annotate(member_count=counted)
    return rows.order_by("asked_at", "pk")


def waiting(cycle: Cycle) -> QuerySet[Registration]:
    """The waiting list, first come first."""
    rows = Registration.objects.filter(group__cycle=cycle, state=RegistrationState.WAITING.value)
    return rows.select_related("group").order_by("asked_at", "pk")


def place_on_list(registration: Registration) -> int:
    """1 for the next to move up; 0 when the registration does not wait."""
    if registration.state != RegistrationState.WAITING.value:
        return 0
    before = Q(asked_at__lt=registration.asked_at) | Q(asked_at=registration.asked_at, pk__lt=registration.pk)
    return waiting(registration.group.cycle).filter(before).count() + 1


def open_requests(group: Group) -> QuerySet[JoinRequest]:
    """Who asks to join and has no answer yet."""
    return (
        JoinRequest.objects.filter(group=group, state=JoinState.ASKED.value).select_related("person").order_by("asked_at", "pk")
    )


def with_asking(groups: QuerySet[Group]) -> QuerySet[Group]:
    """The groups with `asking`: how many people ask to join and have no answer yet, and `asks_first`: the name of the first."""
    asked = JoinRequest.objects.filter(group=OuterRef("pk"), state=JoinState.ASKED.value).order_by("asked_at", "pk")
    counted = asked.order_by().values("group").annotate(count=Count("pk")).values("count")
    return groups.annotate(asking=Coalesce(Subquery(counted), 0), asks_first=Subquery(asked.values("person__name")[:1]))


def with_members(groups: QuerySet[Group]) -> QuerySet[Group]:
    """The groups with `present`: their memberships of now, in two statements for any number of groups."""
    now = Membership.objects.filter(until__isnull=True).select_related("person__user").order_by("since", "pk")
    return groups.prefetch_related(Prefetch("memberships", now, to_attr="present"))
