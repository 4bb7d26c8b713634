"""Rounds: read them, open, lock, extend, widen, decide the gate, ask for publication."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.errors import NotFound
from games.groups.models import Group
from games.journal.queries import db_now
from games.permissions import access_of
from games.playbooks.rules import Visibility
from games.progression import actions
from games.progression.api import looking, shapes
from games.progression.api.agreement import AgreementShape, agreement_data, told_agreement
from games.results.actions import request_settle
from games.rounds.models import Entrant, Extension, Round
from games.rounds.queries import with_state
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema

STEER = "round.steer"


class RoundFilter(django_filters.FilterSet):
    """Of one cycle."""

    class Meta:
        model = Round
        fields = ("cycle", "key")


class Rounds(ReadOnlyModelViewSet[Round]):
    """Rounds of the cycles that you may see."""

    queryset = Round.objects.select_related("cycle")
    serializer_class = shapes.RoundShape
    seen_as = "round.view"
    permissions = dict.fromkeys(
        (
            "open",
            "lock",
            "close",
            "reopen",
            "extend",
            "widen",
            "publish",
            "feedback",
            "waive_feedback",
            "looks",
            "waive_looks",
        ),
        STEER,
    ) | {"agreement": "round.view"}
    filterset_class = RoundFilter
    ordering = ("cycle_id", "number")

    def get_queryset(self) -> QuerySet[Round]:
        """With the state and the end as they are now."""
        now = getattr(self.request, "access", None)
        return with_state(super().get_queryset(), now.now if now is not None else db_now())

    def _now(self, round_: Round) -> Response:
        return Response(shapes.RoundShape(with_state(Round.objects.filter(pk=round_.pk), db_now()).get()).data)

    def _steered(self, request: Request, verb: Any, shape: type[shapes.Asked] = shapes.Asked) -> Response:
        """Ask, do, show the round as it is after it."""
        asked = asked_for(shape, request.data)
        return self._now(verb(self.get_object(), by=request.user, **asked))

    @extend_schema(request=shapes.Asked, responses={200: shapes.RoundShape})
    @action(detail=True, methods=["post"])
    def open(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Open a planned round now."""
        return self._steered(request, actions.open_round)

    @extend_schema(request=shapes.Asked, responses={200: shapes.RoundShape})
    @action(detail=True, methods=["post"])
    def lock(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Stop entries now."""
        return self._steered(request, actions.lock_round)

    @extend_schema(request=shapes.Asked, responses={200: shapes.RoundShape})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """End a locked round for good; promised feedback must have been given."""
        return self._steered(request, actions.close_round)

    @extend_schema(request=shapes.UntilAsked, responses={200: shapes.RoundShape})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take entries again until a new end; not after publication."""
        return self._steered(request, actions.reopen_round, shapes.UntilAsked)

    @extend_schema(request=shapes.WidenAsked, responses={200: shapes.RoundShape})
    @action(detail=True, methods=["post"])
    def widen(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Show more of the round. It never narrows."""
        asked = asked_for(shapes.WidenAsked, request.data)
        level = Visibility(asked.pop("visibility"))
        return self._now(actions.widen(self.get_object(), level, by=request.user, **asked))

    @extend_schema(request=shapes.ExtendAsked, responses={201: shapes.DecisionShape})
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """More time, for one group or for all. Answers with the decision."""
        asked = asked_for(shapes.ExtendAsked, request.data)
        round_, group_id = self.get_object(), asked.pop("group", None)
        group = None
        if group_id is not None:
            group = Group.objects.filter(pk=group_id, cycle_id=round_.cycle_id).first()
            if group is None:
                raise NotFound
        decision = actions.extend(round_, by=request.user, group=group, **asked)
        return Response(shapes.DecisionShape(decision).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.PublishAsked, responses={202: shapes.RunShape})
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Ask for results, snapshot, awards and cut: a run does it step by step."""
        asked = asked_for(shapes.PublishAsked, request.data)
        run = request_settle(self.get_object(), by=request.user, reason=asked.get("reason", ""), publish=True)
        return Response({"run": run.pk, "state": run.state, "step": run.step}, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=shapes.FeedbackState)
    @action(detail=True, methods=["get"], pagination_class=None)
    def feedback(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """What feedback the round promises, and what of it is not written yet: entry, criterion, who could write it."""
        return Response(shapes.FeedbackState(shapes.feedback_data(self.get_object())).data)

    @extend_schema(request=shapes.Asked, responses={200: shapes.FeedbackState})
    @action(detail=True, methods=["post"], url_path="feedback/waive")
    def waive_feedback(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Publish although promised feedback is missing: a decision with a reason that everybody reads."""
        asked = asked_for(shapes.Asked, request.data)
        round_ = actions.waive_feedback(self.get_object(), by=request.user, **asked)
        return Response(shapes.FeedbackState(shapes.feedback_data(round_)).data)

    @extend_schema(responses=looking.LooksState)
    @action(detail=True, methods=["get"], pagination_class=None)
    def looks(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """What waits for a human before the round counts: marks far from the others, deliberations that are not decided."""
        return Response(looking.LooksState(looking.looks_data(self.get_object())).data)

    @extend_schema(request=shapes.Asked, responses={200: looking.LooksState})
    @action(detail=True, methods=["post"], url_path="looks/waive")
    def waive_looks(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Publish although something waits for a human: a decision with a reason that everybody reads."""
        asked = asked_for(shapes.Asked, request.data)
        round_ = actions.waive_looks(self.get_object(), by=request.user, **asked)
        return Response(looking.LooksState(looking.looks_data(round_)).data)

    @extend_schema(responses=AgreementShape)
    @action(detail=True, methods=["get"], pagination_class=None)
    def agreement(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """How much the judges of the round agree, over the panels whose certainty you may read: empty before that."""
        return Response(AgreementShape(agreement_data(told_agreement(self.get_object(), access_of(request)))).data)


class Entrants(ReadOnlyModelViewSet[Entrant]):
    """Who is on the list of a round after a cut. Before any cut there is no list: everybody is in."""

    queryset = Entrant.objects.select_related("group")
    serializer_class = shapes.EntrantShape
    seen_as = "entrant.view"
    filterset_fields = ("round", "group", "via")
    ordering = ("round_id", "group_id")


class Extensions(ReadOnlyModelViewSet[Extension]):
    """More time for single groups: the group itself and organizers read it, with the reason."""

    queryset = Extension.objects.select_related("group")
    serializer_class = shapes.ExtensionShape
    seen_as = "extension.view"
    filterset_fields = ("round", "group")
    ordering = ("round_id", "group_id")
