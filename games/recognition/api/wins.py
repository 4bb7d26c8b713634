"""Small wins over the API, cheers, weeks of activity beside learning, and flags for organizers."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.ideas.models import Idea
from games.learning.models import ChangeTest
from games.permissions import access_of, visible
from games.recognition.actions import cheering, watching
from games.recognition.models import LearningWeek, WatchFlag, Win
from games.recognition.queries.wins import shown_wins, with_story
from games.recognition.rules.watching import FlagState
from leaderboards.describing import extend_schema


class WinShape(serializers.ModelSerializer[Win]):
    """Something a team can be glad of. `reached`, `before`: weeks, days, place or measured value (scaled), as the kind says.

    `partner`: who adopted the idea or built on it, for those who may read the test or the idea that tells so.
    """

    group_key = serializers.CharField(source="group.key", read_only=True)
    idea = serializers.IntegerField(source="idea.number", read_only=True, default=None, allow_null=True, help_text="Its number.")
    board = serializers.CharField(source="board.key", read_only=True, default=None, allow_null=True, help_text="Its key.")
    partner = serializers.SerializerMethodField()
    cheers = serializers.IntegerField(source="cheered_by", read_only=True, default=0)
    cheered = serializers.BooleanField(read_only=True, default=False, help_text="Whether you did.")

    class Meta:
        model = Win
        fields = (
            *("id", "cycle", "group", "group_key", "kind", "at", "seal", "reached", "before", "idea", "board", "attempt"),
            *("partner", "cheers", "cheered"),
        )
        read_only_fields = fields

    def get_partner(self, row: Win) -> int | None:
        """Id of the group."""
        return row.partner_id if getattr(row, "told", False) else None


class CheerDone(serializers.Serializer[Any]):
    """How many cheer it now."""

    cheers = serializers.IntegerField()


class Wins(ReadOnlyModelViewSet[Win]):
    """Small wins, the newest first."""

    queryset = Win.objects.all()
    serializer_class = WinShape
    seen_as = "win.view"
    permissions = dict.fromkeys(("cheer", "cheer_back"), "win.cheer")
    filterset_fields = ("cycle", "group", "kind")
    ordering = ("-at", "-id")

    def get_queryset(self) -> QuerySet[Win]:
        """With what a row shows."""
        access = access_of(self.request)
        tests = visible(access, "change_test.view", ChangeTest.objects.all())
        ideas = visible(access, "idea.view", Idea.objects.all())
        return with_story(shown_wins(super().get_queryset()), self.request.user, tests=tests, ideas=ideas)

    @extend_schema(request=None, responses=CheerDone)
    @action(detail=True, methods=["post"])
    def cheer(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Cheer it: once, and not your own."""
        row = self.get_object()
        cheering.cheer_win(win=row, by=request.user)
        return Response({"cheers": row.cheers.count()})

    @extend_schema(request=None, responses=CheerDone)
    @action(detail=True, methods=["post"], url_path="cheer-back")
    def cheer_back(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take your cheer back."""
        row = self.get_object()
        cheering.cheer_back(win=row, by=request.user)
        return Response({"cheers": row.cheers.count()})


class LearningWeekShape(serializers.ModelSerializer[LearningWeek]):
    """What a group did in the week of this Monday, and what it learned by. A week without a row: nothing."""

    class Meta:
        model = LearningWeek
        fields = ("cycle", "group", "week", "acts", "tests", "adoptions")
        read_only_fields = fields


class LearningWeeks(ListModelMixin, GenericViewSet[LearningWeek]):
    """Activity beside learning, week by week: your own group's; of all groups for organizers."""

    queryset = LearningWeek.objects.all()
    serializer_class = LearningWeekShape
    seen_as = "learning_week.view"
    filterset_fields = ("cycle", "group", "week")
    ordering = ("-week", "-id")


class WatchFlagShape(serializers.ModelSerializer[WatchFlag]):
    """Something somebody should look at, and how they settled it. `facts`: the numbers behind it; shares in percent."""

    class Meta:
        model = WatchFlag
        fields = (
            *("id", "cycle", "number", "kind", "groups", "facts", "found_at", "seen_at"),
            *("state", "reason", "settled_at", "by"),
        )
        read_only_fields = fields


class LookAsked(serializers.Serializer[Any]):
    """What was found. It stands in the record."""

    reason = serializers.CharField(max_length=watching.REASON)


class WatchFlags(ReadOnlyModelViewSet[WatchFlag]):
    """What organizers should look at, the newest first. A flag changes nothing by itself."""

    queryset = WatchFlag.objects.prefetch_related("groups")
    serializer_class = WatchFlagShape
    seen_as = "watch_flag.view"
    permissions = dict.fromkeys(("dismiss", "acted"), "watch_flag.settle")
    filterset_fields = ("cycle", "kind", "state")
    ordering = ("-found_at", "-id")

    @extend_schema(request=LookAsked, responses=WatchFlagShape)
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """There is nothing to it."""
        return self._settled(request, FlagState.DISMISSED)

    @extend_schema(request=LookAsked, responses=WatchFlagShape)
    @action(detail=True, methods=["post"])
    def acted(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Something was done about it."""
        return self._settled(request, FlagState.ACTED)

    def _settled(self, request: Request, state: FlagState) -> Response:
        row, asked = self.get_object(), LookAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        row = watching.settle_flag(flag=row, state=state, by=request.user, **asked.validated_data)
        return Response(WatchFlagShape(row).data)
