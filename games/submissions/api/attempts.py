"""Attempts: reading them, judging them, recording them from outside."""

from typing import Any, Final

import django_filters
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.errors import Invalid
from games.groups.models import Group
from games.submissions import actions
from games.submissions.api import shapes
from games.submissions.models import Attempt
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema
from leaderboards.engine.language import gettext as _
from leaderboards.kept import Kept


class AttemptFilter(django_filters.FilterSet):
    """By cycle, round, task, group, verdict."""

    cycle = django_filters.NumberFilter(field_name="challenge__round__cycle_id")
    round = django_filters.CharFilter(field_name="challenge__round__key")
    pending = django_filters.BooleanFilter(method="without_verdict")

    class Meta:
        model = Attempt
        fields = ("challenge", "group", "verdict")

    def without_verdict(self, rows: Any, name: str, value: bool) -> Any:  # noqa: ARG002, FBT001 the library's signature
        """Those that wait for a verdict."""
        return rows.filter(verdict="") if value else rows.exclude(verdict="")


class Attempts(ReadOnlyModelViewSet[Attempt]):
    """Your group's tries; as organizer all of them; everybody's once published in full."""

    queryset = Attempt.objects.select_related("challenge__round__cycle", "group")
    serializer_class = shapes.AttemptShape
    seen_as = "attempt.view"
    filterset_class = AttemptFilter


class AttemptJudging(GenericViewSet[Attempt]):
    """Verdicts on tries."""

    queryset = Attempt.objects.select_related("challenge__round__cycle", "group")
    seen_as = "attempt.judge"
    permissions = {"verdict": "attempt.judge", "rejudge": "attempt.judge"}
    kept = frozenset(permissions)

    @extend_schema(request=shapes.VerdictAsked, responses=shapes.AttemptShape)
    @action(detail=True, methods=["post"])
    def verdict(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The first verdict on a pending try."""
        attempt = self.get_object()
        asked = asked_for(shapes.VerdictAsked, request.data)
        judged = actions.judge_attempt(attempt=attempt, verdict=asked["verdict"], value=asked.get("value"), by=request.user)
        return Response(shapes.AttemptShape(judged, context={"request": request}).data)

    @extend_schema(request=shapes.RejudgeAsked, responses=shapes.AttemptShape)
    @action(detail=True, methods=["post"])
    def rejudge(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Another verdict, by decision with a reason."""
        attempt = self.get_object()
        asked = asked_for(shapes.RejudgeAsked, request.data)
        judged = actions.rejudge(
            attempt=attempt, verdict=asked["verdict"], value=asked.get("value"), by=request.user, reason=asked["reason"]
        )
        return Response(shapes.AttemptShape(judged, context={"request": request}).data)


class AttemptRecording(GenericViewSet[Cycle]):
    """What external judges and organizers report."""

    queryset = Cycle.objects.all()
    seen_as = "cycle.organize"
    permissions = {"attempts": "cycle.organize"}
    kept = frozenset(permissions)

    @extend_schema(request=shapes.RecordAsked, responses={201: shapes.AttemptShape})
    @action(detail=True, methods=["post"])
    def attempts(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Record a try with any verdict: also `hint` (its cost as value), measured `withdrawn` and `rebase`."""
        cycle = self.get_object()
        asked = asked_for(shapes.RecordAsked, request.data)
        made = actions.record_attempt(
            challenge=_task(cycle, asked["round"], asked["challenge"]),
            group=_group(cycle, asked["group"]),
            by=request.user,
            verdict=asked.get("verdict", ""),
            value=asked.get("value"),
            answer=asked.get("answer", ""),
            elapsed=asked.get("elapsed_ms"),
        )
        return Response(shapes.AttemptShape(made, context={"request": request}).data, status=status.HTTP_201_CREATED)


_tasks: Final[Kept[Challenge, Challenge]] = Kept(
    lambda cycle, round_, key: Challenge.objects.filter(round__cycle=cycle, round__key=round_, key=key).select_related(
        "round__cycle"
    ),
    int,
    str,
    str,
)
_groups: Final[Kept[Group, Group]] = Kept(lambda cycle, key: Group.objects.filter(cycle=cycle, key=key), int, str)


def _task(cycle: Cycle, round_key: str, key: str) -> Challenge:
    found = next(iter(_tasks(cycle.pk, round_key, key)), None)
    if found is None:
        msg = _('"{key}" is not a task of round "{round_key}".', key=key, round_key=round_key)
        raise Invalid(msg, where="challenge")
    return found


def _group(cycle: Cycle, key: str) -> Group:
    found = next(iter(_groups(cycle.pk, key)), None)
    if found is None:
        msg = _('"{key}" is not a group of this cycle.', key=key)
        raise Invalid(msg, where="group")
    return found
