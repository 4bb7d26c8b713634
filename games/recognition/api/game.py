"""The game over the API: badges earned, what is asked for in words, how far all are together, and how a group stands."""

from typing import Any, Final

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import Invalid, NotFound
from games.groups.models import Group
from games.permissions import Access, access_of, allows, visible
from games.playbooks.schema import Design
from games.recognition.models import EarnedBadge
from games.recognition.queries.badges import badge_of
from games.recognition.queries.game import (
    LeagueNow,
    QuestNow,
    finished_in,
    goals_of,
    numbers_of,
    quests_of,
    today_in,
    weeks_of,
)
from games.recognition.rules.asked import badge_words, goal_words, quest_words, streak_words
from games.recognition.rules.game import game_of
from leaderboards.describing import OpenApiParameter, extend_schema
from leaderboards.engine.language import gettext as _


class EarnedBadgeSerializer(serializers.ModelSerializer[EarnedBadge]):
    """A badge that a group (or, where `person` is given, oneself) has earned. `criteria`: what it asks for, in words."""

    group_key = serializers.CharField(source="group.key", allow_null=True)
    name = serializers.SerializerMethodField()
    criteria = serializers.SerializerMethodField()

    class Meta:
        model = EarnedBadge
        fields = ("id", "cycle", "badge", "name", "criteria", "group", "group_key", "person", "reached", "at")
        read_only_fields = fields

    def design(self, row: EarnedBadge) -> Design:
        """The rules of its cycle, read once for a whole list."""
        designs: dict[int, Design] = self.__dict__.setdefault("designs", {})
        if row.cycle_id not in designs:
            designs[row.cycle_id] = design_of(row.cycle)
        return designs[row.cycle_id]

    def get_name(self, row: EarnedBadge) -> str:
        """As the rules name it now."""
        badge = badge_of(row, self.design(row))
        return badge.title if badge is not None else row.badge

    def get_criteria(self, row: EarnedBadge) -> str:
        """What it asks for; empty when the rules no longer have it."""
        design = self.design(row)
        badge = badge_of(row, design)
        return badge_words(badge, design) if badge is not None else ""


class BadgeAskedSerializer(serializers.Serializer[Any]):
    """A badge of the rules. Surprises are not told."""

    key = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField()
    criteria = serializers.CharField()


class QuestSerializer(serializers.Serializer[Any]):
    """A quest: its steps in words, and how many groups have finished it."""

    key = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())
    needs = serializers.IntegerField()
    finished = serializers.IntegerField()


class GoalSerializer(serializers.Serializer[Any]):
    """A shared goal: `done` of `asked` (groups that have enough, or the sum), and when it was reached."""

    key = serializers.CharField()
    name = serializers.CharField()
    criteria = serializers.CharField()
    done = serializers.IntegerField()
    asked = serializers.IntegerField()
    reached_at = serializers.DateTimeField(allow_null=True)


class GameSerializer(serializers.Serializer[Any]):
    """What of the game a cycle plays. What is switched off is not here. `streak`: how weeks in a row are counted, in words."""

    badges = BadgeAskedSerializer(many=True)
    quests = QuestSerializer(many=True)
    goals = GoalSerializer(many=True)
    streak = serializers.CharField()
    levels = serializers.BooleanField()
    league = serializers.BooleanField()


class StepSerializer(serializers.Serializer[Any]):
    """A step of a quest: how much of it is done."""

    key = serializers.CharField()
    done = serializers.IntegerField()
    of = serializers.IntegerField()


class QuestNowSerializer(serializers.Serializer[Any]):
    """How far a group is with a quest."""

    key = serializers.CharField()
    steps = StepSerializer(many=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class StreakSerializer(serializers.Serializer[Any]):
    """Weeks in a row: now, the longest, weeks off still forgiven, and acts missing to make good the week before (until that day)."""

    current = serializers.IntegerField()
    longest = serializers.IntegerField()
    freezes_left = serializers.IntegerField()
    repair = serializers.IntegerField()
    until = serializers.DateField(allow_null=True)


class LeagueRowSerializer(serializers.Serializer[Any]):
    """A group on the board of this week. A group whose place is hidden has no id."""

    place = serializers.IntegerField()
    group = serializers.IntegerField(allow_null=True)
    points = serializers.IntegerField()


class StandingNowSerializer(serializers.Serializer[Any]):
    """How a group stands in the game: for its members and for organizers."""

    streak = StreakSerializer(allow_null=True)
    quests = QuestNowSerializer(many=True)
    league = LeagueRowSerializer(many=True)


class BadgeFilter(django_filters.FilterSet):
    """Of one cycle, group; one badge."""

    class Meta:
        model = EarnedBadge
        fields = ("cycle", "group", "badge")


LONG: Final = 19  # digits of a number of the database
CYCLE: Final = OpenApiParameter("cycle", int, required=True)
GROUP: Final = OpenApiParameter("group", int, required=True)


class GameViews(ListModelMixin, GenericViewSet[EarnedBadge]):
    """Badges as they were earned, the first one first. Nobody hands them out: they follow from what was done."""

    queryset = EarnedBadge.objects.select_related("cycle", "group").filter(cycle__rehearsal=False)
    serializer_class = EarnedBadgeSerializer
    seen_as = "earned_badge.view"
    permissions = {"rules": "anybody", "standing": "signed_in"}
    filterset_class = BadgeFilter
    ordering = ("at", "id")

    def get_queryset(self) -> QuerySet[EarnedBadge]:
        """Without those of a cycle that has switched badges off."""
        rows = super().get_queryset()
        asked = self.request.query_params.get("cycle", "")
        cycle = (
            Cycle.objects.filter(pk=int(asked), design_number__gt=0).first() if asked.isdecimal() and len(asked) < LONG else None
        )
        return rows.none() if cycle is not None and not design_of(cycle).recognition.badges else rows

    @extend_schema(parameters=[CYCLE], responses=GameSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def rules(self, request: Request) -> Response:
        """What the game of a cycle is: badges, quests, shared goals, in words, and how far all are."""
        rows = Cycle.objects.filter(pk=_number(request, "cycle"), design_number__gt=0)
        cycle = visible(access_of(request), "cycle.view", rows).first()
        if cycle is None:
            raise NotFound
        return Response(GameSerializer(_game(cycle, design_of(cycle))).data)

    @extend_schema(parameters=[GROUP], responses=StandingNowSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def standing(self, request: Request) -> Response:
        """How a group stands: its streak, its quests, its league this week."""
        access = access_of(request)
        rows = Group.objects.filter(pk=_number(request, "group"), cycle__design_number__gt=0).select_related("cycle")
        group = visible(access, "group.view", rows).first()
        if group is None or not (allows(access, "group.member", group) or access.organizes(group.cycle_id)):
            raise NotFound
        today = today_in(group.cycle, access.now)
        streak, league = weeks_of(group.cycle, group, today)
        hidden = hidden_in(access, group, league)
        told = {
            "streak": streak,
            "quests": [_quest(one) for one in quests_of(group.cycle, group, numbers_of(group.cycle, group))],
            "league": [
                {"place": place, "group": None if row in hidden else row, "points": points}
                for place, row, points in (league.rows if league is not None else ())
            ],
        }
        return Response(StandingNowSerializer(told).data)


def hidden_in(access: Access, group: Group, league: LeagueNow | None) -> set[int]:
    """Which groups of a league this person must not find: they asked for it."""
    if league is None or access.organizes(group.cycle_id):
        return set()
    return {pk for pk, name in league.names.items() if name is None and pk not in access.groups}


def _quest(one: QuestNow) -> dict[str, Any]:
    steps = [{"key": step.key, "done": min(number, step.count), "of": step.count} for step, number in one.steps]
    return {"key": one.quest.key, "steps": steps, "finished_at": one.finished_at}


def _game(cycle: Cycle, design: Design) -> dict[str, Any]:
    game = game_of(design)
    finished = finished_in(cycle) if game.quests else {}
    return {
        "badges": [
            {"key": one.key, "name": one.title, "summary": one.summary, "criteria": badge_words(one, design)}
            for one in game.badges
            if not one.surprise
        ],
        "quests": [
            {
                "key": one.key,
                "name": one.title,
                "summary": one.summary,
                "steps": quest_words(one, design),
                "needs": one.enough,
                "finished": finished.get(one.key, 0),
            }
            for one in game.quests
        ],
        "goals": [
            {
                "key": one.goal.key,
                "name": one.goal.title,
                "criteria": goal_words(one.goal, design),
                "done": one.done,
                "asked": one.asked,
                "reached_at": one.reached_at,
            }
            for one in goals_of(cycle, numbers_of(cycle))
        ],
        "streak": streak_words(game.streak) if game.streak is not None else "",
        "levels": game.levels,
        "league": game.league is not None,
    }


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < LONG):
        message = _("Expected the id of a {name}.", name=name)
        raise Invalid(message, where=name)
    return int(text)
