"""The game reads each batch of the journal: badges, quests, shared goals, weeks. Its cost does not grow with history.

What was earned stays: a taken-back act counts no longer, but takes no badge away. Where the rules of the game change, the journal is
counted anew from its beginning.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Final

from django.db import transaction
from django.db.models import F

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.groups.rules import GroupState
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import sealed
from games.journal.rules import Kind
from games.playbooks.schema import Badge, Design
from games.recognition.actions.points import BATCH, cursor_of
from games.recognition.actions.tallies import Book, Step, count
from games.recognition.actions.weeks import Weeks, keep_weeks
from games.recognition.models import EarnedBadge, GoalReached, GroupWeek, Points, PointsTotal, QuestFinished, Tally, TallyMark
from games.recognition.queries.acts import acts_of, zone_of
from games.recognition.queries.editions import shown_by
from games.recognition.rules.acts import Act
from games.recognition.rules.game import Deed, Game, Holder, finished, game_of, leaders, lines_of, reached

OVER: Final = frozenset({"awarding", "closed"})
ON_WHO_IS_IN: Final = frozenset({Kind.GROUP_LEFT.value, Kind.GROUP_SETTLED.value, Kind.GROUP_MERGED.value})
"""Acts after which a goal of every group may be reached, because there are others who take part."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was reached: by which sealed entry."""

    seal: int
    at: datetime


@dataclass(slots=True)
class Reading:
    """A batch being read for the game. `totals`: points of the groups before it."""

    cycle: Cycle
    design: Design
    game: Game
    entries: Sequence[JournalEntry]
    acts: Sequence[Act]
    points: Sequence[Points]
    totals: dict[int, int]
    earned: list[EarnedBadge] = field(default_factory=list)


def read_game(
    cycle: Cycle, design: Design, entries: Sequence[JournalEntry], acts: Sequence[Act], points: Sequence[Points]
) -> None:
    """Count one batch. The caller holds the cursor; `points` are those that this batch has earned, already in the totals."""
    game = game_of(design)
    if game.on:
        _count(Reading(cycle, design, game, entries, acts, points, _before(cycle, points)))
    if any(entry.kind == Kind.DESIGN_AMENDED or _swapped(entry) for entry in entries):
        seal = entries[-1].seal
        _count_anew(cycle, design, until=seal or 0)


def _swapped(entry: JournalEntry) -> bool:
    return entry.kind == Kind.POINTS_CHANGED and bool(entry.payload.get("swapped"))


def _before(cycle: Cycle, points: Sequence[Points]) -> dict[int, int]:
    """The totals of the groups before these points: one statement, or none."""
    groups = {row.group_id for row in points if row.group_id is not None}
    if not groups:
        return {}
    rows = PointsTotal.objects.filter(cycle=cycle, generation=points[0].generation, group__in=groups)
    totals = dict(rows.values_list("group_id", "amount"))
    for row in points:
        if row.group_id is not None:
            totals[row.group_id] = totals.get(row.group_id, 0) - row.amount
    return totals


def _count(reading: Reading) -> None:
    game, lines = reading.game, lines_of(reading.game)
    deeds = [Deed(act, entry.payload) for act, entry in zip(reading.acts, reading.entries, strict=True)]
    beside = [line.key for line in lines if line.key.startswith("quest:")]
    book, steps = count(reading.cycle, lines, deeds, beside=beside)
    spec, zone = game.streak, zone_of(reading.design)
    weeks = keep_weeks(reading.cycle, spec, reading.acts, reading.points, zone) if spec or game.league else Weeks(reading.cycle)
    won = sorted(
        chain(_by_tally(game, steps), _by_streak(game, weeks), _by_points(game, reading), _by_most(reading, book)),
        key=lambda one: one[2].seal,
    )
    _earn(reading, won)
    _finish_quests(reading, book, steps)
    _reach_goals(reading, steps)


type Won = tuple[Badge, Holder, Moment, int]
"""A badge that may be earned: by whom, when, and how far they were."""


def _by_tally(game: Game, steps: Iterable[Step]) -> Iterator[Won]:
    badges = {f"badge:{one.key}": one for one in game.badges if not one.most}
    for step in steps:
        badge = badges.get(step.line.key)
        if badge is not None and step.number >= badge.count:
            yield badge, step.holder, Moment(step.act.seal, step.act.at), step.number


def _by_streak(game: Game, weeks: Weeks) -> Iterator[Won]:
    for badge in game.badges:
        for group, longest, act in weeks.grew if badge.streak is not None else ():
            if longest >= (badge.streak or 0):
                yield badge, Holder(group), Moment(act.seal, act.at), longest


def _by_points(game: Game, reading: Reading) -> Iterator[Won]:
    badges = [one for one in game.badges if one.points is not None]
    totals = dict(reading.totals)
    for row in reading.points:
        if row.group_id is None:
            continue
        totals[row.group_id] = totals.get(row.group_id, 0) + row.amount
        for badge in badges:
            if totals[row.group_id] >= (badge.points or 0):
                yield badge, Holder(row.group_id), Moment(row.seal, row.at), totals[row.group_id]


def _by_most(reading: Reading, book: Book) -> Iterator[Won]:
    """Badges for the most of something, when the cycle ends (once): two statements for each."""
    ended = [one for one in reading.entries if one.kind == Kind.CYCLE_STATE_CHANGED and one.payload.get("to") in OVER]
    for badge in reading.game.badges if ended else ():
        if not badge.most or EarnedBadge.objects.filter(cycle=reading.cycle, badge=badge.key).exists():
            continue
        key = f"badge:{badge.key}"
        rows = Tally.objects.filter(cycle=reading.cycle, key=key, group__state=GroupState.ACTIVE.value)
        now = {group: number for group, number in rows.values_list("group_id", "number") if group}
        yield from _leading(badge, now, book, ended)


def _leading(badge: Badge, now: Mapping[int, int], book: Book, ended: Sequence[JournalEntry]) -> Iterator[Won]:
    """At the first end at which somebody had done enough. `now`: the tallies after the whole batch."""
    for end in ended:
        later = book.since(f"badge:{badge.key}", end.seal or 0)
        numbers = {group: number - later.get(group, 0) for group, number in now.items()}
        found = leaders(numbers, badge.count)
        for group in found:
            yield badge, Holder(group), Moment(end.seal or 0, end.at), numbers[group]
        if found:
            return


def _earn(reading: Reading, won: Sequence[Won]) -> None:
    """Keep what was earned, once each, in the order of the journal; of badges for the first few only those."""
    if not won:
        return
    keys = {badge.key for badge, *_ in won}
    there = EarnedBadge.objects.filter(cycle=reading.cycle, badge__in=keys).values_list("badge", "group_id", "person_id")
    held = {(key, Holder(None if person else group, person)) for key, group, person in there}
    taken = Counter(key for key, _ in held)
    for badge, holder, moment, number in won:
        place = (badge.key, Holder(None if holder.person else holder.group, holder.person))
        if place in held or (badge.first is not None and taken[badge.key] >= badge.first):
            continue
        held.add(place)
        taken[badge.key] += 1
        reading.earned.append(_row(reading, badge, holder, moment, number))
    EarnedBadge.objects.bulk_create(reading.earned, batch_size=500)
    for row in reading.earned:
        told: dict[str, object] = {"badge": row.badge, "reached": row.reached, "earned": row.pk}
        group = row.group_id if row.person_id is None else None
        record(Kind.BADGE_EARNED, cycle_id=reading.cycle.pk, group_id=group, subject=f"badge:{row.pk}", payload=told)


def _row(reading: Reading, badge: Badge, holder: Holder, moment: Moment, number: int) -> EarnedBadge:
    return EarnedBadge(
        cycle=reading.cycle,
        badge=badge.key,
        group_id=holder.group,
        person_id=holder.person,
        reached=number,
        design_number=reading.cycle.design_number,
        seal=moment.seal,
        at=moment.at,
    )


def _finish_quests(reading: Reading, book: Book, steps: Sequence[Step]) -> None:
    quests = {one.key: one for one in reading.game.quests}
    touched: dict[tuple[str, int], Step] = {}
    for step in steps:
        kind, _, rest = step.line.key.partition(":")
        if kind == "quest" and step.holder.group is not None:
            touched[rest.rpartition(":")[0], step.holder.group] = step
    done = QuestFinished.objects.filter(cycle=reading.cycle, quest__in={key for key, _ in touched}) if touched else ()
    there = {(one.quest, one.group_id) for one in done}
    for (key, group), step in touched.items():
        numbers = {one.key: book.number(f"quest:{key}:{one.key}", Holder(group)) for one in quests[key].steps}
        if (key, group) in there or not finished(quests[key], numbers):
            continue
        row = QuestFinished.objects.create(cycle=reading.cycle, quest=key, group_id=group, seal=step.act.seal, at=step.act.at)
        payload: dict[str, object] = {"quest": key}
        record(Kind.QUEST_FINISHED, cycle_id=reading.cycle.pk, group_id=group, subject=f"quest:{row.pk}", payload=payload)


def _reach_goals(reading: Reading, steps: Sequence[Step]) -> None:
    """Goals of all groups together: each of them is credited, once. Looked at only when something was done for them, or who is in changed."""
    touched = {step.line.key: step.act for step in steps if step.line.key.startswith("goal:")}
    moved = [act for act, entry in zip(reading.acts, reading.entries, strict=True) if entry.kind in ON_WHO_IS_IN]
    if not touched and not (moved and reading.game.together):
        return
    cycle, there = reading.cycle, set(GoalReached.objects.filter(cycle=reading.cycle).values_list("goal", flat=True))
    groups = frozenset(Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value).values_list("pk", flat=True))
    for goal in reading.game.together:
        act = touched.get(f"goal:{goal.key}") or (moved[-1] if moved else None)
        if goal.key in there or act is None:
            continue
        rows = Tally.objects.filter(cycle=cycle, key=f"goal:{goal.key}", group__in=groups)
        if reached(goal, {group: number for group, number in rows.values_list("group_id", "number") if group}, groups):
            row = GoalReached.objects.create(cycle=cycle, goal=goal.key, groups=len(groups), seal=act.seal, at=act.at)
            for group in sorted(groups):
                payload: dict[str, object] = {"goal": goal.key}
                record(Kind.GOAL_REACHED, cycle_id=cycle.pk, group_id=group, subject=f"goal:{row.pk}", payload=payload)


# --- Anew -----------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def rebuild_game(cycle: Cycle) -> int:
    """Count the journal again, from its beginning to where it was read. Returns how many entries. Badges, quests and goals earned stay."""
    cursor = cursor_of(cycle)
    return _count_anew(cycle, design_of(cycle), until=cursor.seal)


def _count_anew(cycle: Cycle, design: Design, *, until: int) -> int:
    """Tallies and weeks begin again at what a bundle brought; what was earned is looked for again, and kept once."""
    game, given = game_of(design), shown_by(cursor_of(cycle)).rows(cycle)
    TallyMark.objects.filter(tally__cycle=cycle).delete()
    Tally.objects.filter(cycle=cycle, brought=0).delete()
    Tally.objects.filter(cycle=cycle).update(number=F("brought"))
    brought = {"acts": F("brought_acts"), "early": F("brought_early"), "points": F("brought_points")}
    GroupWeek.objects.filter(cycle=cycle).update(**brought)
    if not game.on:
        return 0
    seen, after, totals = 0, 0, _added({}, given.filter(seal__lt=0))  # what a bundle brought stands before every act
    while entries := list(sealed(cycle.pk, after=after).filter(seal__lte=until)[:BATCH]):
        last = entries[-1].seal or after
        points = list(given.filter(seal__gt=after, seal__lte=last).order_by("seal", "pk"))
        _count(Reading(cycle, design, game, entries, acts_of(cycle, entries, design), points, totals))
        totals = _added(totals, points)
        seen, after = seen + len(entries), last
    return seen


def _added(totals: Mapping[int, int], points: Iterable[Points]) -> dict[int, int]:
    found = dict(totals)
    for row in points:
        if row.group_id is not None:
            found[row.group_id] = found.get(row.group_id, 0) + row.amount
    return found
