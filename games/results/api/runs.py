"""Recompute runs over the API: asked for, and how far they are."""

from typing import Any

import django_filters
from rest_framework import serializers, status
from rest_framework.mixins import CreateModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.cycles.models import Cycle
from games.errors import Invalid, NotAllowed, NotFound
from games.permissions import Access, access_of, allows, visible
from games.results.actions import request_refresh, request_settle
from games.results.models import RecomputeRun
from games.results.rules import RunKind, RunState, Step, progress
from games.rounds.models import Round
from leaderboards.describing import extend_schema
from leaderboards.engine.language import gettext as _


class RunSerializer(serializers.ModelSerializer[RecomputeRun]):
    """A recompute run and how far it is."""

    progress = serializers.SerializerMethodField()

    class Meta:
        model = RecomputeRun
        fields = (
            "id",
            "cycle",
            "kind",
            "round",
            "state",
            "step",
            "publish",
            "reason",
            "tries",
            "asked_at",
            "started_at",
            "finished_at",
            "error",
            "progress",
        )
        read_only_fields = fields

    def get_progress(self, run: RecomputeRun) -> dict[str, Any]:
        """{step, done, of}."""
        return progress(RunKind(run.kind), Step(run.step), RunState(run.state), publish=run.publish)


class RunRequest(serializers.Serializer[Any]):
    """Either a round to settle (and, with `publish`, to publish), or a cycle whose boards are brought up to date."""

    round = serializers.IntegerField(required=False)
    cycle = serializers.IntegerField(required=False)
    publish = serializers.BooleanField(default=False)
    reason = serializers.CharField(default="", allow_blank=True, max_length=2000)


class RunFilter(django_filters.FilterSet):
    """Of one cycle."""

    class Meta:
        model = RecomputeRun
        fields = ("cycle", "round", "kind", "state")


class Runs(CreateModelMixin, ReadOnlyModelViewSet[RecomputeRun]):
    """Recompute runs. Asking for one is answered at once; the run tells how far it is."""

    queryset = RecomputeRun.objects.select_related("cycle", "round")
    serializer_class = RunSerializer
    seen_as = "run.view"
    permissions = {"create": "signed_in"}
    filterset_class = RunFilter
    ordering = ("-asked_at",)

    @extend_schema(request=RunRequest, responses={202: RunSerializer})
    def create(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Ask for a run. The same again while one waits gives that one."""
        asked = RunRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted: dict[str, Any] = asked.validated_data
        if ("round" in wanted) == ("cycle" in wanted):
            message = _("Send either round or cycle.")
            raise Invalid(message, where="round")
        access = access_of(request)
        if "cycle" in wanted:
            run = request_refresh(_organized(access, wanted["cycle"]))
        else:
            round_ = visible(access, "round.view", Round.objects.select_related("cycle")).filter(pk=wanted["round"]).first()
            if round_ is None:
                raise NotFound
            _organized(access, round_.cycle_id)
            run = request_settle(round_, by=request.user, reason=wanted["reason"], publish=wanted["publish"])
        return Response(RunSerializer(run).data, status=status.HTTP_202_ACCEPTED)


def _organized(access: Access, cycle_id: int) -> Cycle:
    """The cycle, which the person must organize. Hidden and absent look alike."""
    cycle = visible(access, "cycle.view", Cycle.objects.filter(pk=cycle_id)).first()
    if cycle is None:
        raise NotFound
    if not allows(access, "cycle.organize", cycle):
        message = _("Only organizers of the cycle may ask for this.")
        raise NotAllowed(message)
    return cycle
