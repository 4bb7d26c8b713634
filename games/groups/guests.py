"""What a list of guests would do in a cycle: for each row what happens, and every reason why the list cannot be taken as it is.

Reads only. `actions.inviting` makes the same plan again under a lock and carries it out, so what was shown is what is done.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db.models import Max, Q
from django.db.models.functions import Lower

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.errors import Problem
from games.groups.models import Group, Membership
from games.groups.queries import ALIVE, places_taken, waiting_in
from games.groups.rules import CYCLE_WIDE, GroupState, RegistrationRefused, clean_group_name, role_with, room_for, same_name
from games.organizations.guests import Guest, place
from games.organizations.models import Invitation, Person
from games.organizations.queries import Sent, invited_since
from games.organizations.rules import INVITED_A_DAY, NAME_LENGTH, InvitedOften
from games.playbooks.rules import Capability
from games.playbooks.schema import Design, Role
from leaderboards.engine.language import gettext as _

OVER: Final = frozenset({CycleState.CLOSED.value, CycleState.CANCELLED.value})
KIND: Final = "team"
DAY: Final = timedelta(days=1)


class Fate(StrEnum):
    """What becomes of a row."""

    INVITE = "invite"  # nobody we know: a place is kept, and a mail with a link goes out
    AGAIN = "again"  # waits for us already, but the link has run out: a new mail goes out
    ADD = "add"  # was invited, and the link is still good: gets this place too, without another mail
    APPOINT = "appoint"  # has an account and is in this cycle: takes the place at once
    HERE = "here"  # holds this place already
    TWICE = "twice"  # the same as a row before
    FAULTY = "faulty"  # cannot be taken: see the problems of its row


MAILED: Final = frozenset({Fate.INVITE, Fate.AGAIN})
DOING: Final = frozenset({Fate.INVITE, Fate.AGAIN, Fate.ADD, Fate.APPOINT})


@dataclass(slots=True)
class Planned:
    """A row and what becomes of it. `team` is the group it goes to, by name; `founds` when the row makes that group."""

    guest: Guest
    fate: Fate
    role: Role | None = None
    group: Group | None = None
    team: str = ""
    founds: bool = False
    person: Person | None = None
    twin: int = 0


@dataclass(slots=True)
class Plan:
    """All rows in order, and everything that stands in the way. With a problem nothing is done."""

    rows: list[Planned] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def count(self, *fates: Fate) -> int:
        """How many rows have one of these fates."""
        return sum(1 for one in self.rows if one.fate in fates)


@dataclass(slots=True)
class _Known:
    """What decides about the rows, loaded once whatever their number. People are found by address in lower case."""

    people: dict[str, Person] = field(default_factory=dict)
    held: dict[int, list[Membership]] = field(default_factory=dict)
    invited: dict[int, datetime] = field(default_factory=dict)
    mailed: dict[int, Sent] = field(default_factory=dict)
    groups: dict[tuple[str, str], Group] = field(default_factory=dict)
    members: dict[int, int] = field(default_factory=dict)
    places: int | None = None
    planned: dict[str, str] = field(default_factory=dict)


def roles_by_word(design: Design) -> dict[str, str]:
    """Name and key of every role of the Design in lower case → key."""
    found = {one.name.lower(): one.key for one in design.roles if one.name}
    return found | {one.key.lower(): one.key for one in design.roles}


def plan_guests(cycle: Cycle, guests: Sequence[Guest], *, role: str, now: datetime) -> Plan:
    """What the list would do. `role`: key of the role for rows that name none. Six statements whatever the number of rows."""
    design = design_of(cycle)
    plan = Plan()
    if cycle.state in OVER:
        plan.problems.append(Problem("", _("The cycle is {state}: nobody is invited any more.", state=cycle.state)))
    known = _known(cycle, design, guests, now)
    seen: dict[tuple[str, str, str], int] = {}
    for guest in guests:
        plan.rows.append(_row(guest, design, known, plan, seen, default=role))
    _check_teams(plan, design, known)
    return plan


def _known(cycle: Cycle, design: Design, guests: Iterable[Guest], now: datetime) -> _Known:
    known = _Known()
    addresses = sorted({one.email for one in guests})
    lower = Person.objects.annotate(low=Lower("email"), own=Lower("user__email"))
    here = Membership.objects.filter(cycle=cycle, until__isnull=True)
    waiting = Q(low__in=addresses, pk__in=waiting_in(cycle).values("pk"))
    present = Q(user__isnull=False, own__in=addresses, pk__in=here.values("person_id"))
    for person in lower.filter(waiting | present).order_by("-pk"):
        address = person.own if person.user_id else person.low
        if address not in known.people or person.user_id:  # who has an account comes before who waits under the same address
            known.people[address] = person
    ids = [one.pk for one in known.people.values()]
    by_user = {one.user_id: one.pk for one in known.people.values() if one.user_id}
    for one in here.filter(Q(person__in=ids) | Q(person__user__in=list(by_user))).select_related("group", "person"):
        known.held.setdefault(by_user.get(one.person.user_id or 0, one.person_id), []).append(one)
    open_ = Invitation.objects.filter(person__in=ids, accepted_at__isnull=True, expires_at__gt=now)
    known.invited = dict(open_.values_list("person").annotate(Max("expires_at")).order_by())
    known.mailed = invited_since(now - DAY, ids) if ids else {}
    if any(one.team for one in guests):
        _know_groups(cycle, design, known)
    return known


def _know_groups(cycle: Cycle, design: Design, known: _Known) -> None:
    for group in Group.objects.filter(cycle=cycle, state__in=ALIVE).order_by("-pk"):
        known.groups[group.division, same_name(group.name)] = group
        known.groups.setdefault(("", group.key.lower()), group)
    for group_id in Membership.objects.filter(cycle=cycle, group__isnull=False, until__isnull=True).values_list(
        "group_id", flat=True
    ):
        if group_id is not None:
            known.members[group_id] = known.members.get(group_id, 0) + 1
    capacity = design.registration.capacity
    known.places = None if capacity is None else max(0, capacity - places_taken(cycle))


# --- One row --------------------------------------------------------------------------------------------------------------------------


def _row(
    guest: Guest, design: Design, known: _Known, plan: Plan, seen: dict[tuple[str, str, str], int], *, default: str
) -> Planned:
    found = Planned(guest, Fate.FAULTY, team=guest.team)
    before = len(plan.problems)
    found.role = _role(guest, design, plan, default)
    if len(guest.name) > NAME_LENGTH:
        plan.problems.append(
            Problem(place(guest.row, "name"), _("A name has at most {name_length} letters.", name_length=NAME_LENGTH))
        )
    if found.role is not None:
        _to_team(found, design, known, plan)
    if found.role is None or len(plan.problems) > before:
        return found
    own = (guest.email, found.role.key, same_name(guest.team))
    found.twin = seen.setdefault(own, guest.row)
    if found.twin != guest.row:
        found.fate = Fate.TWICE
        return found
    found.person = known.people.get(guest.email)
    found.fate = _fate(found, known)
    if found.fate in MAILED and found.person and (sent := known.mailed.get(found.person.pk)) and sent.mails >= INVITED_A_DAY:
        plan.problems.append(Problem(place(guest.row, "email"), InvitedOften(found.person.name).message))
    if found.group is None and not found.founds:
        return found
    if other := _elsewhere(found, known):
        plan.problems.append(
            Problem(place(guest.row, "team"), _('{email} is in "{other}" already.', email=guest.email, other=other))
        )
        found.fate = Fate.FAULTY
    return found


def _role(guest: Guest, design: Design, plan: Plan, default: str) -> Role | None:
    """The role of a row: the one it names, else the one chosen for the list; a team asks for one of its own."""
    for_groups = [one for one in design.roles if set(one.capabilities) & {Capability.SUBMIT, Capability.CAPTAIN}]
    wanted = guest.role or default
    if not guest.role and guest.team and wanted not in {one.key for one in for_groups}:
        wanted = role_with(design.roles, Capability.SUBMIT, without=Capability.CAPTAIN).key
    role = next((one for one in design.roles if one.key == wanted and one.capabilities), None)
    if role is None:
        known = ", ".join(one.key for one in design.roles if one.capabilities)
        text = _('"{wanted}" is no role of this cycle; known: {known}.', wanted=wanted, known=known)
        plan.problems.append(Problem(place(guest.row, "role"), text))
        return None
    if set(role.capabilities) <= CYCLE_WIDE:
        if guest.team:
            said = role.name or role.key
            text = _('A {role} belongs to no team: leave "{team}" out, or choose another role.', role=said, team=guest.team)
            plan.problems.append(Problem(place(guest.row, "team"), text))
        return role
    if not guest.team:
        text = _("In which team? A {role} belongs to one.", role=role.name or role.key)
        plan.problems.append(Problem(place(guest.row, "team"), text))
    return role


def _to_team(found: Planned, design: Design, known: _Known, plan: Plan) -> None:
    """The group of a row: one that is there, one that a row before founds, or a new one."""
    guest, role = found.guest, found.role
    if not guest.team or role is None or set(role.capabilities) <= CYCLE_WIDE:
        return
    divisions = [one.key for one in design.registration.divisions]
    by_name, by_key = (guest.division, same_name(guest.team)), ("", guest.team.lower())
    group = known.groups.get(by_name) or known.groups.get(by_key)
    if group is not None:
        found.group, found.team = group, group.name
        if group.state != GroupState.ACTIVE.value:
            text = _('"{group}" is {state}: answer its registration first.', group=group.name, state=group.state)
            plan.problems.append(Problem(place(guest.row, "team"), text))
        return
    if divisions and guest.division not in divisions:
        text = _('A new team needs a division: give a column "division" with one of {names}.', names=", ".join(divisions))
        plan.problems.append(Problem(place(guest.row, "division"), text))
    try:
        found.team = clean_group_name(guest.team, design.registration.names)
    except RegistrationRefused as refusal:
        plan.problems.append(Problem(place(guest.row, "team"), refusal.message))
    found.founds = True


def _fate(found: Planned, known: _Known) -> Fate:
    person, role = found.person, found.role
    if person is None or role is None:
        return Fate.INVITE
    for held in known.held.get(person.pk, []):
        same_place = held.group_id == (found.group.pk if found.group else None)
        if same_place and not found.founds and (held.role == role.key or held.group_id is not None):
            return Fate.HERE if person.user_id or person.pk in known.invited else Fate.AGAIN
    if person.user_id is not None:
        return Fate.APPOINT
    return Fate.ADD if person.pk in known.invited else Fate.AGAIN


def _elsewhere(found: Planned, known: _Known) -> str:
    """The name of another team that the person is in, or that a row before puts them into; they can enter for one only."""
    if found.fate is Fate.HERE or found.role is None or Capability.SUBMIT not in found.role.capabilities:
        return ""
    before = known.planned.setdefault(found.guest.email, found.team)
    if same_name(before) != same_name(found.team):
        return before
    held: list[Any] = known.held.get(found.person.pk, []) if found.person else []
    for one in held:
        group = one.group
        other = group is not None and group != found.group and group.kind == KIND and group.state in ALIVE
        if other and Capability.SUBMIT in one.capabilities:
            return str(group.name)
    return ""


# --- Teams ----------------------------------------------------------------------------------------------------------------------------


def _check_teams(plan: Plan, design: Design, known: _Known) -> None:
    """No team above its size, no more teams than places; a new team has one captain, the first of its rows unless one is named."""
    rules = design.registration
    sizes, new = dict(known.members), dict[tuple[str, str], list[Planned]]()
    for one in plan.rows:
        if one.fate not in DOING:
            continue
        if one.group is not None:
            now = sizes.get(one.group.pk, 0)
            if not room_for(1, members=now, rules=rules):
                _full(plan, one, rules.max_members)
            sizes[one.group.pk] = now + 1
        elif one.founds:
            new.setdefault((one.guest.division, same_name(one.team)), []).append(one)
    captain = role_with(design.roles, Capability.CAPTAIN)
    for number, rows in enumerate(new.values(), start=1):
        for one in rows[rules.max_members :] if rules.max_members is not None else []:
            _full(plan, one, rules.max_members)
        leads = [one for one in rows if one.role and Capability.CAPTAIN in one.role.capabilities]
        if not leads:
            rows[0].role = captain
        if known.places is not None and number > known.places:
            text = _(
                'No place is left for a new team "{team}": the cycle has room for {places} more.',
                team=rows[0].team,
                places=known.places,
            )
            plan.problems.append(Problem(place(rows[0].guest.row, "team"), text))


def _full(plan: Plan, one: Planned, limit: int | None) -> None:
    text = _('"{team}" would be too large: a team has at most {limit} members.', team=one.team, limit=limit)
    plan.problems.append(Problem(place(one.guest.row, "team"), text))
    one.fate = Fate.FAULTY
