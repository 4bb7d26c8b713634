"""Rows of office hours and peers, with their cells read. Whose the words were stays behind; of notes those shared with the group go out."""

from datetime import datetime
from typing import NamedTuple

Extra = tuple[str, ...]


class SlotRow(NamedTuple):
    """A time an expert offered. `seats`: how many groups come at once."""

    number: int
    expert: str
    starts: datetime | None = None
    ends: datetime | None = None
    seats: int = 1
    place: str = ""
    topics: str = ""
    offered: datetime | None = None
    withdrawn: datetime | None = None
    extra: Extra = ()


class BookingRow(NamedTuple):
    """A group in a slot. `counts`: `yes` where it uses the quota (of `round`, where each round has its own). `prize`: the award it is of."""

    number: int
    slot: int
    group: str
    question: str
    counts: str = "yes"
    round: str = ""
    booked: datetime | None = None
    cancelled: datetime | None = None
    outcome: str = ""
    settled: datetime | None = None
    prize: str = ""
    extra: Extra = ()


class SessionNoteRow(NamedTuple):
    """What the expert wrote for the group, about a booking by its number."""

    booking: int
    text: str
    at: datetime | None = None
    extra: Extra = ()


class PeerRow(NamedTuple):
    """A group (`group`) asked another (`other`); `reason`: why the two were matched."""

    number: int
    group: str
    other: str
    words: str
    state: str
    round: str = ""
    challenge: str = ""
    reason: str = ""
    answer: str = ""
    at: datetime | None = None
    answered: datetime | None = None
    extra: Extra = ()


class PeerAsideRow(NamedTuple):
    """A group that does not want to be found or asked."""

    group: str
    at: datetime | None = None
    extra: Extra = ()
