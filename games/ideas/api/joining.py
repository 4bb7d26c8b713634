"""Ideas become one, and one becomes several, over the API."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.errors import NotAllowed, NotFound
from games.groups.models import Group
from games.ideas import actions
from games.ideas.api.shapes import CreditShape, IdeaShape, IdField, TellingAsked, telling
from games.ideas.models import Idea, IdeaMerger
from games.ideas.queries import with_story
from games.ideas.rules import IdeaInvalid
from games.permissions import access_of, visible
from games.playbooks.rules import Capability
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema
from leaderboards.engine.language import gettext as _


class IdeaMergerShape(serializers.ModelSerializer[IdeaMerger]):
    """The wish that `source` goes into `into`; `group` asked, the other team answers. `shares`: the credit of `into` from then on."""

    shares = serializers.SerializerMethodField()
    source_number = serializers.IntegerField(source="source.number")
    into_number = serializers.IntegerField(source="into.number")

    class Meta:
        model = IdeaMerger
        fields = ("id", "source", "source_number", "into", "into_number", "group", "shares", "state", "asked_at", "settled_at")
        read_only_fields = fields

    def get_shares(self, one: IdeaMerger) -> list[dict[str, int]]:
        """Group and basis points."""
        return [{"group": int(group), "basis_points": points} for group, points in sorted(one.shares.items())]


class MergeAsked(serializers.Serializer[Any]):
    """This idea goes into the idea `into`, whose credit is divided so from then on: 10,000 basis points together."""

    into = IdField()
    shares = CreditShape(many=True, allow_empty=False)


class MergeAnswerAsked(serializers.Serializer[Any]):
    """Whether one's team agrees."""

    agree = serializers.BooleanField()


class SplitAsked(serializers.Serializer[Any]):
    """The parts, each told as an idea of its own."""

    parts = TellingAsked(many=True)


class IdeaJoining(GenericViewSet[Idea]):
    """Two ideas become one, by the word of both teams; or one becomes several."""

    queryset = Idea.objects.select_related("cycle", "group")
    serializer_class = IdeaShape
    seen_as = "idea.view"
    permissions = {"merge": "idea.view", "split": "idea.tell"}

    @extend_schema(request=MergeAsked, responses={201: IdeaMergerShape})
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Ask that this idea goes into another. The captain of the team of one of them asks, that of the other answers."""
        source, asked, access = self.get_object(), asked_for(MergeAsked, request.data), access_of(request)
        into = visible(access, "idea.view", Idea.objects.select_related("cycle", "group")).filter(pk=asked["into"]).first()
        shares = {one["group"]: one["basis_points"] for one in asked["shares"]}
        if into is None:
            raise NotFound
        if len(shares) < len(asked["shares"]):
            raise IdeaInvalid(_("A group is named twice."), where="shares")
        teams = visible(access, "group.view", Group.objects.filter(cycle=source.cycle_id, pk__in=shares))
        if teams.count() < len(shares):
            raise NotFound
        mine = access.groups_with(Capability.CAPTAIN)
        group = next((one.group for one in (source, into) if one.group is not None and one.group_id in mine), None)
        if group is None:
            raise NotAllowed(_("Only the captain of the team of one of the two asks that."))
        made = actions.ask_merge(source=source, into=into, shares=shares, group=group, by=request.user)
        return Response(IdeaMergerShape(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=SplitAsked, responses={201: IdeaShape(many=True)})
    @action(detail=True, methods=["post"])
    def split(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Share each part as an idea that came from this one, which stays."""
        idea, asked = self.get_object(), asked_for(SplitAsked, request.data)
        parts = [telling(one, kind=idea.kind) for one in asked["parts"]]
        made = actions.split_idea(idea=idea, parts=parts, by=request.user)
        shown = with_story(Idea.objects.filter(pk__in=[one.pk for one in made])).prefetch_related("tags").order_by("number")
        return Response(IdeaShape(shown, many=True).data, status=status.HTTP_201_CREATED)


class IdeaMergers(ReadOnlyModelViewSet[IdeaMerger]):
    """Who asked that two ideas become one: for both teams, and organizers."""

    queryset = IdeaMerger.objects.select_related("source__cycle", "source__group", "into__group", "group")
    serializer_class = IdeaMergerShape
    seen_as = "idea_merger.view"
    permissions = {"answer": "idea_merger.act", "withdraw": "idea_merger.act"}
    filterset_fields = ("source", "into", "group", "state")
    ordering = ("-asked_at", "-id")

    @extend_schema(request=MergeAnswerAsked, responses=IdeaMergerShape)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The other team agrees, and the two are one; or declines."""
        one, asked = self.get_object(), asked_for(MergeAnswerAsked, request.data)
        other = one.into.group_id if one.source.group_id == one.group_id else one.source.group_id
        self._speaks(request, other)
        return self._answer(actions.answer_merge(merger=one, by=request.user, **asked))

    @extend_schema(request=None, responses=IdeaMergerShape)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The team that asked takes it back."""
        one = self.get_object()
        self._speaks(request, one.group_id)
        return self._answer(actions.withdraw_merge(merger=one, by=request.user))

    def _speaks(self, request: Request, group: int | None) -> None:
        if group not in access_of(request).groups_with(Capability.CAPTAIN):
            raise NotAllowed(_("That is for the captain of the other team."))

    def _answer(self, one: IdeaMerger) -> Response:
        rows: QuerySet[IdeaMerger] = self.get_queryset()
        return Response(IdeaMergerShape(rows.get(pk=one.pk)).data)
