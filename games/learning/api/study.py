"""The study between two rounds over the API: what a group was given to read, that it has read it, what it takes from it."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.errors import NotFound
from games.groups.models import Group
from games.learning import actions
from games.learning.actions.study import TITLE, WORDS
from games.learning.api.asking import IdField
from games.learning.models import Reading, Taken
from games.permissions import access_of, visible
from games.rounds.models import Round
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema


class ReadingShape(serializers.ModelSerializer[Reading]):
    """A work of another group, given to a group to read: an entry or an idea."""

    class Meta:
        model = Reading
        fields = ("id", "round", "group", "submission", "idea", "read_at")
        read_only_fields = fields


class TakenShape(serializers.ModelSerializer[Taken]):
    """What a group takes into the next round: what it will try, and what it expects of it."""

    class Meta:
        model = Taken
        fields = ("id", "cycle", "number", "round", "group", "reading", "text", "prediction", "at")
        read_only_fields = fields


class TakenAsked(serializers.Serializer[Any]):
    """What the group will try. `reading`: what it took it from."""

    round = IdField(help_text="The round that was studied.")
    text = serializers.CharField(max_length=TITLE)
    prediction = serializers.CharField(required=False, allow_blank=True, max_length=WORDS)
    reading = IdField(required=False, allow_null=True)


class DealtShape(serializers.Serializer[Any]):
    """How many works were given to be read; 0 when that was done before."""

    given = serializers.IntegerField()


class Readings(ReadOnlyModelViewSet[Reading]):
    """What one's own groups were given to read; as organizer all."""

    queryset = Reading.objects.all()
    serializer_class = ReadingShape
    seen_as = "reading.view"
    permissions = {"read": "reading.read"}
    filterset_fields = ("round", "group")
    ordering = ("id",)

    @extend_schema(request=None, responses=ReadingShape)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The group has read it. That earns nothing."""
        return Response(ReadingShape(actions.mark_read(self.get_object(), by=request.user)).data)


class Takings(ReadOnlyModelViewSet[Taken]):
    """What one's own groups took from a study; as organizer all."""

    queryset = Taken.objects.all()
    serializer_class = TakenShape
    seen_as = "taken.view"
    permissions = {"drop": "taken.drop"}
    filterset_fields = ("cycle", "round", "group")
    ordering = ("number", "id")

    def get_queryset(self) -> QuerySet[Taken]:
        """With its cycle."""
        return super().get_queryset().select_related("cycle")

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Leave it after all, while the study is on."""
        actions.drop_taken(self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Studying(GenericViewSet[Group]):
    """A group says what it takes from a study."""

    queryset = Group.objects.select_related("cycle")
    serializer_class = TakenShape  # type: ignore[assignment]  # asks about groups, answers with what they took
    seen_as = "group.view"
    permissions = {"taken": "group.submit"}

    @extend_schema(request=TakenAsked, responses={201: TakenShape})
    @action(detail=True, methods=["post"])
    def taken(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take something into the next round."""
        group, asked, access = self.get_object(), asked_for(TakenAsked, request.data), access_of(request)
        rounds = Round.objects.filter(cycle=group.cycle_id, pk=asked.pop("round")).select_related("cycle")
        round_, number = visible(access, "round.view", rounds).first(), asked.pop("reading", None)
        reading = visible(access, "reading.view", Reading.objects.filter(pk=number, group=group)).first() if number else None
        if round_ is None or (number and reading is None):
            raise NotFound
        made = actions.take(round=round_, group=group, reading=reading, by=request.user, **asked)
        return Response(TakenShape(made).data, status=status.HTTP_201_CREATED)


class Dealing(GenericViewSet[Round]):
    """Organizers deal what is read."""

    queryset = Round.objects.select_related("cycle")
    serializer_class = DealtShape
    seen_as = "round.view"
    permissions = {"deal": "round.steer"}

    @extend_schema(request=None, responses=DealtShape)
    @action(detail=True, methods=["post"], url_path="deal-readings")
    def deal(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Give every group the work of others to read, once the study has begun. It happens by itself within a minute, too."""
        return Response(DealtShape({"given": actions.deal_readings(self.get_object(), by=request.user)}).data)
