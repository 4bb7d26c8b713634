"""Coaching that was won: its sessions are booked beside the office hours, and the prize is delivered when they have taken place."""

from typing import Any

from django.db import transaction

from games.coaching.actions import book
from games.coaching.models import Booking, Slot
from games.coaching.rules import Outcome
from games.recognition.actions.grants import deliver
from games.recognition.models import Grant, GrantSession
from games.recognition.queries.grants import sessions_used
from games.recognition.rules import GrantState, PrizeUsed, sessions_left
from leaderboards.engine.language import gettext as _


@transaction.atomic
def book_prize(grant: Grant, *, slot: Slot, question: str, by: Any) -> Booking:
    """Book a session of the prize: it uses up none of the office hours every group has. Raises PrizeUsed, and what `coaching.book` raises."""
    held = Grant.objects.select_for_update(no_key=True, of=("self",)).select_related("group").get(pk=grant.pk)
    if held.state != GrantState.GRANTED.value or held.group is None or not held.sessions:
        raise PrizeUsed(_("There are no sessions to book from this prize."))
    if not sessions_left(held.sessions, sessions_used([held.pk]).get(held.pk, 0)):
        raise PrizeUsed(_("All sessions of this prize are booked."))
    booking = book(slot, group=held.group, question=question, by=by, counts=False)
    GrantSession.objects.create(grant=held, booking=booking)
    return booking


@transaction.atomic
def follow_session(booking: Booking) -> Grant | None:
    """A session was settled: once as many have taken place as the prize is worth, it is delivered, and they are its proof."""
    link = GrantSession.objects.select_related("grant").filter(booking=booking).first()
    if link is None:
        return None
    grant = Grant.objects.select_for_update(no_key=True, of=("self",)).get(pk=link.grant_id)
    held = Booking.objects.filter(prize__grant=grant, outcome=Outcome.HELD.value).select_related("slot__expert")
    days = [f"{one.slot.starts_at:%Y-%m-%d} {one.slot.expert.name}" for one in held.order_by("slot__starts_at", "pk")]
    if grant.state != GrantState.GRANTED.value or len(days) < grant.sessions:
        return None
    return deliver(grant, by=None, proof=f"Sessions held: {'; '.join(days)}")
