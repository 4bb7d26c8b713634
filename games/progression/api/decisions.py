"""Decisions: what was decided, and taking it back. They are taken where the cycle and its rounds are steered; here only breaking the glass."""

import django_filters
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.cycles.actions import break_glass, revoke_decision
from games.cycles.models import Cycle, Decision
from games.progression.api import shapes
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema


class DecisionFilter(django_filters.FilterSet):
    """Of one cycle, one kind, one round."""

    class Meta:
        model = Decision
        fields = ("cycle", "kind", "round", "group")


class Decisions(ReadOnlyModelViewSet[Decision]):
    """What was decided: organizers all of it, everybody what is published."""

    queryset = Decision.objects.all()
    serializer_class = shapes.DecisionShape
    seen_as = "decision.view"
    permissions = {"revoke": "decision.revoke"}
    filterset_class = DecisionFilter
    ordering = ("cycle_id", "number")

    @extend_schema(request=shapes.Asked, responses={200: shapes.DecisionShape})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take the decision back; it stays in the record. Returns the decision that does so."""
        decision = self.get_object()
        asked = asked_for(shapes.Asked, request.data)
        later = revoke_decision(decision, by=request.user, **asked)
        return Response(shapes.DecisionShape(later).data)


class BreakGlass(GenericViewSet[Cycle]):
    """For the owner of the instance, who sees nothing sealed without it: any cycle, also one that is not listed."""

    queryset = Cycle.objects.all()
    seen_as = "cycle.break_glass"
    permissions = {"break_glass": "cycle.break_glass"}
    pagination_class = None
    filterset_class = None

    @extend_schema(request=shapes.Asked, responses={201: shapes.DecisionShape})
    @action(detail=True, methods=["post"], url_path="break-glass")
    def break_glass(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Read this one cycle as its organizers do, for 24 hours. Stands among its decisions at once, and its organizers are told."""
        asked = asked_for(shapes.Asked, request.data)
        decision = break_glass(self.get_object(), by=request.user, **asked)
        return Response(shapes.DecisionShape(decision).data, status=status.HTTP_201_CREATED)
