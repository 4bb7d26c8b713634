"""Experts, and organizers for them, offer times, and take them back."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from games.coaching.models import Booking, Slot
from games.coaching.queries import experts_of, hours_of
from games.coaching.rules import (
    MOST_OFFERED,
    MOST_SEATS,
    PLACE,
    TOPICS,
    OfficeHoursRefused,
    SlotInvalid,
    Span,
    check_apart,
    check_span,
    cleaned,
)
from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.learning.actions.measuring import person_of
from games.organizations.models import Person
from leaderboards.engine.language import gettext as _

OPEN = frozenset({CycleState.ENROLLING.value, CycleState.RUNNING.value, CycleState.PAUSED.value, CycleState.AWARDING.value})


@transaction.atomic
def offer(
    cycle: Cycle, *, expert: Person, spans: Sequence[Span], by: Any, seats: int = 1, place: str = "", topics: str = ""
) -> list[Slot]:
    """Offer these times with an expert, one or many. The expert's own must not overlap, in this cycle or any other.

    Raises SlotInvalid for a time that cannot be, Overlaps, OfficeHoursRefused where there are no office hours or `expert` is none here.
    """
    cycle = locked(cycle)
    _check_open(cycle)
    if not experts_of(cycle).filter(pk=expert.pk).exists():
        raise OfficeHoursRefused(
            _("This person offers no office hours here: give them the role of an expert first."), where="expert"
        )
    now = db_now()
    _check(spans, seats, now=now)
    Person.objects.select_for_update(no_key=True).get(pk=expert.pk)  # offers of one expert in two cycles come one after the other
    others = Slot.objects.filter(expert=expert, withdrawn_at__isnull=True, ends_at__gt=now).values_list("starts_at", "ends_at")
    check_apart(spans, [Span(*one) for one in others])
    said = {"place": cleaned(place, PLACE, "place"), "topics": cleaned(topics, TOPICS, "topics")}
    last = Slot.objects.filter(cycle=cycle).aggregate(last=Max("number"))["last"] or 0
    person = person_of(cycle, by)
    made = [
        Slot(
            cycle=cycle,
            number=number,
            expert=expert,
            starts_at=one.starts,
            ends_at=one.ends,
            seats=seats,
            offered_at=now,
            by=person,
            **said,
        )
        for number, one in enumerate(sorted(spans, key=lambda one: one.starts), start=last + 1)
    ]
    Slot.objects.bulk_create(made)
    payload = {"expert": expert.pk, "first": last + 1, "count": len(made)}
    record(Kind.SLOTS_OFFERED, cycle_id=cycle.pk, by=by, subject=f"cycle:{cycle.pk}", payload=payload)
    return made


def _check_open(cycle: Cycle) -> None:
    hours_of(cycle)
    if cycle.state not in OPEN:
        message = _("The cycle is {state}.", state=cycle.state)
        raise OfficeHoursRefused(message)


def _check(spans: Sequence[Span], seats: int, *, now: Any) -> None:
    if not spans:
        raise SlotInvalid(_("Name at least one time."), where="starts")
    if len(spans) > MOST_OFFERED:
        message = _("At most {most_offered} times at once.", most_offered=MOST_OFFERED)
        raise SlotInvalid(message, where="starts")
    if not 1 <= seats <= MOST_SEATS:
        message = _("From 1 to {most_seats} teams at once.", most_seats=MOST_SEATS)
        raise SlotInvalid(message, where="seats")
    for one in spans:
        check_span(one, now)


@transaction.atomic
def withdraw_slot(slot: Slot, *, by: Any) -> int:
    """Take an offer back. Who had booked it is told, and has the office hour again. Returns how many had. Raises OfficeHoursRefused."""
    row = Slot.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=slot.pk)
    now = db_now()
    if row.withdrawn_at is not None:
        return 0
    if row.starts_at <= now:
        raise OfficeHoursRefused(_("It has begun: say for each team whether it took place."))
    standing = Booking.objects.filter(slot=row, cancelled_at__isnull=True)
    groups = list(standing.values_list("group_id", flat=True))
    standing.update(cancelled_at=now, counts=False)
    Slot.objects.filter(pk=row.pk).update(withdrawn_at=now, taken=0)
    payload = {"slot": row.number, "groups": groups}
    record(Kind.SLOT_WITHDRAWN, cycle_id=row.cycle_id, by=by, subject=f"slot:{row.pk}", payload=payload)
    return len(groups)
