"""The schedule of pitches: made for a round, moved by hand, taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from games.errors import Invalid, Problem
from games.groups.models import Group
from games.journal.actions import record
from games.journal.rules import Kind
from games.judging.actions.assigning import Wanted, assign
from games.judging.models import Pitch, Stand
from games.judging.queries.pitching import Bench, benches_of, pitches_of, speakers_in, talks_of
from games.judging.rules.hall import HallRefused
from games.judging.rules.pitching import MINUTES, ROOM, ROOMS, Room, Slot, Times, Timetable, is_time, shared_rooms, timetable
from games.rounds.models import Round
from leaderboards.engine.language import gettext as _

ASIDE: Final = "\x7f"
"""A room that nobody can name: where a pitch waits while two change places."""


class PitchesRefused(Invalid):
    """The schedule cannot be as it was asked for; nothing was changed. `problems` names each fault."""

    code = "pitches_refused"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wished. `rooms`: panel → names of its rooms; panels that are not named hear nobody. `order`: by name, table or chance.

    `hand_out`: judges get the sheets of the pitches that they hear, where a panel has given out none yet.
    """

    times: Times
    rooms: Mapping[str, Sequence[str]]
    order: str = "name"
    hand_out: bool = False


@transaction.atomic
def schedule_pitches(*, round_: Round, asked: Asked, by: Any) -> Timetable:
    """Make the schedule of a round anew. Raises PitchesRefused with every fault: rooms, times, nobody to pitch."""
    Round.objects.select_for_update().get(pk=round_.pk)
    benches = benches_of(round_)
    problems = _faults(asked, benches)
    groups = _in_order(round_, asked.order)
    if not groups:
        problems.append(Problem("round", _("Nobody is in this round.")))
    if problems:
        raise PitchesRefused(problems[0].message, where=problems[0].where, problems=problems)
    heard = [bench for key, bench in benches.items() if asked.rooms.get(key)]
    made = timetable(talks_of(heard, groups), _rooms(asked, heard), asked.times)
    if not made.slots:
        msg = _("No pitch fits between the beginning and the end of a day.")
        raise PitchesRefused(msg, where="until")
    Pitch.objects.filter(round=round_).delete()
    Pitch.objects.bulk_create([_pitch(round_, slot, asked.times.minutes) for slot in made.slots])
    if asked.hand_out:
        _hand_out(round_, heard, {one.pk: one for one in groups}, made.slots, by=by)
    _journal(round_, "scheduled", by=by, count=len(made.slots))
    return made


def _faults(asked: Asked, benches: Mapping[str, Bench]) -> list[Problem]:
    names = [name for rooms in asked.rooms.values() for name in rooms]
    times = asked.times
    found = [
        Problem(f"rooms.{key}", _('"{key}" is no panel of this round', key=key))
        for key in asked.rooms
        if key not in benches and asked.rooms[key]
    ]
    faults = (
        (not names, "rooms", _("Name at least one room.")),
        (len(names) > ROOMS, "rooms", _("Expected at most {rooms} rooms.", rooms=ROOMS)),
        (len(set(names)) < len(names), "rooms", _("A room is named twice: every room holds one panel.")),
        (
            any(not name.strip() or len(name) > ROOM for name in names),
            "rooms",
            _("The name of a room has 1 to {room} characters.", room=ROOM),
        ),
        (not is_time(times.start), "start", _("Expected a day of these years.")),
        (not 1 <= times.minutes <= MINUTES, "minutes", _("A pitch takes 1 to {minutes} minutes.", minutes=MINUTES)),
        (not 0 <= times.rest <= MINUTES, "rest", _("A break takes 0 to {minutes} minutes.", minutes=MINUTES)),
        (not 0 <= times.pause_minutes <= MINUTES, "pause_minutes", _("The pause takes 0 to {minutes} minutes.", minutes=MINUTES)),
    )
    return found + [Problem(where, message) for wrong, where, message in faults if wrong]


def _in_order(round_: Round, order: str) -> list[Group]:
    groups = list(speakers_in(round_))
    if order == "table":
        numbers = dict(Stand.objects.filter(round=round_).values_list("group_id", "number"))
        groups.sort(key=lambda one: (one.pk not in numbers, numbers.get(one.pk, 0)))
    elif order == "chance":
        groups.sort(key=lambda one: blake2b(f"{round_.pk}/{one.pk}".encode(), digest_size=8).digest())
    return groups


def _rooms(asked: Asked, benches: Sequence[Bench]) -> list[Room]:
    """Where sheets are out, whoever has them hears a pitch; else the judges of a panel are spread over its rooms."""
    rooms: list[Room] = []
    for bench in benches:
        names = list(asked.rooms[bench.key])
        rooms += (
            [Room(name, bench.key) for name in names]
            if bench.sheets
            else shared_rooms(names, bench.key, [one.pk for one in bench.judges])
        )
    return rooms


def _pitch(round_: Round, slot: Slot, minutes: int) -> Pitch:
    return Pitch(
        round=round_, group_id=slot.talk.group, panel=slot.talk.panel, room=slot.room.name, starts_at=slot.at, minutes=minutes
    )


def _hand_out(round_: Round, benches: Sequence[Bench], groups: Mapping[int, Group], slots: Sequence[Slot], *, by: Any) -> None:
    people = {one.pk: one for bench in benches for one in bench.judges}
    tasks = {bench.key: bench.tasks for bench in benches if not bench.sheets}
    wanted = [
        Wanted(task, groups[slot.talk.group], people[judge], slot.talk.panel)
        for slot in slots
        for task in tasks.get(slot.talk.panel, ())
        if not task.division or task.division == groups[slot.talk.group].division
        for judge in sorted(slot.talk.heard_by(slot.room))
    ]
    if wanted:
        assign(cycle=round_.cycle, wanted=wanted, by=by)


@transaction.atomic
def move_pitch(*, pitch: Pitch, room: str, starts_at: datetime, by: Any, minutes: int | None = None) -> Pitch:
    """Put a pitch elsewhere. On the very place of another the two change places.

    Raises HallRefused where the room is taken, or the group speaks elsewhere, at that time. Judges in two rooms are told by the programme.
    """
    round_, room = pitch.round, room.strip()
    Round.objects.select_for_update().get(pk=round_.pk)
    pitch.refresh_from_db()
    length = pitch.minutes if minutes is None else minutes
    if not room or len(room) > ROOM or not 1 <= length <= MINUTES:
        msg = _("Expected a room of 1 to {room} characters, and 1 to {minutes} minutes.", room=ROOM, minutes=MINUTES)
        raise PitchesRefused(msg, where="room")
    if not is_time(starts_at):
        msg = _("Expected a day of these years.")
        raise PitchesRefused(msg, where="starts_at")
    there = list(pitches_of(round_).exclude(pk=pitch.pk))
    other = next((one for one in there if one.room == room and one.starts_at == starts_at), None)
    if other is not None:
        _swap(pitch, other, [one for one in there if one.pk != other.pk])
    else:
        _check(pitch.group, room, starts_at, length, there)
    Pitch.objects.filter(pk=pitch.pk).update(room=room, starts_at=starts_at, minutes=length)
    _journal(round_, "moved", by=by, group=pitch.group_id)
    pitch.refresh_from_db()
    return pitch


def _swap(pitch: Pitch, other: Pitch, rest: Sequence[Pitch]) -> None:
    """The other takes the place of the first, which is empty then."""
    _check(other.group, pitch.room, pitch.starts_at, other.minutes, rest)
    _check(pitch.group, other.room, other.starts_at, pitch.minutes, rest)
    Pitch.objects.filter(pk=pitch.pk).update(room=ASIDE)
    Pitch.objects.filter(pk=other.pk).update(room=pitch.room, starts_at=pitch.starts_at)


def _check(group: Group, room: str, begins: datetime, minutes: int, others: Sequence[Pitch]) -> None:
    ends = begins + timedelta(minutes=minutes)
    for one in others:
        if one.starts_at < ends and one.starts_at + timedelta(minutes=one.minutes) > begins:
            if one.room == room:
                msg = _('"{group}" is in {room} at that time.', group=one.group.name, room=room)
                raise HallRefused(msg, where="starts_at")
            if one.group_id == group.pk:
                msg = _('"{group}" speaks in {room} at that time.', group=group.name, room=one.room)
                raise HallRefused(msg, where="starts_at")


@transaction.atomic
def shift_pitches(*, round_: Round, minutes: int, since: datetime, by: Any) -> int:
    """Everything from a moment on begins so many minutes later (below zero: earlier). Returns how many."""
    if not -MINUTES <= minutes <= MINUTES:
        msg = _("Expected at most {minutes} minutes.", minutes=MINUTES)
        raise PitchesRefused(msg, where="minutes")
    Round.objects.select_for_update().get(pk=round_.pk)
    rows = Pitch.objects.filter(round=round_, starts_at__gte=since)
    before = Pitch.objects.filter(round=round_, starts_at__lt=since)
    first = rows.order_by("starts_at").values_list("starts_at", flat=True).first()
    last = max((one.starts_at + timedelta(minutes=one.minutes) for one in before), default=None)
    if first is not None and last is not None and first + timedelta(minutes=minutes) < last:
        msg = _("They would begin before an earlier pitch is over.")
        raise HallRefused(msg, where="minutes")
    moved = Pitch.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))
    # No pitch may meet the next on its way: all leave their rooms, and come back to them.
    count = moved.update(room=Concat(Value(ASIDE), F("room")), starts_at=F("starts_at") + timedelta(minutes=minutes))
    moved.update(room=Substr("room", len(ASIDE) + 1))
    if count:
        _journal(round_, "shifted", by=by, count=count)
    return count


@transaction.atomic
def drop_pitches(*, round_: Round, by: Any) -> int:
    """Take the whole schedule back. Returns how many there were."""
    count, __ = Pitch.objects.filter(round=round_).delete()
    if count:
        _journal(round_, "cleared", by=by, count=count)
    return count


def _journal(round_: Round, change: str, *, by: Any, group: int | None = None, count: int = 1) -> None:
    record(
        Kind.HALL_CHANGED,
        cycle_id=round_.cycle_id,
        by=by,
        group_id=group,
        subject=f"round:{round_.pk}",
        payload={"round": round_.key, "change": change, "count": count},
    )
