"""Looking back over the API: asked for, read, said to, published; weighed; the next cycle begun; the winner's idea decided."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.cycles.models import Cycle
from games.ideas.models import Idea
from games.permissions import access_of, visible
from games.progression.models import Carried
from games.retrospectives import actions
from games.retrospectives.api import shapes
from games.retrospectives.models import Adoption, Proposal, Retrospective
from games.retrospectives.rules import AdoptionRefused, AdoptionWay
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema
from leaderboards.engine.language import gettext as _


class Retrospectives(ReadOnlyModelViewSet[Retrospective]):
    """What cycles learned about themselves: those you organize, and those that were published."""

    queryset: QuerySet[Retrospective] = Retrospective.objects.prefetch_related("words").select_related("cycle")
    serializer_class = shapes.RetrospectiveShape
    seen_as = "retrospective.view"
    permissions = dict.fromkeys(("say", "publish", "unpublish"), "retrospective.write")
    filterset_fields = ("cycle", "state")
    ordering = ("-asked_at", "-id")

    def _now(self, pk: int) -> Response:
        return Response(shapes.RetrospectiveShape(Retrospective.objects.prefetch_related("words").get(pk=pk)).data)

    @extend_schema(request=shapes.RetroSayAsked, responses=shapes.RetrospectiveShape)
    @action(detail=True, methods=["post"])
    def say(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Say something to a section: what the numbers do not tell."""
        row, asked = self.get_object(), asked_for(shapes.RetroSayAsked, request.data)
        actions.say(row.cycle, asked["section"], asked["text"], by=request.user)
        return self._now(row.pk)

    @extend_schema(request=None, responses=shapes.RetrospectiveShape)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Everybody who may see the cycle may read it from now on."""
        row = self.get_object()
        return self._now(actions.publish(row.cycle, by=request.user).pk)

    @extend_schema(request=None, responses=shapes.RetrospectiveShape)
    @action(detail=True, methods=["post"])
    def unpublish(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Organizers alone read it again."""
        row = self.get_object()
        return self._now(actions.unpublish(row.cycle, by=request.user).pk)


class Proposals(ReadOnlyModelViewSet[Proposal]):
    """What retrospectives propose to change."""

    queryset: QuerySet[Proposal] = Proposal.objects.all()
    serializer_class = shapes.ProposalShape
    seen_as = "proposal.view"
    permissions = dict.fromkeys(("take", "leave", "reconsider"), "proposal.decide")
    filterset_fields = ("retrospective", "section", "code", "state")
    ordering = ("retrospective_id", "number")

    @extend_schema(request=shapes.WeighAsked, responses=shapes.ProposalShape)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It goes into the next cycle."""
        row, asked = self.get_object(), asked_for(shapes.WeighAsked, request.data)
        return Response(shapes.ProposalShape(actions.take(row, by=request.user, **asked)).data)

    @extend_schema(request=shapes.WeighAsked, responses=shapes.ProposalShape)
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It is left as it is, with a reason."""
        row, asked = self.get_object(), asked_for(shapes.WeighAsked, request.data)
        return Response(shapes.ProposalShape(actions.leave(row, by=request.user, **asked)).data)

    @extend_schema(request=None, responses=shapes.ProposalShape)
    @action(detail=True, methods=["post"])
    def reconsider(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It is open again, as long as the next cycle was not begun from it."""
        return Response(shapes.ProposalShape(actions.reconsider(self.get_object(), by=request.user)).data)


class Adoptions(ReadOnlyModelViewSet[Adoption]):
    """What becomes of the ideas of those who came first."""

    queryset: QuerySet[Adoption] = Adoption.objects.all()
    serializer_class = shapes.AdoptionShape
    seen_as = "adoption.view"
    filterset_fields = ("cycle", "way")
    ordering = ("-at", "-id")


class CarriedViews(ReadOnlyModelViewSet[Carried]):
    """What teams brought along from the cycle before: points, head starts, badges, what they meant to try."""

    queryset: QuerySet[Carried] = Carried.objects.all()
    serializer_class = shapes.CarriedShape
    seen_as = "carried.view"
    filterset_fields = ("cycle", "group", "kind")
    ordering = ("cycle_id", "group_id", "kind", "key")


class LookingBack(GenericViewSet[Cycle]):
    """Of one cycle: ask that it is looked back on, begin the next one from that, decide about the winner's idea."""

    queryset = Cycle.objects.all()
    serializer_class: type[serializers.Serializer[Any]] = shapes.RetrospectiveShape
    seen_as = "cycle.view"
    permissions = {"look_back": "cycle.organize", "begin_next": "cycle.follow_up", "adopt": "cycle.organize"}

    @extend_schema(request=None, responses={202: shapes.RetrospectiveShape})
    @action(detail=True, methods=["post"], url_path="look-back")
    def look_back(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Ask that it is written, now or again: a worker does it at once. `state` says when it is there."""
        row = actions.ask(self.get_object(), by=request.user)
        return Response(shapes.RetrospectiveShape(row).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=shapes.LookBackNextAsked, responses={201: shapes.LookBackNextShape})
    @action(detail=True, methods=["post"], url_path="look-back/next")
    def begin_next(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Draft the next cycle: these rules with everything taken, moved in time. Launch it as any draft."""
        cycle, asked = self.get_object(), asked_for(shapes.LookBackNextAsked, request.data)
        draft, stuck = actions.begin_next(cycle, by=request.user, **asked)
        body = {"cycle": draft.pk, "key": draft.key, "stuck": [one.number for one in stuck]}
        return Response(shapes.LookBackNextShape(body).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.AdoptionAsked, responses={201: shapes.AdoptionShape})
    @action(detail=True, methods=["post"], url_path="look-back/adopt")
    def adopt(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Decide what becomes of an idea of those who came first: tested in the next cycle, the start of a new one, or neither."""
        cycle, asked = self.get_object(), asked_for(shapes.AdoptionAsked, request.data)
        idea = visible(access_of(request), "idea.view", Idea.objects.filter(cycle=cycle, pk=asked.pop("idea"))).first()
        if idea is None:
            message = _("There is no such idea in this cycle.")
            raise AdoptionRefused(message, where="idea")
        row = actions.adopt(idea, AdoptionWay(asked.pop("way")), by=request.user, **asked)
        return Response(shapes.AdoptionShape(row).data, status=status.HTTP_201_CREATED)
