"""Votes of judges on pairs of entries."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.challenges.models import Challenge
from games.errors import NotFound
from games.groups.models import Group
from games.judging import actions
from games.judging.api import acts
from games.judging.api.asking import access_in, asked_for
from games.judging.models import Panelist


class Voting(GenericViewSet[Challenge]):
    """A or B."""

    queryset = Challenge.objects.select_related("round__cycle")
    seen_as = "challenge.view"
    permissions = {"votes": "challenge.view"}

    @extend_schema(request=acts.VoteAsked, responses={201: acts.VoteShape})
    @action(detail=True, methods=["post"])
    def votes(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Compare two groups. It is durable when this answers; a second vote on the same pair replaces the first."""
        challenge = self.get_object()
        asked = asked_for(acts.VoteAsked, request.data)
        seat = (
            Panelist.objects.filter(challenge=challenge, person__in=sorted(access_in(request).persons))
            .select_related("person")
            .first()
        )
        groups = Group.objects.filter(cycle=challenge.round.cycle_id).in_bulk([asked["a"], asked["b"]])
        if seat is None or asked["a"] not in groups or asked["b"] not in groups:
            raise NotFound
        cast = actions.vote(
            challenge=challenge,
            person=seat.person,
            a=groups[asked["a"]],
            b=groups[asked["b"]],
            outcome=asked["outcome"],
            by=request.user,
        )
        return Response(acts.VoteShape(cast).data, status=status.HTTP_201_CREATED)
