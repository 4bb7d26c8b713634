"""Series: programmes of successive cycles, and their standings."""

from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.cycles.models import Series
from games.progression.series import SeriesRule, series_standings
from leaderboards.describing import OpenApiParameter, extend_schema
from leaderboards.engine import numbers
from leaderboards.engine.spec import Aggregate, Missing


class SeriesShape(serializers.ModelSerializer[Series]):
    """A programme of successive cycles."""

    class Meta:
        model = Series
        fields = ("id", "key", "name", "summary", "organization")
        read_only_fields = fields


class SeriesRowShape(serializers.Serializer[Any]):
    """A team over the cycles of the series."""

    place = serializers.CharField()
    name = serializers.CharField()
    score = serializers.CharField()
    groups = serializers.DictField(child=serializers.IntegerField(), help_text="Id of the cycle → id of its group there.")
    results = serializers.DictField(child=serializers.CharField(), help_text="Id of the cycle → what counted.")


class SeriesStandings(serializers.Serializer[Any]):
    """All of them, the best first."""

    results = SeriesRowShape(many=True)


BY = ["score", "place", "field", "rating"]


class RuleAsked(serializers.Serializer[Any]):
    """How cycles add up."""

    by = serializers.ChoiceField(BY, required=False)
    combine = serializers.ChoiceField([one.value for one in Aggregate], default="sum")
    best = serializers.IntegerField(required=False, min_value=1, max_value=1000)
    points = serializers.RegexField(r"^[0-9]{1,6}(\.[0-9]{1,4})?(,[0-9]{1,6}(\.[0-9]{1,4})?){0,99}$", required=False)
    missing = serializers.ChoiceField([one.value for one in Missing], default="skip")
    half_life = serializers.IntegerField(required=False, min_value=1, max_value=36_500)


PARAMETERS = [
    OpenApiParameter(
        "by",
        str,
        enum=BY,
        description=(
            "What of each cycle's main board counts; field: what a place is worth by the number of teams, their size and its age; "
            "rating: how much it moves a rating, which takes no other parameter."
        ),
    ),
    OpenApiParameter("combine", str, enum=[one.value for one in Aggregate]),
    OpenApiParameter("best", int, description="Only the n best cycles of a team."),
    OpenApiParameter("points", str, description="Points for places 1, 2, ...: 10,8,6"),
    OpenApiParameter("missing", str, enum=[one.value for one in Missing]),
    OpenApiParameter("half_life", int, description="Days after which a cycle counts half."),
]


class SeriesViews(ReadOnlyModelViewSet[Series]):
    """Series of which you may see a cycle."""

    queryset: QuerySet[Series] = Series.objects.all()
    serializer_class = SeriesShape
    seen_as = "series.view"
    permissions = {"standings": "series.view"}
    filterset_fields = ("key",)
    ordering = ("name",)

    @extend_schema(parameters=PARAMETERS, responses=SeriesStandings)
    @action(detail=True, pagination_class=None)
    def standings(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Standings over the public cycles, from their published results: as the newest cycle declares, or as asked."""
        series = self.get_object()
        asked = RuleAsked(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        points, half_life = values.get("points"), values.get("half_life")
        rule = SeriesRule(
            by=values.get("by", "score"),
            combine=Aggregate(values["combine"]),
            best=values.get("best"),
            points=tuple(numbers.parse(one) for one in points.split(",")) if points else None,
            missing=Missing(values["missing"]),
            half_life=None if half_life is None else Fraction(half_life),
        )
        wanted = rule if set(request.query_params) & {one.name for one in PARAMETERS} else None
        return Response({"results": SeriesRowShape(series_standings(series, wanted), many=True).data})
