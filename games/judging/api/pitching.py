"""The schedule of pitches over the API: made by organizers, moved by hand; a group and a judge see what is theirs."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.cycles.queries import design_of
from games.judging.actions import pitching
from games.judging.api.hall import CountShape, HallFilter, OfGroup
from games.judging.models import Pitch
from games.judging.rules.pitching import MINUTES, ROOM, ROOMS, Times, is_time
from games.rounds.models import Round
from games.submissions.queries import with_ordinal
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema


class PitchShape(OfGroup):
    """A pitch with its place and time."""

    class Meta:
        model = Pitch
        fields = ("id", "cycle", "round", "panel", "room", "starts_at", "minutes", "label", "group")
        read_only_fields = fields


class RoomsAsked(serializers.Serializer[Any]):
    """The rooms of a panel."""

    panel = serializers.CharField(max_length=100)
    rooms = serializers.ListField(child=serializers.CharField(max_length=ROOM), max_length=ROOMS)


class ScheduleAsked(serializers.Serializer[Any]):
    """What is wished of the schedule; times of day in the zone of the cycle."""

    start = serializers.DateTimeField()
    minutes = serializers.IntegerField(min_value=1, max_value=MINUTES)
    rest = serializers.IntegerField(required=False, min_value=0, max_value=MINUTES, help_text="Minutes between pitches.")
    pause = serializers.TimeField(required=False, allow_null=True, help_text="No pitches from this time of day …")
    pause_minutes = serializers.IntegerField(required=False, min_value=0, max_value=MINUTES, help_text="… for so long.")
    until = serializers.TimeField(required=False, allow_null=True, help_text="The day ends; the rest follows on the next day.")
    rooms = RoomsAsked(many=True)
    order = serializers.ChoiceField(["name", "table", "chance"], required=False)
    hand_out = serializers.BooleanField(required=False, help_text="Judges get the sheets of the pitches that they hear.")


class SlotShape(serializers.Serializer[Any]):
    """A pitch during which judges of the room have to leave it: they must not judge the group."""

    group = serializers.IntegerField(source="talk.group")
    panel = serializers.CharField(source="talk.panel")
    room = serializers.CharField(source="room.name")
    at = serializers.DateTimeField()
    out = serializers.ListField(child=serializers.IntegerField())


class ScheduleShape(serializers.Serializer[Any]):
    """What was made."""

    count = serializers.IntegerField()
    leaving = SlotShape(many=True)


class MoveAsked(serializers.Serializer[Any]):
    """Where to. On the very place of another pitch the two change places."""

    room = serializers.CharField(max_length=ROOM)
    starts_at = serializers.DateTimeField()
    minutes = serializers.IntegerField(required=False, min_value=1, max_value=MINUTES)


class ShiftAsked(serializers.Serializer[Any]):
    """Everything from `since` on begins so many minutes later; below zero: earlier."""

    since = serializers.DateTimeField()
    minutes = serializers.IntegerField(min_value=-MINUTES, max_value=MINUTES)


class PitchFilter(HallFilter):
    """Of one panel besides."""

    class Meta:
        model = Pitch
        fields = ("panel",)


class Pitches(ReadOnlyModelViewSet[Pitch]):
    """Pitches: organizers all, a group its own, a judge those that they hear."""

    queryset = Pitch.objects.select_related("round__cycle", "group")
    serializer_class = PitchShape
    seen_as = "pitch.view"
    permissions = {"move": "pitch.move"}
    filterset_class = PitchFilter
    ordering = ("starts_at", "room", "pk")

    def get_queryset(self) -> QuerySet[Pitch]:
        """With what the label of a blind round needs."""
        return with_ordinal(super().get_queryset())

    @extend_schema(request=MoveAsked, responses=PitchShape)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Put it into another room, or at another time."""
        moved = pitching.move_pitch(pitch=self.get_object(), by=request.user, **asked_for(MoveAsked, request.data))
        return Response(PitchShape(self.get_queryset().get(pk=moved.pk), context={"request": request}).data)


class PitchPlanning(GenericViewSet[Round]):
    """The schedule of a round, made by organizers."""

    queryset = Round.objects.select_related("cycle")
    seen_as = "round.view"
    permissions = dict.fromkeys(("pitches", "drop_pitches", "shift_pitches"), "round.steer")

    @extend_schema(request=ScheduleAsked, responses=ScheduleShape)
    @action(detail=True, methods=["put"])
    def pitches(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Make the schedule anew: no judge and no group in two rooms at once, nobody before who must not judge them where it can be."""
        round_, asked = self.get_object(), asked_for(ScheduleAsked, request.data)
        zone = ZoneInfo(design_of(round_.cycle).cycle.timezone or "UTC")
        times = Times(
            asked["start"].astimezone(zone) if is_time(asked["start"]) else asked["start"],
            asked["minutes"],
            asked.get("rest", 0),
            asked.get("pause"),
            asked.get("pause_minutes", 0),
            asked.get("until"),
        )
        wished = pitching.Asked(
            times,
            {one["panel"]: one["rooms"] for one in asked["rooms"]},
            asked.get("order", "name"),
            hand_out=asked.get("hand_out", False),
        )
        made = pitching.schedule_pitches(round_=round_, asked=wished, by=request.user)
        return Response(ScheduleShape({"count": len(made.slots), "leaving": [one for one in made.slots if one.out]}).data)

    @extend_schema(request=None, responses={204: None})
    @pitches.mapping.delete
    def drop_pitches(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take the schedule back."""
        pitching.drop_pitches(round_=self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=ShiftAsked, responses=CountShape)
    @action(detail=True, methods=["post"], url_path="shift-pitches")
    def shift_pitches(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Everything from a moment on later, or earlier: when the day runs late."""
        asked = asked_for(ShiftAsked, request.data)
        return Response({"count": pitching.shift_pitches(round_=self.get_object(), by=request.user, **asked)})
