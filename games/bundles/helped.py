"""Checks of slots.csv, bookings.csv, session_notes.csv, peers.csv and peers_aside.csv."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from games.bundles.helped_rows import BookingRow, SlotRow
from games.bundles.places import Places
from games.peers.rules import PeerState
from leaderboards.engine.language import gettext as _

type Refuse = Callable[[str, str], None]
type Rows = Iterable[tuple[Any, Refuse]]
STANDS = (PeerState.ASKED.value, PeerState.ACCEPTED.value)


def check_hours(places: Places, people: Collection[str], tables: Mapping[str, Rows]) -> None:
    """Name everything wrong with slots, bookings and notes. `people`: keys of people.csv."""
    slots: dict[int, SlotRow] = {}
    for row, refuse in tables["slots"]:
        if row.number in slots:
            refuse("number", _("{number} is there twice", number=row.number))
        if row.expert not in people:
            refuse("expert", _('"{expert}" is not in people.csv', expert=row.expert))
        if row.ends <= row.starts:
            refuse("ends", _("expected a time after it starts"))
        slots[row.number] = row
    bookings = _check_bookings(places, slots, tables["bookings"])
    for row, refuse in tables["session_notes"]:
        if row.booking not in bookings:
            refuse("booking", _("{booking} is not in bookings.csv", booking=row.booking))


def _check_bookings(places: Places, slots: Mapping[int, SlotRow], rows: Rows) -> set[int]:
    seen: set[int] = set()
    taken: Counter[int] = Counter()
    here: set[tuple[int, str]] = set()
    for row, refuse in rows:
        if row.number in seen:
            refuse("number", _("{number} is there twice", number=row.number))
        seen.add(row.number)
        if row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        if row.round and row.round not in places.rounds:
            refuse("round", places.no_round(row.round))
        if row.cancelled and row.outcome:
            refuse("outcome", _("what was cancelled neither took place nor was missed"))
        if row.slot not in slots:
            refuse("slot", _("{slot} is not in slots.csv", slot=row.slot))
        elif not row.cancelled:
            _check_standing(row, slots[row.slot], taken, here, refuse)
    return seen


def _check_standing(row: BookingRow, slot: SlotRow, taken: Counter[int], here: set[tuple[int, str]], refuse: Refuse) -> None:
    taken[row.slot] += 1
    if taken[row.slot] > slot.seats:
        refuse("slot", _("more bookings than slot {slot} has seats: {seats}", slot=row.slot, seats=slot.seats))
    if (row.slot, row.group) in here:
        refuse("group", _('"{group}" has booked slot {slot} already', group=row.group, slot=row.slot))
    here.add((row.slot, row.group))


def check_peers(places: Places, asks: Rows, aside: Rows) -> None:
    """Name everything wrong with asks between peers, and with who stands aside."""
    seen: set[int] = set()
    pairs: set[tuple[str, str]] = set()
    for row, refuse in asks:
        if row.number in seen:
            refuse("number", _("{number} is there twice", number=row.number))
        seen.add(row.number)
        for name in ("group", "other"):
            if getattr(row, name) not in places.groups:
                refuse(name, places.no_group(getattr(row, name)))
        if row.group == row.other:
            refuse("other", _("a group does not ask itself"))
        if row.challenge:
            places.challenge(row.round, row.challenge, refuse)
        if row.state in STANDS and (row.group, row.other) in pairs:
            refuse("other", _('"{other}" was asked already', other=row.other))
        if row.state in STANDS:
            pairs.add((row.group, row.other))
    known: set[str] = set()
    for row, refuse in aside:
        if row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        if row.group in known:
            refuse("group", _('"{group}" is there twice', group=row.group))
        known.add(row.group)
