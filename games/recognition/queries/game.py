"""Reads of the game: how a group stands with badges, quests, streak and league, and how all stand with what they share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, Sum

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
    """The board of a group in this week: (place, group, points). `number` of `boards`, the most active first."""

    number: int
    boards: int
    week: date
    rows: tuple[tuple[int, int, int], ...]


def today_in(cycle: Cycle, now: datetime) -> date:
    """The day, in the cycle's time zone; after its end the day it ended."""
    zone = zone_of(design_of(cycle))
    return (min(now, cycle.ends_at) if cycle.ends_at is not None else now).astimezone(zone).date()


def numbers_of(cycle: Cycle, group: Group) -> dict[str, int]:
    """Key of a tally → how far the group is. One statement."""
    rows = Tally.objects.filter(cycle=cycle, group=group, person__isnull=True)
    return dict(rows.values_list("key", "number"))


def waiting_badges(cycle: Cycle, numbers: Mapping[str, int], held: set[str]) -> list[tuple[Badge, int]]:
    """Badges not earned yet, with how far the group is; surprises are not told."""
    badges = game_of(design_of(cycle)).badges
    return [(one, numbers.get(f"badge:{one.key}", 0)) for one in badges if one.key not in held and not one.surprise]


def quests_of(cycle: Cycle, group: Group, numbers: Mapping[str, int]) -> list[QuestNow]:
    """The quests, each with its steps. One statement."""
    quests = game_of(design_of(cycle)).quests
    if not quests:
        return []
    done = dict(QuestFinished.objects.filter(cycle=cycle, group=group).values_list("quest", "at"))
    return [
        QuestNow(
            quest, tuple((step, numbers.get(f"quest:{quest.key}:{step.key}", 0)) for step in quest.steps), done.get(quest.key)
        )
        for quest in quests
    ]


def finished_in(cycle: Cycle) -> dict[str, int]:
    """Quest → how many groups finished it. One statement."""
    found: dict[str, int] = {}
    for key in QuestFinished.objects.filter(cycle=cycle).values_list("quest", flat=True):
        found[key] = found.get(key, 0) + 1
    return found


def goals_of(cycle: Cycle, group: Group | None = None) -> list[GoalNow]:
    """The shared goals, and how far all are. Three statements, or none."""
    goals = game_of(design_of(cycle)).together
    if not goals:
        return []
    there = dict(GoalReached.objects.filter(cycle=cycle).values_list("goal", "at"))
    active = Q(group__state=GroupState.ACTIVE.value, person__isnull=True)
    rows = Tally.objects.filter(active, cycle=cycle, key__in=[f"goal:{one.key}" for one in goals])
    numbers: dict[str, dict[int, int]] = {}
    for key, of, number in rows.values_list("key", "group_id", "number"):
        numbers.setdefault(key, {})[of or 0] = number
    groups = Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value).count()
    return [_goal(goal, numbers.get(f"goal:{goal.key}", {}), groups, there.get(goal.key), group) for goal in goals]


def _goal(goal: SharedGoal, numbers: Mapping[int, int], groups: int, at: datetime | None, group: Group | None) -> GoalNow:
    mine = numbers.get(group.pk, 0) if group is not None else 0
    if goal.total is not None:
        return GoalNow(goal, sum(numbers.values()), goal.total, at, mine)
    enough = sum(number >= (goal.each or 1) for number in numbers.values())
    return GoalNow(goal, enough, groups, at, mine)


def streak_now(cycle: Cycle, group: Group, today: date) -> StreakNow | None:
    """The streak of a group; None where none are counted. One statement."""
    spec = game_of(design_of(cycle)).streak
    if spec is None:
        return None
    rows = GroupWeek.objects.filter(cycle=cycle, group=group).values_list("week", "acts", "early")
    return streak_of(spec, {week: Doing(acts, early) for week, acts, early in rows}, today)


def league_of(cycle: Cycle, group: Group, today: date) -> LeagueNow | None:
    """The board of a group this week; None where there are none, or the group did nothing in the weeks before. Two statements."""
    spec = game_of(design_of(cycle)).league
    if spec is None:
        return None
    week = monday(today)
    boards = leagues(_before(cycle, spec, week), spec.size)
    number = next((at for at, board in enumerate(boards, 1) if group.pk in board), None)
    if number is None:
        return None
    board = boards[number - 1]
    rows = GroupWeek.objects.filter(cycle=cycle, week=week, group__in=board)
    return LeagueNow(number, len(boards), week, placed(board, dict(rows.values_list("group_id", "points"))))


def _before(cycle: Cycle, spec: League, week: date) -> dict[int, int]:
    rows = GroupWeek.objects.filter(
        cycle=cycle, week__lt=week, week__gte=week - timedelta(weeks=spec.weeks), group__state=GroupState.ACTIVE.value
    )
    return dict(rows.values_list("group_id").annotate(sum=Sum("points")).values_list("group_id", "sum"))
