"""Points over the API: the ledger, totals, rules, badges, and a replay under other rules."""

from typing import Any, Final

import django_filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import Invalid, NotAllowed, NotFound
from games.permissions import access_of, allows, visible
from games.recognition import actions
from games.recognition.models import Points, PointsTotal
from games.recognition.queries import badges_of, shown_points, shown_totals
from games.recognition.rules import level_of


class PointsSerializer(serializers.ModelSerializer[Points]):
    """Points given, or taken back: then `reverses` says which. `seal` is the journal entry that earned them."""

    class Meta:
        model = Points
        fields = ("id", "cycle", "seal", "rule", "design_number", "group", "amount", "reverses", "at")
        read_only_fields = fields


class TotalSerializer(serializers.ModelSerializer[PointsTotal]):
    """The sum of a group's points, and the level they reach."""

    group_key = serializers.CharField(source="group.key")
    level = serializers.SerializerMethodField()

    class Meta:
        model = PointsTotal
        fields = ("cycle", "group", "group_key", "amount", "level", "last_at")
        read_only_fields = fields

    def get_level(self, total: PointsTotal) -> int:
        """Level n begins at 100 n (n - 1) / 2 points."""
        return level_of(total.amount)


class RuleSerializer(serializers.Serializer[Any]):
    """What earns points: acts of one kind, up to the caps."""

    key = serializers.CharField()
    name = serializers.CharField(source="title")
    summary = serializers.CharField()
    event = serializers.CharField()
    points = serializers.IntegerField()
    cap_day = serializers.IntegerField(allow_null=True)
    cap_cycle = serializers.IntegerField(allow_null=True)
    receiver = serializers.CharField()
    own_group = serializers.BooleanField()
    rounds = serializers.ListField(child=serializers.CharField(), allow_null=True)
    challenges = serializers.ListField(child=serializers.CharField(), allow_null=True)


class RulesSerializer(serializers.Serializer[Any]):
    """All rules of a cycle."""

    rules = RuleSerializer(many=True)


class BadgeSerializer(serializers.Serializer[Any]):
    """A badge that a group has earned."""

    key = serializers.CharField(source="badge.key")
    name = serializers.CharField(source="badge.title")
    summary = serializers.CharField(source="badge.summary")
    group = serializers.IntegerField()
    reached = serializers.IntegerField()


class BadgesSerializer(serializers.Serializer[Any]):
    """All badges earned in a cycle."""

    badges = BadgeSerializer(many=True)


class ReplayAsked(serializers.Serializer[Any]):
    """Of which cycle, under which numbered rules (default: the present ones)."""

    cycle = serializers.IntegerField()
    design_number = serializers.IntegerField(required=False, min_value=1)


class SwapAsked(serializers.Serializer[Any]):
    """Which previewed generation is to be shown."""

    cycle = serializers.IntegerField()
    generation = serializers.IntegerField(min_value=1)


class ChangeSerializer(serializers.Serializer[Any]):
    """A group whose total would change."""

    group = serializers.IntegerField()
    now = serializers.IntegerField()
    then = serializers.IntegerField()


class PreviewSerializer(serializers.Serializer[Any]):
    """A replay that is not shown yet."""

    generation = serializers.IntegerField()
    changes = ChangeSerializer(many=True)


@extend_schema_serializer(component_name="PointsShown")
class ShownSerializer(serializers.Serializer[Any]):
    """Which generation is shown now."""

    generation = serializers.IntegerField()


class PointsFilter(django_filters.FilterSet):
    """Of one cycle, group, rule."""

    class Meta:
        model = Points
        fields = ("cycle", "group", "rule")


CYCLE: Final = OpenApiParameter("cycle", int, required=True)


class PointsViews(ListModelMixin, GenericViewSet[Points]):
    """The ledger of points, in the order of the sealed journal. Nobody writes points: rules give them."""

    queryset = shown_points()
    serializer_class = PointsSerializer
    seen_as = "points.view"
    permissions = {"rules": "anybody", "badges": "anybody", "replay": "signed_in", "swap": "signed_in"}
    filterset_class = PointsFilter
    ordering = ("seal",)

    @extend_schema(parameters=[CYCLE], responses=RulesSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def rules(self, request: Request) -> Response:
        """What earns points in a cycle."""
        return Response({"rules": RuleSerializer(design_of(_asked(request)).rules, many=True).data})

    @extend_schema(parameters=[CYCLE], responses=BadgesSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def badges(self, request: Request) -> Response:
        """The badges that groups have earned in a cycle."""
        cycle = _asked(request)
        totals = visible(access_of(request), "points_total.view", shown_totals().filter(cycle=cycle))
        seen = set(totals.values_list("group_id", flat=True))
        return Response({"badges": BadgeSerializer([one for one in badges_of(cycle) if one.group in seen], many=True).data})

    @extend_schema(request=ReplayAsked, responses=PreviewSerializer)
    @action(detail=False, methods=["post"])
    def replay(self, request: Request) -> Response:
        """Read the whole journal again under other rules, and tell what would change. Nothing is shown yet."""
        form = ReplayAsked(data=request.data)
        form.is_valid(raise_exception=True)
        cycle = _organized(request, form.validated_data["cycle"])
        preview = actions.replay_points(cycle, design_number=form.validated_data.get("design_number"))
        changes = [{"group": group, "now": now, "then": then} for group, (now, then) in preview.changes.items()]
        return Response(PreviewSerializer({"generation": preview.generation, "changes": changes}).data)

    @extend_schema(request=SwapAsked, responses=ShownSerializer)
    @action(detail=False, methods=["post"])
    def swap(self, request: Request) -> Response:
        """Show the generation that was previewed."""
        form = SwapAsked(data=request.data)
        form.is_valid(raise_exception=True)
        cycle = _organized(request, form.validated_data["cycle"])
        actions.swap_points(cycle, generation=form.validated_data["generation"], by=request.user)
        return Response({"generation": form.validated_data["generation"]})


class TotalFilter(django_filters.FilterSet):
    """Of one cycle, group."""

    class Meta:
        model = PointsTotal
        fields = ("cycle", "group")


class PointTotals(ListModelMixin, GenericViewSet[PointsTotal]):
    """What each group has earned so far."""

    queryset = shown_totals()
    serializer_class = TotalSerializer
    seen_as = "points_total.view"
    filterset_class = TotalFilter
    ordering = ("-amount",)


def _asked(request: Request) -> Cycle:
    """The cycle that the query names."""
    text = request.query_params.get("cycle", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):  # noqa: PLR2004 a number of the database
        message = "Expected the id of a cycle."
        raise Invalid(message, where="cycle")
    return _seen(request, int(text))


def _seen(request: Request, cycle_id: int) -> Cycle:
    cycle = visible(access_of(request), "cycle.view", Cycle.objects.filter(pk=cycle_id, design_number__gt=0)).first()
    if cycle is None:
        raise NotFound
    return cycle


def _organized(request: Request, cycle_id: int) -> Cycle:
    """The cycle, which the person must organize. Hidden and absent look alike."""
    cycle = _seen(request, cycle_id)
    if not allows(access_of(request), "cycle.organize", cycle):
        message = "Only organizers of the cycle may ask for this."
        raise NotAllowed(message)
    return cycle
