"""What is offered and booked, how much of its quota a group has used, and who has not booked yet."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, F, Q, QuerySet, When

from games.coaching.models import Booking, Slot
from games.coaching.rules import OfficeHoursRefused, Outcome, round_at
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group, Membership
from games.groups.rules import GroupState
from games.organizations.models import Person
from games.playbooks.rules import Capability
from games.playbooks.schema import Design
from games.playbooks.schema.cycle import OfficeHours
from games.rounds.models import Round
from leaderboards.engine.language import gettext as _


def asks_for_hours(design: Design) -> bool:
    """Whether these rules have office hours."""
    return design.office_hours is not None


def hours_of(cycle: Cycle) -> OfficeHours:
    """The rules of office hours in this cycle. Raises OfficeHoursRefused where there are none."""
    found = design_of(cycle).office_hours
    if found is None:
        raise OfficeHoursRefused(_("The rules of this cycle have no office hours."))
    return found


def experts_of(cycle: Cycle) -> QuerySet[Person]:
    """Who may offer office hours in the cycle, by name."""
    held = Membership.objects.filter(
        cycle=cycle, group__isnull=True, until__isnull=True, capabilities__icontains=f'"{Capability.ADVISE.value}"'
    )
    return Person.objects.filter(pk__in=held.values("person_id")).order_by("name", "pk")


def slots_ahead(cycle: Cycle, now: datetime) -> QuerySet[Slot]:
    """What is offered and still to come, in order of time, with its expert."""
    rows = Slot.objects.filter(cycle=cycle, withdrawn_at__isnull=True, starts_at__gt=now)
    return rows.select_related("cycle", "expert__organization").order_by("starts_at", "number")


def bookings_of(group: Group, now: datetime) -> QuerySet[Booking]:
    """What a group booked, with slot and expert: the next on top, then what is over, the newest first; what was cancelled last."""
    rows = Booking.objects.filter(group=group).select_related("cycle", "slot__expert", "round", "group")
    stands = Q(cancelled_at__isnull=True)
    ahead = Case(When(stands & Q(slot__starts_at__gt=now), then=F("slot__starts_at")))
    return rows.order_by(Case(When(stands, then=0), default=1), ahead.asc(nulls_last=True), "-slot__starts_at", "-pk")


def sessions_of(cycle: Cycle, persons: Collection[int]) -> QuerySet[Booking]:
    """Bookings that stand with these experts, in order of time, with the group."""
    rows = Booking.objects.filter(cycle=cycle, slot__expert__in=persons, cancelled_at__isnull=True)
    return rows.select_related("cycle", "slot__expert", "group", "round").order_by("slot__starts_at", "pk")


def period_of(cycle: Cycle, at: datetime) -> int | None:
    """The round whose quota a session at `at` uses; None where the quota is for the whole cycle. One statement, or none."""
    if hours_of(cycle).per == "cycle":
        return None
    rounds = Round.objects.filter(cycle=cycle).order_by("number")
    return round_at([(one.pk, one.opened_at or one.opens_at) for one in rounds], at)


def used_by(group: Group, period: int | None) -> int:
    """How many of its office hours a group has used (in a round). One statement."""
    return Booking.objects.filter(group=group, counts=True, round=period).count()


@dataclass(frozen=True, slots=True)
class Used:
    """How a group fares: bookings that stand, how many count against its quota, sessions held, and missed."""

    group: Group
    booked: int
    counts: int
    held: int
    missed: int


def used_in(cycle: Cycle, groups: Iterable[Group], *, period: int | None = None) -> list[Used]:
    """For each of these groups; with `period` in that round only. One statement."""
    rows = Booking.objects.filter(cycle=cycle).order_by()
    rows = rows if period is None else rows.filter(round=period)
    counted = rows.values("group").annotate(
        booked=Count("pk", filter=Q(cancelled_at__isnull=True)),
        counting=Count("pk", filter=Q(counts=True)),
        held=Count("pk", filter=Q(outcome=Outcome.HELD.value)),
        missed=Count("pk", filter=Q(outcome=Outcome.MISSED.value)),
    )
    found = {row[0]: row[1:] for row in counted.values_list("group", "booked", "counting", "held", "missed")}
    return [Used(one, *found.get(one.pk, (0, 0, 0, 0))) for one in groups]


def without_a_booking(cycle: Cycle, period: int | None) -> QuerySet[Group]:
    """Groups that take part and have booked nothing (in that round)."""
    booked = Booking.objects.filter(cycle=cycle, cancelled_at__isnull=True)
    booked = booked if period is None else booked.filter(round=period)
    rows = Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value)
    return rows.exclude(pk__in=booked.values("group_id")).order_by("name", "pk")
