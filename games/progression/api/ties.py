"""Ties at a cut over the API: which there are, a deliberation about one, and who goes on."""

from typing import Any

from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.errors import Conflict, NotFound
from games.judging.models import Deliberation
from games.judging.queries.room import speaker_in
from games.judging.queries.talk import deliberations, tied_to
from games.judging.rules.talking import WORDS, DeliberationRefused
from games.permissions import Access, visible
from games.progression import actions
from games.results.queries.ties import CutTie, ties_of
from games.rounds.models import Round
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema
from leaderboards.engine.language import gettext as _


class TieShape(serializers.Serializer[Any]):
    """A tie at the line of a cut. `inside`: who of `groups` would go on as places stand; empty where they share one place."""

    board = serializers.CharField()
    to = serializers.CharField()
    slots = serializers.IntegerField()
    groups = serializers.ListField(child=serializers.CharField())
    inside = serializers.ListField(child=serializers.CharField())
    deliberations = serializers.ListField(child=serializers.IntegerField())


class TieAsked(serializers.Serializer[Any]):
    """Which tie is to be talked about, and why."""

    board = serializers.CharField(max_length=100)
    to = serializers.CharField(max_length=100)
    why = serializers.CharField(max_length=WORDS)


class TieDecided(serializers.Serializer[Any]):
    """Who goes on, by key, and why. Nobody, where the marks have moved and the tie is gone."""

    go = serializers.ListField(child=serializers.CharField(max_length=100), required=False, default=list)
    outcome = serializers.CharField(max_length=WORDS)


class TieSettled(serializers.Serializer[Any]):
    """The deliberations that were closed together."""

    deliberations = serializers.ListField(child=serializers.IntegerField())


class RoundTies(GenericViewSet[Round]):
    """Ties that the publication of a round settles, for organizers."""

    queryset = Round.objects.select_related("cycle")
    seen_as = "round.steer"
    permissions = dict.fromkeys(("ties", "begin"), "round.steer")

    @extend_schema(responses=TieShape(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def ties(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Ties that people have to settle, as the standings are now."""
        round_ = self.get_object()
        return Response(
            TieShape([_shape(round_, one) for one in ties_of(round_.cycle) if one.round == round_.key], many=True).data
        )

    @extend_schema(request=TieAsked, responses={201: TieShape})
    @ties.mapping.post
    def begin(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Let those who judged the tied entries talk about them."""
        round_, asked = self.get_object(), asked_for(TieAsked, request.data)
        place = (round_.key, asked["board"], asked["to"])
        tie = next((one for one in ties_of(round_.cycle) if (one.round, one.board, one.to) == place), None)
        if tie is None:
            raise DeliberationRefused(_("There is no tie at this cut."), where="board")
        actions.open_tie(cycle=round_.cycle, tie=tie, why=asked["why"], by=request.user)
        return Response(TieShape(_shape(round_, tie)).data, status=status.HTTP_201_CREATED)


def _shape(round_: Round, tie: CutTie) -> dict[str, Any]:
    talks = tied_to(round_.cycle, tie.board, tie.to).values_list("pk", flat=True)
    return tie.data() | {"deliberations": list(talks)}


class TieTalks(GenericViewSet[Deliberation]):
    """Where a tie is decided: at any of its deliberations, by who may decide all of them."""

    queryset = deliberations()
    seen_as = "deliberation.view"
    permissions = {"settle": "deliberation.decide"}

    @extend_schema(request=TieDecided, responses=TieSettled)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Say who goes on, and why: all deliberations of the tie are closed, and the cut takes it as it is."""
        one, asked = self.get_object(), asked_for(TieDecided, request.data)
        access: Access = request.access  # type: ignore[attr-defined]
        if not one.tie:
            raise Conflict(_("It is about one entry: close it instead."))
        rows = tied_to(one.challenge.round.cycle, one.tie["board"], one.tie["to"])
        if visible(access, "deliberation.decide", rows).count() != rows.count():
            raise NotFound
        person = speaker_in(one, access.persons)
        closed = actions.decide_tie(
            deliberation=one, chosen=asked["go"], outcome=asked["outcome"], by=request.user, person=person
        )
        return Response(TieSettled({"deliberations": [each.pk for each in closed]}).data)
