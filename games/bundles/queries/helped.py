"""Office hours and peers of a cycle, as rows."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from games.bundles.helped_rows import BookingRow, PeerAsideRow, PeerRow, SessionNoteRow, SlotRow
from games.bundles.tables import Table
from games.coaching.models import Booking, SessionNote, Slot
from games.cycles.models import Cycle
from games.peers.models import PeerAsk, PeerOptOut
from games.recognition.models import GrantSession


def helped_tables(cycle: Cycle, groups: Mapping[int, str], people: Mapping[int, str]) -> dict[str, Table[Any]]:
    """slots.csv, bookings.csv, session_notes.csv, peers.csv and peers_aside.csv of a cycle."""
    booked = list(_bookings(cycle, groups, people))
    numbers = {pk: row.number for pk, row in booked}
    aside = PeerOptOut.objects.filter(group__in=groups).order_by("pk").values_list("group_id", "at")
    return {
        "slots": Table(list(_slots(cycle, people))),
        "bookings": Table([row for _, row in booked]),
        "session_notes": Table(list(_notes(numbers))),
        "peers": Table(list(_peers(cycle, groups))),
        "peers_aside": Table([PeerAsideRow(groups[group], _utc(at)) for group, at in aside]),
    }


def _slots(cycle: Cycle, people: Mapping[int, str]) -> Iterator[SlotRow]:
    for one in Slot.objects.filter(cycle=cycle, expert__in=people).order_by("number"):
        yield SlotRow(
            *(one.number, people[one.expert_id], _utc(one.starts_at), _utc(one.ends_at), one.seats, one.place, one.topics),
            *(_utc(one.offered_at), _utc(one.withdrawn_at)),
        )


def _bookings(cycle: Cycle, groups: Mapping[int, str], people: Mapping[int, str]) -> Iterator[tuple[int, BookingRow]]:
    """Id → row, numbered in the order in which they were booked."""
    rows = Booking.objects.filter(cycle=cycle, group__in=groups, slot__expert__in=people)
    prizes = dict(GrantSession.objects.filter(booking__cycle=cycle).values_list("booking_id", "grant__award"))
    for number, one in enumerate(rows.select_related("slot", "round").order_by("booked_at", "pk"), 1):
        counts, round_ = "yes" if one.counts else "no", one.round.key if one.round else ""
        times = (_utc(one.booked_at), _utc(one.cancelled_at), one.outcome, _utc(one.outcome_at))
        head = (number, one.slot.number, groups[one.group_id], one.question, counts, round_)
        yield one.pk, BookingRow(*head, *times, prizes.get(one.pk, ""))


def _notes(numbers: Mapping[int, int]) -> Iterator[SessionNoteRow]:
    for one in SessionNote.objects.filter(booking__in=numbers, shared=True).order_by("at", "pk"):
        yield SessionNoteRow(numbers[one.booking_id], one.text, _utc(one.at))


def _peers(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[PeerRow]:
    rows = PeerAsk.objects.filter(cycle=cycle, asker__in=groups, asked__in=groups).select_related("challenge__round")
    for one in rows.order_by("number"):
        task = one.challenge
        yield PeerRow(
            *(one.number, groups[one.asker_id], groups[one.asked_id], one.words, one.state),
            round=task.round.key if task else "",
            challenge=task.key if task else "",
            reason=one.reason,
            answer=one.answer,
            at=_utc(one.asked_at),
            answered=_utc(one.answered_at),
        )


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
