"""The next cycle: the rules of the last one with changes, its teams and its lineage."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.errors import Conflict, Invalid
from games.groups.models import Group, Membership, Registration
from games.groups.rules import CYCLE_WIDE, GroupState, RegistrationState, new_invite_code
from games.journal.queries import db_now
from games.playbooks.rules import Capability
from games.playbooks.schema import Design
from games.progression.actions.carrying import bring_along
from games.progression.actions.launch import launch
from games.progression.rules import begins, next_key, next_name, shifted, zone_of
from leaderboards.engine.language import gettext as _

TEAMS, JUDGES = "teams", "judges"
CARRY = frozenset({TEAMS, JUDGES})


@transaction.atomic
def next_cycle(
    cycle: Cycle,
    *,
    by: Any,
    start: datetime | None = None,
    changes: Mapping[str, Any] | None = None,
    carry: Collection[str] = CARRY,
    key: str = "",
    name: str = "",
) -> Cycle:
    """Launch the cycle after `cycle`: its present rules moved to `start` (default: now), with changes; same series, known predecessor.

    `carry`: "teams" brings active groups with their members, "judges" the people with cycle-wide roles. Organizers always come along.
    A group whose accepted terms or licence changed waits until it accepts the new ones. Raises as `launch` does.
    """
    if cycle.state in {CycleState.DRAFT.value, CycleState.CANCELLED.value}:
        message = _("A cycle that is {state} has no next one.", state=cycle.state)
        raise Conflict(message)
    design = design_of(cycle)
    wanted = key or next_key(cycle.key)
    after = launch(
        moved(design, start or db_now()),
        by=by,
        organization=cycle.organization,
        key=wanted,
        name=name or next_name(cycle.name),
        start=start,
        changes=changes,
        series=series_after(cycle, wanted),
        public=cycle.public,
        predecessor=cycle,
        reason=f"after {cycle.key}",
    )
    carry_over(cycle, after, carry, by=by)
    return after


def carry_over(cycle: Cycle, after: Cycle, carry: Collection[str], *, by: Any) -> None:
    """Bring people and teams of `cycle` into the one launched after it, and `cycle` into the series that the new one began.

    Both `carry` and the rules of the new one have to say so; what teams bring along is for the rules alone (`[carry]`).
    """
    if cycle.series_id is None:
        cycle.series = after.series
        cycle.save(update_fields=["series"])
    said = design_of(after).carry
    judges = {Capability.JUDGE, Capability.FOLLOW} if JUDGES in carry and said.judges else set()
    _carry_people(cycle, after, {Capability.ORGANIZE} | judges)
    if TEAMS in carry and said.teams:
        bring_along(cycle, after, _carry_teams(cycle, after, design_of(cycle)), by=by)


def series_after(cycle: Cycle, wanted: str) -> str:
    """The series of both: the present one, else one named after what their keys share."""
    if cycle.series is not None:
        return cycle.series.key
    return cycle.key if next_key(cycle.key) == f"{cycle.key}-2" else cycle.key.rstrip("0123456789").rstrip("-_") or wanted


def moved(design: Design, start: datetime) -> dict[str, Any]:
    """The rules with all times moved so that they begin at `start`, by whole days of the wall clock where the time of day is the same."""
    data = design.data()
    first, zone = begins(design), zone_of(design)
    if first is None:
        return data
    try:
        by: timedelta = start.astimezone(zone).replace(tzinfo=None) - first.astimezone(zone).replace(tzinfo=None)
        found: dict[str, Any] = shifted(data, by, zone)
    except OverflowError:
        message = _("Some dates would be beyond the end of the calendar: choose another day.")
        raise Invalid(message, where="start") from None
    return found


def _carry_people(cycle: Cycle, after: Cycle, held: Collection[Capability]) -> None:
    wide = Membership.objects.filter(cycle=cycle, group__isnull=True, until__isnull=True)
    there = set(Membership.objects.filter(cycle=after, group__isnull=True, until__isnull=True).values_list("person_id", "role"))
    now = db_now()
    wanted = [
        one
        for one in wide
        if (one.person_id, one.role) not in there and set(one.capabilities) & CYCLE_WIDE & {str(each) for each in held}
    ]
    Membership.objects.bulk_create([_copied(one, after, None, now) for one in wanted], batch_size=1000)


def _copied(one: Membership, cycle: Cycle, group: Group | None, now: datetime) -> Membership:
    return Membership(
        cycle=cycle,
        group=group,
        person_id=one.person_id,
        role=one.role,
        capabilities=one.capabilities,
        affiliation=one.affiliation,
        invited_by_id=one.invited_by_id,
        since=now,
    )


def _carry_teams(cycle: Cycle, after: Cycle, before: Design) -> dict[int, Group]:
    """Active groups with their members and, if its terms did not change, their registration. By the id of the old group."""
    now, rules = db_now(), design_of(after).registration
    same_terms = (rules.terms, rules.licence) == (before.registration.terms, before.registration.licence)
    divisions = {one.key for one in rules.divisions}
    groups = Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value).select_related("registration").order_by("pk")
    copies: dict[int, Group] = {}
    registrations: list[Registration] = []
    for old in groups:
        fits = same_terms and (not divisions or old.division in divisions)
        new = copies[old.pk] = Group(
            cycle=after,
            key=old.key,
            name=old.name,
            kind=old.kind,
            division=old.division if not divisions or old.division in divisions else "",
            columns=old.columns,
            organization_id=old.organization_id,
            predecessor=old,
            state=(GroupState.ACTIVE if fits else GroupState.PENDING).value,
            invite_code=new_invite_code(),
        )
        registrations.append(_registration(old, new, fits=fits, now=now))
    Group.objects.bulk_create(copies.values(), batch_size=500)
    Registration.objects.bulk_create(registrations, batch_size=500)
    _carry_members(after, copies, now)
    return copies


def _carry_members(after: Cycle, copies: Mapping[int, Group], now: datetime) -> None:
    members: Iterable[Membership] = Membership.objects.filter(group__in=copies, until__isnull=True).order_by("pk")
    new = [_copied(one, after, copies[one.group_id], now) for one in members if one.group_id is not None]
    Membership.objects.bulk_create(new, batch_size=1000)


def _registration(old: Group, new: Group, *, fits: bool, now: datetime) -> Registration:
    before = getattr(old, "registration", None)
    state = RegistrationState.ACCEPTED if fits else RegistrationState.PENDING
    return Registration(
        group=new,
        state=state.value,
        answers=before.answers if before else {},
        terms_version=before.terms_version if before and fits else "",
        licence_version=before.licence_version if before and fits else "",
        age_confirmed=before.age_confirmed if before else False,
        reason=("" if fits else _("The terms or divisions have changed since the last cycle.")),
        asked_at=now,
        settled_at=now if fits else None,
        by_id=before.by_id if before else None,
    )
