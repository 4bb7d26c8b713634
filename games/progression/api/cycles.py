"""Cycles: read them and their rules; launch, amend, decide, pause, close; the next one."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.cycles.actions import change_state
from games.cycles.models import Cycle
from games.cycles.queries import design_of, design_rows, public_design, public_diffs
from games.cycles.rules import CycleState, DecisionKind
from games.playbooks.schema import Design
from games.progression import actions
from games.progression.api import shapes
from games.progression.drafting import begun_rounds
from games.rounds.queries import rounds_of
from leaderboards.asking import asked_for
from leaderboards.describing import OpenApiParameter, extend_schema
from leaderboards.engine.language import gettext as _
from leaderboards.engine.words import round_rules, scoring_rules

NUMBER = OpenApiParameter("number", int, description="Number of the design; the present one if absent.")


class CycleFilter(django_filters.FilterSet):
    """By key, state, series, the cycle before."""

    series_key = django_filters.CharFilter(field_name="series__key")

    class Meta:
        model = Cycle
        fields = ("key", "state", "series", "predecessor", "organization", "imported", "rehearsal")


class Cycles(ReadOnlyModelViewSet[Cycle]):
    """Cycles that you may see."""

    queryset = Cycle.objects.select_related("series")
    serializer_class = shapes.CycleSummary
    seen_as = "cycle.view"
    permissions = {
        "create": "cycle.launch",
        "design": "cycle.view",
        "designs": "cycle.view",
        "rules": "cycle.view",
        "amend": "cycle.organize",
        "decide": "cycle.organize",
        "state": "cycle.organize",
        "next": "cycle.follow_up",
    }
    filterset_class = CycleFilter
    ordering = ("-created_at",)

    def get_queryset(self) -> QuerySet[Cycle]:
        """A dry run is in no list, unless it is asked for."""
        rows = super().get_queryset()
        listed = self.action == "list" and "rehearsal" not in self.request.query_params
        return rows.filter(rehearsal=False) if listed else rows

    @extend_schema(responses=shapes.CycleDetail)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 the framework's signature
        """One cycle with its aim and its rounds as they stand now."""
        return Response(self._detail(request, self.get_object()))

    def _detail(self, request: Request, cycle: Cycle) -> dict[str, Any]:
        timeline = rounds_of(cycle, _access(request).now)
        cycle.timeline = timeline  # type: ignore[attr-defined] # read by CycleDetail
        return dict(shapes.CycleDetail(cycle).data)

    @extend_schema(request=shapes.LaunchAsked, responses={201: shapes.CycleDetail})
    def create(self, request: Request) -> Response:
        """Launch a cycle. What is missing or wrong is named all at once, and nothing is written."""
        asked = asked_for(shapes.LaunchAsked, request.data)
        source = asked.pop("playbook", None) or asked.pop("design", None)
        asked.pop("design", None)
        cycle = actions.launch(source, by=request.user, **asked)
        return self._created(request, cycle)

    def _created(self, request: Request, cycle: Cycle) -> Response:
        where = request.build_absolute_uri(f"/api/v1/cycles/{cycle.pk}")
        return Response(self._detail(request, cycle), status=status.HTTP_201_CREATED, headers={"Location": where})

    @extend_schema(parameters=[NUMBER], responses=shapes.RulesData)
    @action(detail=True)
    def design(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The rules: organizers all of them, others without answers and without the words of tasks in rounds to come."""
        cycle = self.get_object()
        number = _number(request, cycle)
        return Response({"number": number, "design": self._shown(request, cycle, number).data()})

    def _shown(self, request: Request, cycle: Cycle, number: int) -> Design:
        """The rules as the person who asks may read them."""
        design = design_of(cycle, number)
        if _reads_whole(request, cycle):
            return design
        return Design.model_validate(public_design(design, self._opened(request, cycle)))

    def _opened(self, request: Request, cycle: Cycle) -> frozenset[str]:
        return frozenset(begun_rounds(cycle, _access(request).now))

    @extend_schema(responses=shapes.DesignChanges)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def designs(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Every number of the rules, the newest first, with what it changed and why."""
        cycle = self.get_object()
        rows = list(design_rows(cycle))
        diffs = {row.number: row.diff for row in rows}
        if not _reads_whole(request, cycle):
            diffs = public_diffs(cycle, rows, self._opened(request, cycle))
        return Response({"results": [{**shapes.DesignShape(row).data, "changes": diffs[row.number]} for row in rows]})

    @extend_schema(
        parameters=[NUMBER, OpenApiParameter("round", str, description="Only this round, under the rules it runs by.")],
        responses=shapes.RulesShape,
    )
    @action(detail=True)
    def rules(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The rules in words, generated from the data the scorer uses. With `round`: those of the number the round ran under."""
        cycle = self.get_object()
        number, key = _number(request, cycle), request.query_params.get("round")
        if key is not None:
            row = cycle.rounds.filter(key=key).first()
            number = row.design_number if row is not None and "number" not in request.query_params else number
            rules = {key: round_rules(self._shown(request, cycle, number), key)}
        else:
            rules = scoring_rules(self._shown(request, cycle, number))
        return Response({"number": number, "rules": rules})

    @extend_schema(request=shapes.AmendAsked, responses={201: shapes.DesignChange})
    @action(detail=True, methods=["post"])
    def amend(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Change the rules by decision: a new number. Refused, saying why, if it would alter the scoring of a round that has begun."""
        asked = asked_for(shapes.AmendAsked, request.data)
        row = actions.amend(self.get_object(), by=request.user, **asked)
        return Response({**shapes.DesignShape(row).data, "changes": row.diff}, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.DecisionAsked, responses={201: shapes.DecisionShape})
    @action(detail=True, methods=["post"], url_path="decisions")
    def decide(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Record a decision that changes results: advance, stop, withdraw, disqualify, equal, break, award."""
        asked = asked_for(shapes.DecisionAsked, request.data)
        cycle = self.get_object()
        decision = actions.decide(cycle, DecisionKind(asked.pop("kind")), by=request.user, **asked)
        return Response(shapes.DecisionShape(decision).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.StateAsked, responses={200: shapes.CycleDetail})
    @action(detail=True, methods=["post"])
    def state(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Pause, resume, cancel, close, reopen: by decision, with a reason."""
        asked = asked_for(shapes.StateAsked, request.data)
        cycle, wanted = self.get_object(), CycleState(asked["state"])
        if wanted is CycleState.CLOSED:
            actions.close_cycle(cycle, by=request.user, reason=asked["reason"])
        else:
            change_state(cycle, wanted, by=request.user, reason=asked["reason"])
        cycle.refresh_from_db()
        return Response(self._detail(request, cycle))

    @extend_schema(request=shapes.NextAsked, responses={201: shapes.CycleDetail})
    @action(detail=True, methods=["post"])
    def next(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Launch the next cycle of the series: these rules with changes, teams and lineage carried over."""
        asked = asked_for(shapes.NextAsked, request.data)
        after = actions.next_cycle(self.get_object(), by=request.user, **asked)
        return self._created(request, after)


def _access(request: Request) -> Any:
    """Who asks, loaded once by the permission layer."""
    return request.access  # type: ignore[attr-defined]


def _reads_whole(request: Request, cycle: Cycle) -> bool:
    return bool(_access(request).reads(cycle.pk))


def _number(request: Request, cycle: Cycle) -> int:
    asked = request.query_params.get("number", "")
    if not asked:
        return cycle.design_number
    if not (asked.isascii() and asked.isdigit() and len(asked) < 7):  # noqa: PLR2004 more designs than anybody will write
        raise serializers.ValidationError({"number": _("Expected the number of a design.")})
    return int(asked)
