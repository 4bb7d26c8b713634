"""The order of pitches: nobody in two places at once, nobody judged by who must not judge them, as short as can be. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Final, NamedTuple

MINUTES: Final = 240
"""The longest pitch, and the longest break."""
ROOM: Final = 90  # characters
ROOMS: Final = 50
YEARS: Final = (1970, 2200)
SLOTS: Final = 5000
"""No schedule is longer: something is wrong with it."""


def is_time(at: datetime) -> bool:
    """Whether somebody may speak then: not in a year with which calendars cannot count on."""
    return YEARS[0] <= at.year <= YEARS[1]


@dataclass(frozen=True, slots=True)
class Times:
    """When pitches begin: from `start`, each `minutes` long with a break of `rest` after it; none between `pause` and its end.

    None ends after `until`, a time of day: what is left goes on the next day at the same hour as on the first.
    """

    start: datetime
    minutes: int = 5
    rest: int = 2
    pause: time | None = None
    pause_minutes: int = 0
    until: time | None = None

    def slots(self) -> Iterator[datetime]:
        """Beginnings, without end. Wall clock of the zone of `start`. Nothing at all if no pitch fits into a day."""
        begins, length, step = self.start, timedelta(minutes=self.minutes), timedelta(minutes=self.minutes + self.rest)
        empty_days = 0
        while empty_days < 2:  # noqa: PLR2004 -- a whole day on which nothing fits
            ends = begins + length
            if self._paused(begins, ends):
                begins = self._pause(begins)[1]
            elif self.until is not None and (ends.date() > begins.date() or ends.time() > self.until):
                begins = datetime.combine(begins.date() + timedelta(days=1), self.start.time(), self.start.tzinfo)
                empty_days += 1
            else:
                yield begins
                begins, empty_days = begins + step, 0

    def _pause(self, day: datetime) -> tuple[datetime, datetime]:
        assert self.pause is not None
        begins = datetime.combine(day.date(), self.pause, self.start.tzinfo)
        return begins, begins + timedelta(minutes=self.pause_minutes)

    def _paused(self, begins: datetime, ends: datetime) -> bool:
        if self.pause is None or not self.pause_minutes:
            return False
        pause, over = self._pause(begins)
        return begins < over and ends > pause


class Room(NamedTuple):
    """Where a panel hears pitches. `judges`: who sits there whoever pitches; empty: whoever has the sheets of a pitch."""

    name: str
    panel: str
    judges: frozenset[int] = frozenset()


class Talk(NamedTuple):
    """A group before a panel. `judges`: who has its sheets; `barred`: judges of the panel who must not judge it."""

    group: int
    panel: str
    judges: frozenset[int] = frozenset()
    barred: frozenset[int] = frozenset()

    def heard_by(self, room: Room) -> frozenset[int]:
        """Who listens to it in a room."""
        return (room.judges or self.judges) - self.barred

    def out_of(self, room: Room) -> frozenset[int]:
        """Who sits in the room and has to leave it meanwhile."""
        return room.judges & self.barred


class Slot(NamedTuple):
    """A pitch with its place and time. `out`: judges of the room who must not judge the group."""

    talk: Talk
    room: Room
    at: datetime
    out: frozenset[int] = frozenset()


@dataclass(slots=True)
class Timetable:
    """The pitches in order of time; `homeless`: talks whose panel has no room, or for which no time is left."""

    slots: list[Slot] = field(default_factory=list)
    homeless: list[Talk] = field(default_factory=list)


def timetable(talks: Sequence[Talk], rooms: Sequence[Room], times: Times) -> Timetable:
    """Place every talk: at one time a room holds one, a group and a judge are in one. Those that somebody must not hear come last.

    Talks keep their order as far as nothing speaks against it; if that takes longer than it must, those hardest to place go first.
    """
    by_panel: dict[str, list[Room]] = {}
    for room in rooms:
        by_panel.setdefault(room.panel, []).append(room)
    placed = [talk for talk in talks if talk.panel in by_panel]
    where = {talk: _best_rooms(talk, by_panel[talk.panel]) for talk in placed}
    in_order = sorted(placed, key=lambda talk: bool(where[talk] and talk.out_of(where[talk][0])))
    plans = [_filled(in_order, rooms, where)]
    shortest = _shortest(placed, by_panel)
    if len(plans[0]) > shortest:
        crowd = _crowds(placed)
        plans.append(_filled(sorted(in_order, key=lambda talk: -crowd[talk]), rooms, where))
    best = min(plans, key=len)
    made = Timetable(homeless=[talk for talk in talks if talk.panel not in by_panel])
    begins = list(islice(times.slots(), min(len(best), SLOTS)))
    for at, pairs in zip(begins, best, strict=False):
        made.slots += [Slot(talk, room, at, talk.out_of(room)) for talk, room in pairs]
    made.homeless += [talk for pairs in best[len(begins) :] for talk, _ in pairs]
    return made


def _best_rooms(talk: Talk, rooms: Sequence[Room]) -> list[Room]:
    """Rooms of the panel in which the fewest must leave."""
    least = min(len(talk.out_of(room)) for room in rooms)
    return [room for room in rooms if len(talk.out_of(room)) == least]


def _filled(talks: Sequence[Talk], rooms: Sequence[Room], where: Mapping[Talk, Sequence[Room]]) -> list[list[tuple[Talk, Room]]]:
    """Time after time, every room takes the first talk that can be there then."""
    left = list(talks)
    found: list[list[tuple[Talk, Room]]] = []
    while left:
        groups: set[int] = set()
        judges: set[int] = set()
        now: list[tuple[Talk, Room]] = []
        for room in rooms:
            fits = (
                talk for talk in left if room in where[talk] and talk.group not in groups and not talk.heard_by(room) & judges
            )
            talk = next(fits, None)
            if talk is not None:
                now.append((talk, room))
                groups.add(talk.group)
                judges |= talk.heard_by(room)
                left.remove(talk)
        found.append(now)
    return found


def _crowds(talks: Sequence[Talk]) -> dict[Talk, int]:
    """How many other talks cannot be at the same time: by group, and by judges who hear several."""
    groups = Counter(talk.group for talk in talks)
    judges = Counter(judge for talk in talks for judge in talk.judges)
    return {talk: groups[talk.group] + sum(judges[judge] for judge in talk.judges) for talk in talks}


def _shortest(talks: Sequence[Talk], rooms: Mapping[str, Sequence[Room]]) -> int:
    """No schedule has fewer times than this: the rooms of a panel, a group, a judge with sheets."""
    panels = Counter(talk.panel for talk in talks)
    groups = Counter(talk.group for talk in talks)
    judges = Counter(judge for talk in talks for judge in talk.judges)
    by_rooms = (-(-count // len(rooms[panel])) for panel, count in panels.items())
    return max([0, *by_rooms, *groups.values(), *judges.values()])


def shared_rooms(names: Sequence[str], panel: str, judges: Iterable[int]) -> list[Room]:
    """The judges of a panel spread over its rooms, in their order; who is alone goes to the first."""
    people = list(judges)
    return [Room(name, panel, frozenset(people[number :: len(names)])) for number, name in enumerate(names)]


class Sitting(NamedTuple):
    """A pitch as it stands: who, where, from when to when; who hears it, who must not."""

    pitch: int
    group: int
    panel: str
    room: str
    begins: datetime
    ends: datetime
    judges: frozenset[int]
    barred: frozenset[int] = frozenset()


class Clash(NamedTuple):
    """Two pitches at the same time that cannot be: the same room or group, or these judges in two rooms."""

    one: Sitting
    other: Sitting
    room: bool
    group: bool
    judges: frozenset[int]


def clashes(sittings: Iterable[Sitting]) -> list[Clash]:
    """Everything that cannot be at the same time, in order of time."""
    found: list[Clash] = []
    running: list[Sitting] = []
    for one in sorted(sittings, key=lambda sitting: (sitting.begins, sitting.room, sitting.pitch)):
        running = [other for other in running if other.ends > one.begins]
        for other in running:
            room, group, judges = other.room == one.room, other.group == one.group, other.judges & one.judges
            if room or group or judges:
                found.append(Clash(other, one, room, group, judges))
        running.append(one)
    return found
