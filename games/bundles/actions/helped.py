"""Office hours and peers, brought in as they were: a booking counts as it counted, and nobody is told anew."""

from collections import Counter
from typing import Final

from games.bundles.actions.landing import Landing
from games.coaching.models import Booking, SessionNote, Slot
from games.peers.models import PeerAsk, PeerOptOut
from games.rounds.models import Round

BATCH: Final = 1000


def load_hours(landing: Landing) -> None:
    """Slots, bookings and what experts wrote for groups. A note is its expert's."""
    tables = landing.bundle.tables
    if not tables.slots.rows:
        return
    taken = Counter(row.slot for row in tables.bookings.rows if row.cancelled is None)
    made = [
        Slot(
            cycle=landing.cycle,
            number=row.number,
            expert=landing.people[row.expert],
            starts_at=row.starts or landing.now,
            ends_at=row.ends or landing.now,
            seats=row.seats,
            taken=taken[row.number],
            place=row.place,
            topics=row.topics,
            offered_at=row.offered or landing.now,
            withdrawn_at=row.withdrawn,
        )
        for row in tables.slots.rows
    ]
    slots = {one.number: one for one in Slot.objects.bulk_create(made, batch_size=BATCH)}
    bookings = _bookings(landing, slots)
    landing.bookings = {number: one.pk for number, one in bookings.items()}
    SessionNote.objects.bulk_create(
        [
            SessionNote(
                booking=bookings[row.booking],
                author_id=bookings[row.booking].slot.expert_id,
                text=row.text,
                shared=True,
                at=row.at or landing.now,
            )
            for row in tables.session_notes.rows
        ],
        batch_size=BATCH,
    )


def _bookings(landing: Landing, slots: dict[int, Slot]) -> dict[int, Booking]:
    rows = landing.bundle.tables.bookings.rows
    rounds = dict(Round.objects.filter(cycle=landing.cycle).values_list("key", "pk")) if rows else {}
    made = [
        Booking(
            cycle=landing.cycle,
            slot=slots[row.slot],
            group_id=landing.groups[row.group],
            round_id=rounds[row.round] if row.round else None,
            question=row.question,
            counts=row.counts == "yes",
            booked_at=row.booked or landing.now,
            cancelled_at=row.cancelled,
            outcome=row.outcome,
            outcome_at=row.settled,
        )
        for row in rows
    ]
    found = Booking.objects.bulk_create(made, batch_size=BATCH)
    return {row.number: one for row, one in zip(rows, found, strict=True)}


def load_peers(landing: Landing) -> None:
    """Asks between peers with their answers, and who stands aside."""
    tables = landing.bundle.tables
    PeerAsk.objects.bulk_create(
        [
            PeerAsk(
                cycle=landing.cycle,
                number=row.number,
                asker_id=landing.groups[row.group],
                asked_id=landing.groups[row.other],
                challenge_id=landing.challenges[row.round, row.challenge] if row.challenge else None,
                reason=row.reason,
                words=row.words,
                state=row.state,
                answer=row.answer,
                asked_at=row.at or landing.now,
                answered_at=row.answered,
            )
            for row in tables.peers.rows
        ],
        batch_size=BATCH,
    )
    aside = [PeerOptOut(group_id=landing.groups[row.group], at=row.at or landing.now) for row in tables.peers_aside.rows]
    PeerOptOut.objects.bulk_create(aside, batch_size=BATCH)
