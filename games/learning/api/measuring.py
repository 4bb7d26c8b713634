"""Observations over the API: everybody reads the aim's, organizers record, correct and take back."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.cycles.models import Cycle
from games.learning import actions
from games.learning.models import Observation
from games.learning.rules import number_of
from games.learning.rules.measuring import NOTE_LENGTH
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema
from leaderboards.engine import numbers

NUMBER = 60


class ObservationShape(serializers.ModelSerializer[Observation]):
    """What was measured on a day. `replaced_at`: since when it no longer stands."""

    value = serializers.SerializerMethodField(method_name="number_text")

    class Meta:
        model = Observation
        fields = ("id", "cycle", "measure", "group", "period", "value", "note", "at", "replaced_at")
        read_only_fields = fields

    def number_text(self, one: Observation) -> str:
        """The value as number text."""
        return numbers.text(number_of(one.value))


class ObservationAsked(serializers.Serializer[Any]):
    """What was measured, on which day, and where the number comes from."""

    value = serializers.CharField(max_length=NUMBER, help_text="Number text with at most six decimals.")
    period = serializers.DateField()
    note = serializers.CharField(max_length=NOTE_LENGTH, help_text="Where the number comes from.")


class ObservationCorrectionAsked(ObservationAsked):
    """Another value for it; also another day."""

    period = serializers.DateField(required=False)


class ObservationFilter(django_filters.FilterSet):
    """Of one cycle or group; `standing`: without, or only, those that were replaced."""

    standing = django_filters.BooleanFilter(field_name="replaced_at", lookup_expr="isnull")

    class Meta:
        model = Observation
        fields = ("cycle", "measure", "group")


class Observations(ReadOnlyModelViewSet[Observation]):
    """Measured values, the newest day first; also what was replaced."""

    queryset = Observation.objects.all()
    serializer_class = ObservationShape
    seen_as = "observation.view"
    permissions = {"correct": "observation.correct", "withdraw": "observation.correct"}
    filterset_class = ObservationFilter
    ordering = ("-period", "-id")

    def get_queryset(self) -> QuerySet[Observation]:
        """With what an action asks for."""
        return super().get_queryset().select_related("cycle", "group")

    @extend_schema(request=ObservationCorrectionAsked, responses={201: ObservationShape})
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Replace it by another value. The old one stays in the record."""
        held, asked = self.get_object(), asked_for(ObservationCorrectionAsked, request.data)
        made = actions.correct_observation(held, by=request.user, **asked)
        return Response(ObservationShape(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=ObservationShape)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take it back. It stays in the record."""
        return Response(ObservationShape(actions.withdraw_observation(self.get_object(), by=request.user)).data)


class Measuring(GenericViewSet[Cycle]):
    """Organizers enter what was measured."""

    queryset = Cycle.objects.all()
    serializer_class = ObservationShape  # type: ignore[assignment]  # asks about cycles, answers with observations
    seen_as = "cycle.organize"
    permissions = {"observations": "cycle.organize"}

    @extend_schema(request=ObservationAsked, responses={201: ObservationShape})
    @action(detail=True, methods=["post"])
    def observations(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """A value of the cycle's aim, measured on a day."""
        cycle = self.get_object()
        asked = asked_for(ObservationAsked, request.data)
        made = actions.record_observation(cycle=cycle, by=request.user, **asked)
        return Response(ObservationShape(made).data, status=status.HTTP_201_CREATED)
