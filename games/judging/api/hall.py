"""The hall over the API: tables of a round, who is absent, where a judge goes next."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.errors import NotFound
from games.judging.actions import hall
from games.judging.api.asking import JudgedGroup, access_in
from games.judging.api.shapes import PersonRef
from games.judging.models import Stand
from games.judging.queries.hall import judge_in, stands_of, todo_at
from games.judging.rules.hall import HIGHEST, LOCATION, Placed
from games.organizations.models import Person
from games.rounds.models import Round
from games.submissions.queries import eyes, label_of, with_ordinal
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema, extend_schema_field


class OfGroup(serializers.ModelSerializer[Any]):
    """Whose table or pitch it is, as the person who asks may know it."""

    cycle = serializers.IntegerField(source="round.cycle_id")
    label = serializers.SerializerMethodField(help_text="The group's name; in a blind round a number, for judges.")  # type: ignore[assignment] # a field named as the base's
    group = serializers.SerializerMethodField()

    def get_label(self, row: Any) -> str:
        """Name or number."""
        seen = eyes(access_in(self.context["request"]), row.round, row.group_id)
        return label_of(seen, row.round, row.group, row.ordinal)

    @extend_schema_field(JudgedGroup(allow_null=True))
    def get_group(self, row: Any) -> dict[str, Any] | None:
        """Null in a blind round."""
        seen = eyes(access_in(self.context["request"]), row.round, row.group_id)
        return dict(JudgedGroup(row.group).data) if seen.names else None


class StandShape(OfGroup):
    """A table. Who is there now is told to organizers, and to the judge."""

    busy_with = serializers.SerializerMethodField()

    class Meta:
        model = Stand
        fields = ("id", "cycle", "round", "number", "location", "label", "group", "absent_at", "busy_with", "busy_until")
        read_only_fields = fields

    @extend_schema_field(PersonRef(allow_null=True))
    def get_busy_with(self, stand: Stand) -> dict[str, Any] | None:
        """Who was sent there last; at the table until `busy_until`."""
        access = access_in(self.context["request"])
        told = access.reads(stand.round.cycle_id) or stand.busy_with_id in access.persons
        return dict(PersonRef(stand.busy_with).data) if told and stand.busy_with is not None else None


class PlacedAsked(serializers.Serializer[Any]):
    """A group's table."""

    group = serializers.CharField(max_length=100, help_text="Key.")
    number = serializers.IntegerField(required=False, min_value=1, max_value=HIGHEST, help_text="The next free one if absent.")
    location = serializers.CharField(required=False, allow_blank=True, max_length=LOCATION)


class TablesAsked(serializers.Serializer[Any]):
    """A list, or the text of a table (CSV) with the columns table, group, location. Groups that are not named keep theirs."""

    tables = PlacedAsked(many=True, required=False)
    csv = serializers.CharField(required=False, trim_whitespace=False, max_length=5_000_000)


class NumberingAsked(serializers.Serializer[Any]):
    """From which number on; `anew`: those who have a table as well."""

    first = serializers.IntegerField(required=False, min_value=1, max_value=HIGHEST)
    anew = serializers.BooleanField(required=False)


class CountShape(serializers.Serializer[Any]):
    """How many."""

    count = serializers.IntegerField()


class NextShape(serializers.Serializer[Any]):
    """Where to go. Without a table: when one is free, and numbers of tables where nobody was."""

    stand = StandShape(allow_null=True)
    sheets = serializers.ListField(child=serializers.IntegerField(), help_text="Your open sheets there.")
    free_at = serializers.DateTimeField(allow_null=True)
    absent = serializers.ListField(child=serializers.IntegerField())


def _here(request: Request, round_id: int) -> Person:
    """As whom the person judges in a round."""
    found = judge_in(Round(pk=round_id), access_in(request).persons)
    if found is None:
        raise NotFound
    return found


class HallFilter(django_filters.FilterSet):
    """Of one cycle or round."""

    cycle = django_filters.NumberFilter(field_name="round__cycle_id")
    round = django_filters.NumberFilter(field_name="round_id")  # a number, not a choice: a round that is hidden looks absent

    class Meta:
        model = Stand
        fields = ()


class Stands(ReadOnlyModelViewSet[Stand]):
    """Tables: organizers all, a group its own, a judge those of the groups they judge."""

    queryset = Stand.objects.select_related("round__cycle", "group", "busy_with")
    serializer_class = StandShape
    seen_as = "stand.view"
    permissions = {
        **dict.fromkeys(("absent", "back"), "stand.attend"),
        **dict.fromkeys(("visit", "stay", "leave"), "stand.visit"),
        "destroy": "stand.place",
    }
    filterset_class = HallFilter
    ordering = ("round_id", "number")

    def get_queryset(self) -> QuerySet[Stand]:
        """With what the label of a blind round needs."""
        return with_ordinal(super().get_queryset())

    def _now(self, stand: Stand) -> Response:
        return Response(StandShape(self.get_queryset().get(pk=stand.pk), context={"request": self.request}).data)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The group has no table any more."""
        hall.remove_table(stand=self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=StandShape)
    @action(detail=True, methods=["post"])
    def absent(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Nobody is at the table: judges are sent elsewhere."""
        return self._now(hall.mark_absent(stand=self.get_object(), by=request.user))

    @extend_schema(request=None, responses=StandShape)
    @action(detail=True, methods=["post"])
    def back(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """They are at their table."""
        return self._now(hall.mark_back(stand=self.get_object(), by=request.user))

    @extend_schema(request=None, responses=StandShape)
    @action(detail=True, methods=["post"])
    def visit(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Go to this table rather than to the next. Refused while another judge is there."""
        stand = self.get_object()
        persons = access_in(request).persons
        return self._now(hall.go_to(stand=stand, person=_here(request, stand.round_id), persons=persons, by=request.user))

    @extend_schema(request=None, responses=StandShape)
    @action(detail=True, methods=["post"])
    def stay(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """I need a few minutes more."""
        stand = self.get_object()
        return self._now(hall.stay(stand=stand, person=_here(request, stand.round_id), by=request.user))

    @extend_schema(request=None, responses=StandShape)
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The table is free for others."""
        stand = self.get_object()
        hall.leave_table(stand=stand, person=_here(request, stand.round_id), by=request.user)
        return self._now(stand)


class Halls(GenericViewSet[Round]):
    """The hall of a round: set up by organizers, walked by judges."""

    queryset = Round.objects.select_related("cycle")
    seen_as = "round.view"
    permissions = {
        **dict.fromkeys(("stands", "number_stands"), "round.steer"),
        "next_stand": "round.view",
    }

    @extend_schema(request=TablesAsked, responses=CountShape)
    @action(detail=True, methods=["put"])
    def stands(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Give groups their tables: numbers and locations. All or nothing; the same again changes nothing."""
        round_, asked = self.get_object(), asked_for(TablesAsked, request.data)
        if "csv" in asked:
            count = hall.tables_csv(round_=round_, content=asked["csv"].encode(), by=request.user)
        else:
            wanted = [
                Placed(one["group"], one.get("number", 0), one.get("location", ""), f"tables.{at}")
                for at, one in enumerate(asked.get("tables", ()))
            ]
            count = hall.place_tables(round_=round_, wanted=wanted, by=request.user)
        return Response({"count": count})

    @extend_schema(request=NumberingAsked, responses=CountShape)
    @action(detail=True, methods=["post"], url_path="number-stands")
    def number_stands(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Number the groups that have no table yet, by name."""
        asked = asked_for(NumberingAsked, request.data)
        return Response({"count": hall.number_tables(round_=self.get_object(), by=request.user, **asked)})

    @extend_schema(request=None, responses=NextShape)
    @action(detail=True, methods=["post"], url_path="next-stand")
    def next_stand(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """As a judge: leave the table I am at and go to the next. It is held for a few minutes; nobody else is sent there meanwhile."""
        round_, persons = self.get_object(), access_in(request).persons
        sent = hall.go_on(round_=round_, person=_here(request, round_.pk), persons=persons, by=request.user)
        stand = None
        if sent.stand is not None:
            stand = with_ordinal(stands_of(round_).select_related("round__cycle")).get(pk=sent.stand.pk)
        found = {
            "stand": stand,
            "sheets": [one.pk for one in todo_at(stand, persons)] if stand else [],
            "free_at": None if stand else sent.way.free_at,
            "absent": [one.number for one in sent.way.absent],
        }
        return Response(NextShape(found, context={"request": request}).data)
