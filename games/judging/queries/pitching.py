"""Reads of the pitches of a round: who speaks before whom, who hears it, what clashes, what is a group's or a judge's own."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.groups.models import Group
from games.judging.conflicts import barred
from games.judging.models import Panelist, Pitch, Sheet
from games.judging.rules import SheetState
from games.judging.rules.pitching import Clash, Sitting, Talk, clashes
from games.organizations.models import Person
from games.rounds.models import Round
from games.rounds.queries import entrants_of

HEARD = ("rubric", "ranking", "pairwise")
"""Formats that people judge."""


@dataclass(slots=True)
class Bench:
    """A panel of a round, over all its tasks: the judges on it, and who has sheets of whom (group → judges)."""

    key: str
    title: str
    tasks: list[Challenge] = field(default_factory=list)
    judges: list[Person] = field(default_factory=list)
    sheets: dict[int, set[int]] = field(default_factory=dict)


def benches_of(round_: Round) -> dict[str, Bench]:
    """The panels of a round by key, in the order of tasks. Three statements."""
    found: dict[str, Bench] = {}
    for task in Challenge.objects.filter(round=round_, format__in=HEARD).select_related("round__cycle").order_by("number", "pk"):
        for panel in spec_of(task).judges_panels:
            if panel.who == "audience":
                continue
            found.setdefault(panel.key, Bench(panel.key, panel.title or panel.key)).tasks.append(task)
    seats = Panelist.objects.filter(challenge__round=round_, left_at__isnull=True).select_related("person")
    for seat in seats.order_by("person__name", "pk"):
        bench = found.get(seat.panel)
        if bench is not None and seat.person not in bench.judges:
            bench.judges.append(seat.person)
    sheets = Sheet.objects.filter(challenge__round=round_).exclude(state=SheetState.RECUSED.value)
    for key, group, judge in sheets.order_by().values_list("panel", "group_id", "judge_id"):
        if key in found:
            found[key].sheets.setdefault(group, set()).add(judge)
    return found


def talks_of(benches: Iterable[Bench], groups: Collection[Group]) -> list[Talk]:
    """Every group before every panel, group by group. Two statements."""
    panels = list(benches)
    people = {one.pk: one for bench in panels for one in bench.judges}
    no = barred([one.pk for one in groups], list(people.values()))
    return [
        Talk(
            group.pk,
            bench.key,
            frozenset(bench.sheets.get(group.pk, ())),
            frozenset(one.pk for one in bench.judges if (group.pk, one.pk) in no),
        )
        for group in groups
        for bench in panels
    ]


def speakers_in(round_: Round) -> QuerySet[Group]:
    """Who pitches: the groups in the round, by name."""
    return entrants_of(round_).order_by("name", "pk")


def pitches_of(round_: Round) -> QuerySet[Pitch]:
    """The pitches of a round in order of time."""
    return Pitch.objects.filter(round=round_).select_related("group").order_by("starts_at", "room", "pk")


@dataclass
class Programme:
    """The pitches of a round with all that is to be known of them. `out`: pitch → judges who sit there but must not judge the group."""

    pitches: list[Pitch]
    benches: dict[str, Bench]
    sittings: dict[int, Sitting]

    @cached_property
    def clashes(self) -> list[Clash]:
        """What cannot be at the same time."""
        return clashes(self.sittings.values())

    def judges_at(self, pitch: Pitch) -> list[Person]:
        """Who hears it, by name."""
        return self._people(pitch, self.sittings[pitch.pk].judges)

    def out_of(self, pitch: Pitch) -> list[Person]:
        """Who has to leave the room meanwhile."""
        return self._people(pitch, self.sittings[pitch.pk].barred)

    def _people(self, pitch: Pitch, which: Collection[int]) -> list[Person]:
        bench = self.benches.get(pitch.panel)
        return [one for one in bench.judges if one.pk in which] if bench else []


def programme_of(round_: Round) -> Programme:
    """The schedule as it stands. Six statements, however many pitches."""
    pitches = list(pitches_of(round_))
    benches = benches_of(round_)
    groups = list({one.group_id: one.group for one in pitches}.values())
    talks = {(one.group, one.panel): one for one in talks_of(benches.values(), groups)}
    rooms: dict[str, set[str]] = {}
    for one in pitches:
        rooms.setdefault(one.panel, set()).add(one.room)
    sittings = {}
    for one in pitches:
        talk = talks.get((one.group_id, one.panel), Talk(one.group_id, one.panel))
        sittings[one.pk] = _sitting(one, talk, benches.get(one.panel), alone=len(rooms[one.panel]) == 1)
    return Programme(pitches, benches, sittings)


def _sitting(pitch: Pitch, talk: Talk, bench: Bench | None, *, alone: bool) -> Sitting:
    """Who hears a pitch: whoever has its sheets; as long as the panel has none, all of it where it sits in one room."""
    judges, out = talk.judges, frozenset[int]()
    if bench is not None and not bench.sheets and alone:
        everybody = frozenset(one.pk for one in bench.judges)
        judges, out = everybody - talk.barred, everybody & talk.barred
    ends = pitch.starts_at + timedelta(minutes=pitch.minutes)
    return Sitting(pitch.pk, pitch.group_id, pitch.panel, pitch.room, pitch.starts_at, ends, judges, out)


def heard_by(persons: Collection[int]) -> Q:
    """Pitches that these persons hear: they have a sheet of it, or sit on a panel of which nobody has sheets yet."""
    sheets: Any = Sheet.objects.filter(challenge__round=OuterRef("round_id"), panel=OuterRef("panel"))
    live = sheets.exclude(state=SheetState.RECUSED.value)
    seats = Panelist.objects.filter(
        challenge__round=OuterRef("round_id"), panel=OuterRef("panel"), person__in=sorted(persons), left_at__isnull=True
    )
    own = live.filter(group=OuterRef("group_id"), judge__in=sorted(persons))
    return Q(Exists(own)) | (Q(Exists(seats)) & ~Q(Exists(live)))


def pitches_for(persons: Collection[int]) -> QuerySet[Pitch]:
    """What these persons hear, in order of time."""
    rows = Pitch.objects.filter(heard_by(persons)) if persons else Pitch.objects.none()
    return rows.select_related("group", "round__cycle").order_by("starts_at", "room", "pk")
