"""Reads of the game: how a group stands with badges, quests, streak and league, and how all stand with what they share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.groups.rules import GroupState
from games.playbooks.schema import Badge, League, Quest, QuestStep, SharedGoal
from games.recognition.models import GoalReached, GroupWeek, QuestFinished, Tally
from games.recognition.queries.acts import zone_of
from games.recognition.rules.game import game_of, monday
from games.recognition.rules.leagues import leagues, placed
from games.recognition.rules.streaks import Doing, StreakNow, streak_of


@dataclass(frozen=True, slots=True)
class Numbers:
    """Tallies: of one group by key, and of the shared goals as key → group → number."""

    own: dict[str, int] = field(default_factory=dict)
    goals: dict[str, dict[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuestNow:
    """A quest of a group: each step with how much of it is done, and when it was finished."""

    quest: Quest
    steps: tuple[tuple[QuestStep, int], ...]
    finished_at: datetime | None

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(number >= step.count for step, number in self.steps)


@dataclass(frozen=True, slots=True)
class GoalNow:
    """A shared goal: how far all are (`done` of `asked`: groups that have enough, or the sum), and when it was reached."""

    goal: SharedGoal
    done: int
    asked: int
    reached_at: datetime | None
    mine: int = 0


@dataclass(frozen=True, slots=True)
class LeagueNow:
    """The board of a group in this week: (place, group, points), with the groups' names; None for who asked not to be named.

    `number` of `boards`, the most active first.
    """

    number: int
    boards: int
    week: date
    rows: tuple[tuple[int, int, int], ...]
    names: Mapping[int, str | None]


def today_in(cycle: Cycle, now: datetime) -> date:
    """The day, in the cycle's time zone; after its end the day it ended."""
    zone = zone_of(design_of(cycle))
    return (min(now, cycle.ends_at) if cycle.ends_at is not None else now).astimezone(zone).date()


def numbers_of(cycle: Cycle, group: Group | None = None) -> Numbers:
    """How far the group is with everything, and all groups with the shared goals. One statement."""
    goals = [f"goal:{one.key}" for one in game_of(design_of(cycle)).together]
    wanted = Q(key__in=goals, group__state=GroupState.ACTIVE.value)
    if group is not None:
        wanted |= Q(group=group)
    rows = Tally.objects.filter(wanted, cycle=cycle, person__isnull=True).values_list("key", "group_id", "number")
    found = Numbers()
    for key, of, number in rows:
        if key in goals:
            found.goals.setdefault(key, {})[of or 0] = number
        if group is not None and of == group.pk:
            found.own[key] = number
    return found


def waiting_badges(cycle: Cycle, numbers: Numbers, held: set[str]) -> list[tuple[Badge, int]]:
    """Badges not earned yet, with how far the group is; surprises are not told."""
    badges = game_of(design_of(cycle)).badges
    return [(one, numbers.own.get(f"badge:{one.key}", 0)) for one in badges if one.key not in held and not one.surprise]


def quests_of(cycle: Cycle, group: Group, numbers: Numbers) -> list[QuestNow]:
    """The quests, each with its steps. One statement."""
    quests = game_of(design_of(cycle)).quests
    if not quests:
        return []
    done = dict(QuestFinished.objects.filter(cycle=cycle, group=group).values_list("quest", "at"))
    return [
        QuestNow(
            quest, tuple((step, numbers.own.get(f"quest:{quest.key}:{step.key}", 0)) for step in quest.steps), done.get(quest.key)
        )
        for quest in quests
    ]


def finished_in(cycle: Cycle) -> dict[str, int]:
    """Quest → how many groups finished it. One statement."""
    found: dict[str, int] = {}
    for key in QuestFinished.objects.filter(cycle=cycle).values_list("quest", flat=True):
        found[key] = found.get(key, 0) + 1
    return found


def goals_of(cycle: Cycle, numbers: Numbers, group: Group | None = None) -> list[GoalNow]:
    """The shared goals, and how far all are. One statement, or none."""
    goals = game_of(design_of(cycle)).together
    if not goals:
        return []
    active = Group.objects.filter(cycle=OuterRef("pk"), state=GroupState.ACTIVE.value).order_by().values("cycle")
    asked = [Subquery(active.annotate(count=Count("pk")).values("count")), *(Subquery(_reached(one.key)) for one in goals)]
    groups, *when = Cycle.objects.filter(pk=cycle.pk).values_list(*asked).get()
    there = dict(zip((one.key for one in goals), when, strict=True))
    return [_goal(one, numbers.goals.get(f"goal:{one.key}", {}), groups or 0, there[one.key], group) for one in goals]


def _reached(goal: str) -> QuerySet[GoalReached, datetime]:
    """When all groups of a cycle (the one asked for) reached a goal."""
    return GoalReached.objects.filter(cycle=OuterRef("pk"), goal=goal).values_list("at", flat=True)


def _goal(goal: SharedGoal, numbers: Mapping[int, int], groups: int, at: datetime | None, group: Group | None) -> GoalNow:
    mine = numbers.get(group.pk, 0) if group is not None else 0
    if goal.total is not None:
        return GoalNow(goal, sum(numbers.values()), goal.total, at, mine)
    enough = sum(number >= (goal.each or 1) for number in numbers.values())
    return GoalNow(goal, enough, groups, at, mine)


def weeks_of(cycle: Cycle, group: Group, today: date) -> tuple[StreakNow | None, LeagueNow | None]:
    """The streak of a group and its league this week: one statement for both, or none.

    No league for a group that did nothing in the weeks before.
    """
    game = game_of(design_of(cycle))
    if game.streak is None and game.league is None:
        return None, None
    week = monday(today)
    wanted = Q(group=group)
    if game.league is not None:
        first = week - timedelta(weeks=game.league.weeks)
        wanted |= Q(week__gte=first, week__lte=week, group__state=GroupState.ACTIVE.value)
    rows = list(GroupWeek.objects.filter(wanted, cycle=cycle).values_list(*WEEK, named=True))
    doing = {row.week: Doing(row.acts, row.early) for row in rows if row.group_id == group.pk}
    streak = streak_of(game.streak, doing, today) if game.streak is not None else None
    return streak, _league(game.league, rows, group, week) if game.league is not None else None


WEEK: Final = ("group_id", "week", "acts", "early", "points", "group__name", "group__rank_hidden")


def _league(spec: League, rows: Sequence[Any], group: Group, week: date) -> LeagueNow | None:
    before: dict[int, int] = {}
    now: dict[int, int] = {}
    for row in rows:
        if row.week == week:
            now[row.group_id] = row.points
        elif row.week >= week - timedelta(weeks=spec.weeks):
            before[row.group_id] = before.get(row.group_id, 0) + row.points
    boards = leagues(before, spec.size)
    number = next((at for at, board in enumerate(boards, 1) if group.pk in board), None)
    if number is None:
        return None
    board = boards[number - 1]
    names = {row.group_id: None if row.group__rank_hidden else row.group__name for row in rows if row.group_id in board}
    return LeagueNow(number, len(boards), week, placed(board, now), names)
