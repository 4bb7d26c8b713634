"""A group books an office hour, cancels it, moves it. The database decides who gets the last place, the group's row whose quota it is."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from games.coaching.actions.offering import OPEN
from games.coaching.models import Booking, Slot
from games.coaching.queries import hours_of, period_of, used_by
from games.coaching.rules import (
    QUESTION,
    OfficeHoursRefused,
    Overlaps,
    SlotFull,
    check_quota,
    cleaned,
    given_back,
)
from games.groups.models import Group
from games.groups.rules import GroupState
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.learning.actions.measuring import person_of
from leaderboards.engine.language import gettext as _


@transaction.atomic
def book(slot: Slot, *, group: Group, question: str, by: Any, counts: bool = True) -> Booking:
    """The group comes to this slot with a question. Whether the expert may advise it the edge asks. `counts`: it uses up an office hour.

    Raises BookingInvalid without a question, OverQuota, Overlaps when the group is elsewhere then, SlotFull when others were quicker
    or it is withdrawn, OfficeHoursRefused when it has begun or the group takes no part.
    """
    group = _held(group)
    return _book(
        slot, group, cleaned(question, QUESTION, "question", empty=_("Say what you want to talk about.")), by=by, counts=counts
    )


def _held(group: Group) -> Group:
    """The group, its row held: two of its people who book at once do so one after the other."""
    return Group.objects.select_for_update(no_key=True, of=("self",)).select_related("cycle").get(pk=group.pk)


def _book(slot: Slot, group: Group, question: str, *, by: Any, kind: Kind = Kind.SESSION_BOOKED, counts: bool = True) -> Booking:
    row, now = Slot.objects.select_related("cycle").get(pk=slot.pk), db_now()
    _check(row, group, now)
    period, rules = period_of(row.cycle, row.starts_at), hours_of(row.cycle)
    if counts:
        check_quota(used_by(group, period), rules.quota, per_round=rules.per == "round")
    _check_free(row, group)
    _take(row, now)
    person = person_of(row.cycle, by, group)
    made = Booking.objects.create(
        cycle=row.cycle, slot=row, group=group, round_id=period, question=question, booked_at=now, by=person, counts=counts
    )
    _journal(kind, made, by=by)
    return made


def _check(slot: Slot, group: Group, now: datetime) -> None:
    if group.cycle_id != slot.cycle_id or group.state != GroupState.ACTIVE.value:
        raise OfficeHoursRefused(_("The team does not take part."))
    if slot.cycle.state not in OPEN:
        message = _("The cycle is {state}.", state=slot.cycle.state)
        raise OfficeHoursRefused(message)
    if slot.starts_at <= now:
        raise OfficeHoursRefused(_("This office hour has begun."))


def _check_free(slot: Slot, group: Group) -> None:
    meets = {"slot__starts_at__lt": slot.ends_at, "slot__ends_at__gt": slot.starts_at}
    if Booking.objects.filter(group=group, cancelled_at__isnull=True, **meets).exists():
        raise Overlaps(_("Your team has an office hour at that time already."))


def _take(slot: Slot, now: datetime) -> None:
    """One place less, unless the last is gone: the one statement in which of two who come at once one loses."""
    free = Slot.objects.filter(pk=slot.pk, withdrawn_at__isnull=True, starts_at__gt=now, taken__lt=F("seats"))
    if not free.update(taken=F("taken") + 1):
        raise SlotFull(_("Somebody else was quicker: this office hour is taken. Choose another."))


@transaction.atomic
def cancel(booking: Booking, *, by: Any) -> Booking:
    """The group does not come. In time, it may book another; later the office hour counts as used. Raises OfficeHoursRefused."""
    _held(booking.group)
    _hold(booking.slot_id)
    row = _give_up(booking, db_now())
    _journal(Kind.SESSION_CANCELLED, row, by=by)
    return row


def _hold(*slots: int) -> None:
    """Hold the rows of these slots, always in the same order: before bookings of them are written, as when a slot is withdrawn."""
    list(Slot.objects.select_for_update(no_key=True).filter(pk__in=slots).order_by("pk"))


def _give_up(booking: Booking, now: datetime) -> Booking:
    row = Booking.objects.select_related("slot", "cycle", "group").get(pk=booking.pk)
    if row.cancelled_at is not None:
        raise OfficeHoursRefused(_("It is cancelled already."))
    if row.slot.starts_at <= now:
        raise OfficeHoursRefused(_("It has begun: it cannot be cancelled any more."))
    row.cancelled_at = now
    row.counts = row.counts and not given_back(row.slot.starts_at, now, hours_of(row.cycle).cancel_hours)
    row.save(update_fields=["cancelled_at", "counts"])
    Slot.objects.filter(pk=row.slot_id, taken__gt=0).update(taken=F("taken") - 1)
    return row


@transaction.atomic
def move(booking: Booking, *, slot: Slot, by: Any) -> Booking:
    """Come to another slot instead, with the same question: in time only, and either both happen or neither. Raises as `book`."""
    group, now = _held(booking.group), db_now()
    if slot.pk == booking.slot_id:
        raise OfficeHoursRefused(_("That is the one you have."))
    if not booking.counts:
        raise OfficeHoursRefused(_("This session comes from a prize: cancel it, and book another from the prize."))
    _hold(booking.slot_id, slot.pk)
    row = Booking.objects.select_related("slot", "cycle").get(pk=booking.pk)
    if not given_back(row.slot.starts_at, now, hours_of(row.cycle).cancel_hours):
        raise OfficeHoursRefused(_("It is too late to move it: you can cancel it, and it counts as used."))
    _give_up(row, now)
    return _book(slot, group, row.question, by=by, kind=Kind.SESSION_MOVED)


def _journal(kind: Kind, booking: Booking, *, by: Any) -> None:
    payload = {"slot": booking.slot.number, "counts": booking.counts}
    record(kind, cycle_id=booking.cycle_id, by=by, group_id=booking.group_id, subject=f"booking:{booking.pk}", payload=payload)
