"""Of a cycle what its game keeps: badges, quests, shared goals, tallies, weeks."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time

from games.bundles.earned_rows import GameRow
from games.cycles.models import Cycle
from games.recognition.models import EarnedBadge, GoalReached, GroupWeek, QuestFinished, Tally


def game_rows(cycle: Cycle, groups: Mapping[int, str], people: Mapping[int, str]) -> Iterator[GameRow]:
    """Rows of game.csv, in an order that depends on nothing but what they say."""
    for badge in EarnedBadge.objects.filter(cycle=cycle).order_by("at", "seal", "badge", "group__key"):
        whose = groups.get(badge.group_id or 0, ""), people.get(badge.person_id or 0, "")
        yield GameRow("badge", badge.badge, badge.at, *whose, badge.reached)
    for quest in QuestFinished.objects.filter(cycle=cycle).order_by("at", "quest", "group__key"):
        yield GameRow("quest", quest.quest, quest.at, groups.get(quest.group_id, ""))
    for goal in GoalReached.objects.filter(cycle=cycle).order_by("at", "goal"):
        yield GameRow("goal", goal.goal, goal.at, number=goal.groups)
    for tally in Tally.objects.filter(cycle=cycle, number__gt=0).order_by("key", "group__key", "since"):
        whose = groups.get(tally.group_id or 0, ""), people.get(tally.person_id or 0, "")
        yield GameRow("tally", tally.key, tally.since, *whose, tally.number, tally.last_at)
    for week in GroupWeek.objects.filter(cycle=cycle).order_by("week", "group__key"):
        at = datetime.combine(week.week, time(), UTC)
        group = groups.get(week.group_id, "")
        yield GameRow("week", week.week.isoformat(), at, group, number=week.acts, early=week.early, points=week.points)
