"""Office hours, and who hears of them: the expert of bookings, the team of what changes, teams that have booked nothing of that they may."""

from datetime import timedelta
from typing import Any, Final

from games.coaching.models import Booking, SessionNote, Slot
from games.coaching.queries import hours_of
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.notices.actions.outbox import absolute
from games.notices.actions.outcomes import subject_of
from games.notices.actions.telling import tell_all
from games.notices.models import Notice
from games.notices.queries import members_of, with_address
from games.organizations.models import Person

SOON: Final = timedelta(hours=24)


def _team(group: Group, cycle: Cycle) -> str:
    return absolute(f"/cycles/{cycle.key}/teams/{group.key}/office-hours/")


def _told(booking: Booking) -> dict[str, Any]:
    return {"booking": booking, "slot": booking.slot, "group": booking.group, "cycle": booking.cycle}


def on_session(entry: JournalEntry) -> int:
    """To the expert: a team booked, moved to, or cancelled a session."""
    booking = subject_of(entry, Booking, "slot__expert", "group", "cycle")
    if booking is None:
        return 0
    gone = entry.kind == Kind.SESSION_CANCELLED.value
    if gone == (booking.cancelled_at is None):  # something else has become of it since
        return 0
    kind = "hours.cancelled" if gone else "hours.booked"
    context = _told(booking) | {"link": absolute(f"/cycles/{booking.cycle.key}/office-hours/")}
    people = with_address(Person.objects.filter(pk=booking.slot.expert_id))
    return tell_all(kind, people, key=f"{kind}:{booking.pk}", context=context, cycle_id=booking.cycle_id)


def on_slot_withdrawn(entry: JournalEntry) -> int:
    """To the teams that had booked it: it does not take place, and the office hour is theirs again."""
    slot = subject_of(entry, Slot, "expert", "cycle")
    groups = entry.payload.get("groups")
    if slot is None or not isinstance(groups, list):
        return 0
    told = 0
    for group in Group.objects.filter(pk__in=groups, cycle=slot.cycle):
        context = {"slot": slot, "group": group, "cycle": slot.cycle, "link": _team(group, slot.cycle)}
        key = f"withdrawn:{slot.pk}:{group.pk}"
        told += tell_all("hours.withdrawn", members_of([group.pk]), key=key, context=context, cycle_id=slot.cycle_id)
    return told


def on_noted(entry: JournalEntry) -> int:
    """To the team: the expert wrote something down for it."""
    booking = subject_of(entry, Booking, "slot__expert", "group", "cycle")
    number = entry.payload.get("note")
    note = SessionNote.objects.filter(pk=number, shared=True).first() if isinstance(number, int) else None
    if booking is None or note is None:
        return 0
    context = _told(booking) | {"note": note, "link": _team(booking.group, booking.cycle)}
    people = members_of([booking.group_id])
    return tell_all("hours.noted", people, key=f"noted:{note.pk}", context=context, cycle_id=booking.cycle_id)


def on_hours_nudged(entry: JournalEntry) -> int:
    """To the teams that have booked nothing: they may, as every other."""
    cycle = Cycle.objects.filter(pk=entry.cycle_id or 0).first()
    groups = entry.payload.get("groups")
    if cycle is None or not isinstance(groups, list) or design_of(cycle).office_hours is None:
        return 0
    told, rules = 0, hours_of(cycle)
    for group in Group.objects.filter(pk__in=groups, cycle=cycle):
        context = {"group": group, "cycle": cycle, "rules": rules, "link": _team(group, cycle)}
        key = f"nudged:{entry.pk}:{group.pk}"
        told += tell_all("hours.nudged", members_of([group.pk]), key=key, context=context, cycle_id=cycle.pk)
    return told


def remind_of_sessions() -> int:
    """The day before: to the team where and when, once. Run it as often as you like."""
    now, told = db_now(), 0
    rows = Booking.objects.filter(
        cancelled_at__isnull=True, slot__starts_at__gt=now, slot__starts_at__lte=now + SOON, cycle__rehearsal=False
    )
    # who booked within the day knows it
    ahead = [one for one in rows.select_related("slot__expert", "group", "cycle") if one.booked_at <= one.slot.starts_at - SOON]
    known = set(Notice.objects.filter(key__startswith="soon:").values_list("key", flat=True)) if ahead else set()
    heard = {":".join(one.split(":")[:2]) for one in known}
    for booking in ahead:
        key = f"soon:{booking.pk}"
        if key not in heard:
            context = _told(booking) | {"link": _team(booking.group, booking.cycle)}
            people = members_of([booking.group_id])
            told += tell_all("hours.soon", people, key=key, context=context, cycle_id=booking.cycle_id)
    return told
