"""Reads of partnerships: of a team, what they do to credit, who stands behind an entry, what forbids a merger now."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, StringAgg, Subquery, Value, When

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.groups.models import Group, Membership
from games.organizations.models import Person
from games.partnerships.models import Partner, Partnership
from games.partnerships.rules import WHOLE, AnswerState, Merged, PartnershipKind, PartnershipState, shared_credit
from games.rounds.models import Extension, Round
from games.rounds.queries import may_enter, rounds_of
from games.rounds.rules import RoundState

AGREED = PartnershipState.AGREED.value


def with_partners(rows: QuerySet[Partnership]) -> QuerySet[Partnership]:
    """Partnerships with lead, task and (in one more statement) their teams, the lead first."""
    teams = Partner.objects.select_related("group").order_by("pk")
    return rows.select_related("cycle", "lead", "challenge__round", "by").prefetch_related(Prefetch("partners", teams))


def partnerships_of(groups: Iterable[int]) -> QuerySet[Partnership]:
    """Those in which one of the groups is, the newest first."""
    mine = Partner.objects.filter(partnership=OuterRef("pk"), group__in=list(groups))
    return with_partners(Partnership.objects.filter(Exists(mine))).order_by("-number")


def urgent_first(rows: QuerySet[Partnership], group: Group) -> QuerySet[Partnership]:
    """Those first that wait for the group's answer, then for others, then what is agreed, what came to nothing last; the newest first in each.

    `urgency`: 0 to 3 in this order.
    """
    asked = Partner.objects.filter(partnership=OuterRef("pk"), group=group, answer=AnswerState.ASKED.value)
    proposed = Q(state=PartnershipState.PROPOSED.value)
    place = Case(When(proposed & Exists(asked), then=0), When(proposed, then=1), When(state=AGREED, then=2), default=3)
    return rows.annotate(urgency=place).order_by("urgency", "-number")


def with_their_partners(rows: QuerySet[Partnership]) -> list[tuple[Partnership, list[Partner]]]:
    """The same partnerships, the newest first, each with its teams: in one statement."""
    beside = ("group", "partnership__cycle", "partnership__lead", "partnership__challenge__round", "partnership__by")
    partners = Partner.objects.filter(partnership__in=rows.order_by()).select_related(*beside)
    found: dict[int, tuple[Partnership, list[Partner]]] = {}
    for one in partners.order_by("-partnership__number", "-partnership", "pk"):
        found.setdefault(one.partnership_id, (one.partnership, []))[1].append(one)
    return list(found.values())


def partnerships_in(cycle: Cycle) -> QuerySet[Partnership]:
    """All of a cycle, the newest first."""
    return with_partners(Partnership.objects.filter(cycle=cycle)).order_by("-number")


def joint_entry(challenge: Challenge, group: Group) -> Partnership | None:
    """The agreed joint entry to this task in which the group is: led by it, or by another."""
    rows = partnerships_of([group.pk]).filter(challenge=challenge, state=AGREED)
    return rows.first()


def names_beside(groups: Collection[int], challenge: Any) -> Subquery:
    """For a list of tasks (`challenge`: a reference to their ids): names of the teams with which one of these groups hands in, or null."""
    mine = Partner.objects.filter(group__in=list(groups), partnership=OuterRef("partnership"))
    others = Partner.objects.filter(Exists(mine), partnership__challenge=challenge, partnership__state=AGREED)
    named = others.exclude(group__in=list(groups)).order_by().values("partnership__challenge")
    return Subquery(named.annotate(names=StringAgg("group__name", delimiter=Value(", "))).values("names")[:1])


def lent(group: Any, challenge: Any) -> Exists:
    """Whether another team hands in for the group (ids, or references to them): it has agreed to a joint entry that it does not lead."""
    rows = Partner.objects.filter(group=group, partnership__challenge=challenge, partnership__state=AGREED)
    return Exists(rows.exclude(partnership__lead=group))


def merged_from(groups: Collection[int]) -> dict[int, list[Group]]:
    """Group → the teams that went into it. One statement, or none."""
    found: dict[int, list[Group]] = {}
    for one in Group.objects.filter(merged_into__in=groups).select_related("cycle").order_by("name", "pk") if groups else ():
        if one.merged_into_id is not None:
            found.setdefault(one.merged_into_id, []).append(one)
    return found


def acting_for(group: Group, user: Any) -> Person | None:
    """As whom the user speaks for the group."""
    held = Membership.objects.filter(group=group, person__user=user, until__isnull=True).select_related("person")
    found = held.order_by("pk").first() if getattr(user, "pk", None) is not None else None
    return found.person if found is not None else None


# --- Credit ---------------------------------------------------------------------------------------------------------------------------


def mergers_in(cycle: Cycle | int) -> list[Merged]:
    """The agreed mergers of a cycle. Two statements; one where there are none."""
    rows = Partnership.objects.filter(cycle=cycle, kind=PartnershipKind.MERGER.value, state=AGREED).order_by("settled_at", "pk")
    found = []
    for one in rows.prefetch_related("partners"):
        assert one.settled_at is not None, "what is agreed says when"
        split = {partner.group_id: partner.basis_points for partner in one.partners.all()}
        found.append(Merged(one.lead_id, split, one.settled_at))
    return found


def credit_of(group: Group, *, at: datetime, challenge: Challenge | None = None) -> dict[int, int]:
    """Group → basis points (10,000 together) of what `group` made at `at`: of a joint entry to `challenge` by its split, else its own;
    then each team's part shared among the teams it was merged of.
    """
    own = {group.pk: WHOLE}
    if challenge is not None:
        joint = Partnership.objects.filter(challenge=challenge, lead=group, state=AGREED).prefetch_related("partners").first()
        if joint is not None:
            own = {one.group_id: one.basis_points for one in joint.partners.all()}
    return shared_credit(own, mergers_in(group.cycle_id), at)


# --- Who stands behind an entry -------------------------------------------------------------------------------------------------------


def organizations_behind(challenge: Challenge, group: Group) -> set[str]:
    """Names of the organizations behind the group's entry, as they are compared: its own, those of who hands in with it, of who went into it.

    A team of no known organization, whose members name none, stands for itself.
    """
    joint = Partnership.objects.filter(challenge=challenge, lead=group, state=AGREED).values("pk")
    with_it = Partner.objects.filter(partnership__in=joint).values("group_id")
    inside = Q(pk=group.pk) | Q(pk__in=with_it)
    teams = Group.objects.filter(inside | Q(merged_into=group) | Q(merged_into__in=with_it)).select_related("organization")
    here = {one.pk: one for one in teams}
    said: dict[int, set[str]] = {pk: set() for pk in here}
    rows = Membership.objects.filter(group__in=here, until__isnull=True).exclude(affiliation="")
    for team, affiliation in rows.values_list("group_id", "affiliation"):
        if team is not None and (name := _compared(affiliation)):
            said[team].add(name)
    found: set[str] = set()
    for pk, one in here.items():
        own = {_compared(one.organization.name)} if one.organization is not None else said[pk]
        found |= own or ({f"team {one.key}"} if one.merged_into_id is None else set())
    return found


def _compared(name: str) -> str:
    clean = " ".join(name.split()).casefold()
    return "" if clean in {"-", "none", "n/a", "independent", "freelance", "self-employed", "retired", "private"} else clean


# --- When teams may merge -------------------------------------------------------------------------------------------------------------


def busy_in(groups: Sequence[Group], now: datetime) -> Round | None:
    """The first round that one of the groups is in and that is open to it or being judged: teams merge between rounds. None if there is none."""
    cycle = groups[0].cycle
    rows = [one for one in rounds_of(cycle, now) if one.published_at is None and one.state != RoundState.CLOSED.value]
    begun = [one for one in rows if one.state in {RoundState.OPEN.value, RoundState.LOCKED.value}]
    for one in begun:
        if any(may_enter(one, group) for group in groups):
            return one
    return _extended(cycle, groups, now)


def _extended(cycle: Cycle, groups: Sequence[Group], now: datetime) -> Round | None:
    """A round in which one of them has time left of its own."""
    own = Extension.objects.filter(group__in=[one.pk for one in groups], until__gt=now, round__closed_at__isnull=True)
    found = own.filter(round__cycle=cycle).select_related("round").order_by("pk").first()
    return found.round if found is not None else None


def rounds_ahead(cycle: Cycle, now: datetime) -> list[Round]:
    """The rounds that have not begun, in order."""
    return [one for one in rounds_of(cycle, now) if one.state == RoundState.PLANNED.value]


def sorted_partners(partnership: Partnership, partners: Iterable[Partner] | None = None) -> list[Partner]:
    """Its teams, the lead first, then by name. `partners`: the teams, where they have been read."""
    teams = partnership.partners.all() if partners is None else partners
    return sorted(teams, key=lambda one: (one.group_id != partnership.lead_id, one.group.name, one.pk))
