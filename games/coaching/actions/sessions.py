"""What became of a session, what the expert writes down, and a word to groups that have booked nothing."""

from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from games.coaching.models import Booking, SessionNote
from games.coaching.queries import hours_of, period_of, without_a_booking
from games.coaching.rules import NOTE, OfficeHoursRefused, Outcome, cleaned
from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.learning.actions.measuring import person_of
from games.organizations.models import Person
from leaderboards.engine.language import gettext as _

NUDGE_AFTER: Final = timedelta(days=2)
"""So long organizers wait before they nudge again."""


@transaction.atomic
def settle(booking: Booking, *, outcome: Outcome, by: Any) -> Booking:
    """It took place, or the group did not come; or (empty) that was wrong. Raises OfficeHoursRefused before it begins and of one cancelled."""
    row = _locked(booking)
    now = db_now()
    if row.cancelled_at is not None:
        raise OfficeHoursRefused(_("It was cancelled."))
    if row.slot.starts_at > now:
        raise OfficeHoursRefused(_("It has not begun."))
    if row.outcome == outcome.value:
        return row
    row.outcome, row.outcome_at = outcome.value, now if outcome is not Outcome.OPEN else None
    row.save(update_fields=["outcome", "outcome_at"])
    _journal(Kind.SESSION_SETTLED, row, by=by, payload={"outcome": outcome.name.lower()})
    return row


def _locked(booking: Booking) -> Booking:
    return Booking.objects.select_for_update(of=("self",)).select_related("slot", "group", "cycle").get(pk=booking.pk)


@transaction.atomic
def note(booking: Booking, *, text: str, shared: bool, by: Any) -> SessionNote:
    """The expert writes something down: for themselves, or shared with the group and organizers. Raises BookingInvalid."""
    row = _locked(booking)
    words = cleaned(text, NOTE, "text", empty=_("Write something first."))
    mine = Person.objects.filter(pk=row.slot.expert_id, user=by).first() if getattr(by, "pk", None) else None
    author = mine or person_of(row.cycle, by)
    made = SessionNote.objects.create(booking=row, author=author, text=words, shared=shared, at=db_now())
    if shared:
        _journal(Kind.SESSION_NOTED, row, by=by, payload={"note": made.pk})
    return made


@transaction.atomic
def nudge(cycle: Cycle, *, by: Any) -> int:
    """Remind the groups that have booked nothing that they may, as every other. Returns how many. Raises OfficeHoursRefused when that was lately."""
    cycle = locked(cycle)
    hours_of(cycle)
    now = db_now()
    lately = JournalEntry.objects.filter(cycle_id=cycle.pk, kind=Kind.HOURS_NUDGED.value, at__gt=now - NUDGE_AFTER)
    if lately.exists():
        raise OfficeHoursRefused(_("They were reminded within the last two days."))
    groups = list(without_a_booking(cycle, period_of(cycle, now)).values_list("pk", flat=True))
    if groups:
        record(Kind.HOURS_NUDGED, cycle_id=cycle.pk, by=by, subject=f"cycle:{cycle.pk}", payload={"groups": groups})
    return len(groups)


def _journal(kind: Kind, booking: Booking, *, by: Any, payload: dict[str, object]) -> None:
    told = {"slot": booking.slot.number} | payload
    record(kind, cycle_id=booking.cycle_id, by=by, group_id=booking.group_id, subject=f"booking:{booking.pk}", payload=told)
