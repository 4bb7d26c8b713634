"""Recognition over the API: what was won and how it is given, points with their rules and totals."""

from typing import Any, Final

import django_filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import Invalid, NotAllowed, NotFound
from games.permissions import access_of, allows, visible
from games.recognition import actions
from games.recognition.models import Grant, Points, PointsTotal
from games.recognition.queries import shown_points, shown_totals

LONGEST: Final = 5000


class GrantSerializer(serializers.ModelSerializer[Grant]):
    """That something was won. Money is in whole cents; without `group` it is money that nobody won."""

    group_key = serializers.CharField(source="group.key", default=None, allow_null=True)

    class Meta:
        model = Grant
        fields = (
            *("id", "cycle", "award", "kind", "name", "group", "group_key", "board", "snapshot", "place"),
            *("amount_cents", "currency", "state", "reason", "created_at", "changed_at"),
        )
        read_only_fields = fields


class WithProof(serializers.Serializer[Any]):
    """What shows it: a note, an address."""

    proof = serializers.CharField(default="", allow_blank=True, max_length=LONGEST)


class WithReason(serializers.Serializer[Any]):
    """Why: it stands in the record."""

    reason = serializers.CharField(max_length=LONGEST)


class GrantFilter(django_filters.FilterSet):
    """Of one cycle, award, group."""

    class Meta:
        model = Grant
        fields = ("cycle", "award", "kind", "group", "state")


class Grants(ReadOnlyModelViewSet[Grant]):
    """What was won: seen by organizers at once, by the group once verified, by everybody once granted."""

    queryset = Grant.objects.select_related("group")
    serializer_class = GrantSerializer
    seen_as = "grant.view"
    permissions = dict.fromkeys(("verify", "grant", "deliver", "decline", "revoke"), "grant.move")
    filterset_class = GrantFilter
    ordering = ("cycle_id", "award")

    def _moved(self, verb: Any, shape: type[serializers.Serializer[Any]] | None = None) -> Response:
        asked: dict[str, Any] = {}
        if shape is not None:
            form = shape(data=self.request.data)
            form.is_valid(raise_exception=True)
            asked = form.validated_data
        return Response(GrantSerializer(verb(self.get_object(), by=self.request.user, **asked)).data)

    @extend_schema(request=WithProof, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The rules were kept and the group is who it says. Nothing is granted before."""
        return self._moved(actions.verify, WithProof)

    @extend_schema(request=None, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def grant(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It is theirs: from now on everybody sees it."""
        return self._moved(actions.give_grant)

    @extend_schema(request=WithProof, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def deliver(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It was handed over."""
        return self._moved(actions.deliver, WithProof)

    @extend_schema(request=WithReason, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The group does not take it."""
        return self._moved(actions.decline, WithReason)

    @extend_schema(request=WithReason, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Taken back."""
        return self._moved(actions.revoke, WithReason)


# --- Points ---------------------------------------------------------------------------------------------------------------------------


class PointsSerializer(serializers.ModelSerializer[Points]):
    """Points given, or taken back: then `reverses` says which. `seal` is the journal entry that earned them."""

    class Meta:
        model = Points
        fields = ("id", "cycle", "seal", "rule", "design_number", "group", "amount", "reverses", "at")
        read_only_fields = fields


class TotalSerializer(serializers.ModelSerializer[PointsTotal]):
    """The sum of a group's points."""

    group_key = serializers.CharField(source="group.key")

    class Meta:
        model = PointsTotal
        fields = ("cycle", "group", "group_key", "amount", "last_at")
        read_only_fields = fields


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
    permissions = {"rules": "anybody", "replay": "signed_in", "swap": "signed_in"}
    filterset_class = PointsFilter
    ordering = ("seal",)

    @extend_schema(parameters=[CYCLE], responses=RulesSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def rules(self, request: Request) -> Response:
        """What earns points in a cycle."""
        asked = request.query_params.get("cycle", "")
        if not (asked.isascii() and asked.isdigit() and len(asked) < 19):  # noqa: PLR2004 a number of the database
            message = "Expected the id of a cycle."
            raise Invalid(message, where="cycle")
        return Response({"rules": RuleSerializer(design_of(_seen(request, int(asked))).rules, many=True).data})

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
