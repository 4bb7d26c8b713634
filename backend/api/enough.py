"""How many judges are enough, over the API: the table of the organizer's desk. A worker computes it; ask again until it is done."""

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.cycles.models import Cycle
from leaderboards.describing import extend_schema
from worker import desk as work


class DesignAsked(serializers.Serializer[Any]):
    """So many entries, so many judges."""

    entries = serializers.IntegerField(min_value=work.LEAST, max_value=work.MOST_ENTRIES)
    judges = serializers.IntegerField(min_value=work.LEAST, max_value=work.MOST_JUDGES)
    fresh = serializers.BooleanField(default=False, help_text="Ask anew after it failed.")


class PrecisionShape(serializers.Serializer[Any]):
    """What so many judges for each entry give. Places: how far from the true place entries come out."""

    per_entry = serializers.IntegerField(help_text="Judges for each entry.")
    sheets = serializers.IntegerField(help_text="In all.")
    load = serializers.IntegerField(help_text="Sheets of one judge at most.")
    mean = serializers.FloatField(help_text="Places, on average.")
    half = serializers.FloatField(help_text="Places: half of the entries at most.")
    most = serializers.FloatField(help_text="Places: nine of ten at most.")
    reliability = serializers.FloatField(help_text="Share of the differences between scores that is quality, 0 to 1.")
    first = serializers.FloatField(help_text="How often the truly best comes first, 0 to 1.")
    podium = serializers.FloatField(help_text="Share of the true first three among the first three, 0 to 1.")
    adjusted = serializers.BooleanField(help_text="Whether the judges' severity is taken off.")


class EnoughShape(serializers.Serializer[Any]):
    """How far the answer is, and once it is done the answer: a row for one judge each, two, and so on; `enough`: from which more bring little."""

    state = serializers.CharField(help_text="waiting, running, done or failed.")
    percent = serializers.IntegerField()
    says = serializers.CharField(help_text="What is being computed.")
    error = serializers.CharField(help_text="Why it failed.")
    enough = serializers.IntegerField(allow_null=True, help_text="Judges for each entry.")
    rows = PrecisionShape(many=True)


class Enough(GenericViewSet[Cycle]):
    """What a design of judging will give, before anybody is asked to judge."""

    queryset = Cycle.objects.all()
    seen_as = "cycle.view"
    permissions = {"enough_judges": "cycle.organize"}
    pagination_class = None
    filterset_class = None

    @extend_schema(parameters=[DesignAsked], responses=EnoughShape)
    @action(detail=True, methods=["get"], url_path="enough-judges")
    def enough_judges(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """How sure places will be with one judge for each entry, two, and so on. Ask again until the state is done or failed."""
        cycle = self.get_object()
        asked = DesignAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        sent = asked.validated_data
        job = work.precision_of(cycle, sent["entries"], sent["judges"], fresh=sent["fresh"])
        found = job.result if job.state == "done" else {"rows": [], "enough": None}
        told = {"state": job.state, "percent": job.percent, "says": job.says, "error": job.error}
        return Response(EnoughShape(told | found).data)
