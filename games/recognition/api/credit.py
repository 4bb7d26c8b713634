"""Credit over the API: points that came back to those who were built upon, each with its reason, and the table of a cycle."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.groups.models import Group
from games.ideas.models import Idea
from games.permissions import Access, access_of, visible
from games.recognition.api.points import CYCLE, _asked
from games.recognition.models import Points
from games.recognition.queries import shown_points, shown_totals
from games.recognition.queries.credit import credit_table
from leaderboards.describing import extend_schema, extend_schema_field


class CreditLineSerializer(serializers.Serializer[Any]):
    """What came to one idea of the group: an exact number before rounding and caps, over so many steps, along these ways."""

    to = serializers.IntegerField(allow_null=True, help_text="Id of the idea; null if you may not see it.")
    depth = serializers.IntegerField()
    exact = serializers.CharField()
    ways = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class CreditSerializer(serializers.ModelSerializer[Points]):
    """Points that came back, and why: by which award (`award`, of `builder`), about which newer idea (`of`), for which ideas of the group.

    What you may not see is null, and ways through it are left out.
    """

    award = serializers.IntegerField(source="credit.award_id")
    builder = serializers.SerializerMethodField()
    of = serializers.SerializerMethodField()
    exact = serializers.CharField(source="credit.exact")
    uncapped = serializers.IntegerField(source="credit.uncapped")
    taken_back = serializers.BooleanField()
    lines = serializers.SerializerMethodField()

    class Meta:
        model = Points
        fields = (
            *("id", "cycle", "seal", "rule", "group", "amount", "at"),
            *("award", "builder", "of", "exact", "uncapped", "taken_back", "lines"),
        )
        read_only_fields = fields

    def get_builder(self, row: Points) -> int | None:
        """Id of the group whose work it was."""
        group = row.credit.award.group_id
        return group if group in self.context.get("groups", ()) else None

    def get_of(self, row: Points) -> int | None:
        """Id of the newer idea."""
        idea = row.credit.of_id
        return idea if idea in self.context.get("ideas", ()) else None

    @extend_schema_field(CreditLineSerializer(many=True))
    def get_lines(self, row: Points) -> list[dict[str, Any]]:
        """The ideas of the group that it is for."""
        seen: Collection[int] = self.context.get("ideas", ())
        return [
            {
                "to": line.to_id if line.to_id in seen else None,
                "depth": line.depth,
                "exact": line.exact,
                "ways": [way for way in line.ways if line.to_id in seen and all(one in seen for one in way)],
            }
            for line in row.credit.lines.all()
        ]


class CreditRowSerializer(serializers.Serializer[Any]):
    """A team's credit: points that came back to it and how often; points for its own work that builds on others, and how many works."""

    group = serializers.IntegerField(source="group.pk")
    group_key = serializers.CharField(source="group.key")
    came = serializers.IntegerField()
    times = serializers.IntegerField()
    built = serializers.IntegerField()
    works = serializers.IntegerField()


class CreditTableSerializer(serializers.Serializer[Any]):
    """Whoever was built upon most first."""

    rows = CreditRowSerializer(many=True)


class CreditFilter(django_filters.FilterSet):
    """Of one cycle, group, rule."""

    class Meta:
        model = Points
        fields = ("cycle", "group", "rule")


class CreditViews(ListModelMixin, GenericViewSet[Points]):
    """Points that came back to those who were built upon, in the order of the sealed journal, each with its reason."""

    queryset = (
        shown_points()
        .filter(credit__isnull=False)
        .select_related("credit__award")
        .prefetch_related("credit__lines")
        .annotate(taken_back=Exists(Points.objects.filter(reverses=OuterRef("pk"))))
    )
    serializer_class = CreditSerializer
    seen_as = "points.view"
    permissions = {"table": "anybody"}
    filterset_class = CreditFilter
    known: Mapping[str, Any] = {}
    ordering = ("seal",)

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        """A page, with what of it this person may know of."""
        rows = super().paginate_queryset(queryset)
        self.known = _known(access_of(self.request), rows or ())
        return rows

    def get_serializer_context(self) -> dict[str, Any]:
        """What the serializer may tell."""
        return {**super().get_serializer_context(), **self.known}

    @extend_schema(parameters=[CYCLE], responses=CreditTableSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def table(self, request: Request) -> Response:
        """Who was built upon and who builds on others in a cycle."""
        cycle = _asked(request)
        totals = visible(access_of(request), "points_total.view", shown_totals().filter(cycle=cycle))
        return Response({"rows": CreditRowSerializer(credit_table(cycle, [one.group for one in totals]), many=True).data})


def _known(access: Access, rows: Sequence[Points]) -> dict[str, Any]:
    """Ids of the ideas and groups in these rows that this person may see. Two statements, none without rows."""
    lines = [line for row in rows for line in row.credit.lines.all()]
    ideas = {one for line in lines for one in (line.to_id, *(each for way in line.ways for each in way))}
    ideas |= {row.credit.of_id for row in rows if row.credit.of_id is not None}
    groups = {row.credit.award.group_id for row in rows if row.credit.award.group_id is not None}
    if not rows:
        return {}
    return {
        "ideas": set(visible(access, "idea.view", Idea.objects.filter(pk__in=ideas)).order_by().values_list("pk", flat=True)),
        "groups": set(visible(access, "group.view", Group.objects.filter(pk__in=groups)).order_by().values_list("pk", flat=True)),
    }
