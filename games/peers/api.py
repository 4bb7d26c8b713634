"""Peers over the API: who was found for a group and why; asking, answering, standing aside."""

from typing import Any

import django_filters
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.cycles.queries import design_of
from games.errors import NotFound
from games.groups.models import Group
from games.learning.models import Observation
from games.peers import actions
from games.peers.models import PeerAsk
from games.peers.queries import Readable, asks_for_peers, peers_for
from games.peers.rules import WORDS, Match
from games.permissions import Access, access_of, visible
from games.results.models import ChallengeScore
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema
from leaderboards.models import Snapshot


class PeerShape(serializers.Serializer[Any]):
    """A peer: the group, the task both took part in, why in words."""

    group = serializers.IntegerField()
    group_key = serializers.CharField()
    name = serializers.CharField()
    challenge = serializers.IntegerField()
    reason = serializers.CharField()


class PeerAskShape(serializers.ModelSerializer[PeerAsk]):
    """A group asks another for help, and what the answer is."""

    asker_key = serializers.CharField(source="asker.key")
    asked_key = serializers.CharField(source="asked.key")

    class Meta:
        model = PeerAsk
        fields = (
            *("id", "cycle", "number", "asker", "asker_key", "asked", "asked_key", "challenge", "reason"),
            *("words", "state", "answer", "asked_at", "answered_at"),
        )
        read_only_fields = fields


class AskAsked(serializers.Serializer[Any]):
    """Which of the peers, and what the group wants to learn."""

    group = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    words = serializers.CharField(max_length=WORDS)


class PeerAnswerAsked(serializers.Serializer[Any]):
    """Yes or no, with words."""

    accept = serializers.BooleanField()
    words = serializers.CharField(required=False, allow_blank=True, max_length=WORDS)


class AsideAsked(serializers.Serializer[Any]):
    """Whether the group does not want to be found or asked."""

    aside = serializers.BooleanField()


class AsideShape(serializers.Serializer[Any]):
    """It is so now."""

    aside = serializers.BooleanField()


def _found(access: Access, group: Group) -> list[Match]:
    """Only from what the person may read."""
    if not asks_for_peers(design_of(group.cycle)):
        return []
    readable = Readable(
        visible(access, "snapshot.view", Snapshot.objects.all()),
        visible(access, "score.view", ChallengeScore.objects.all()),
        visible(access, "observation.view", Observation.objects.all()),
    )
    return peers_for(group, readable).matches


class GroupPeers(GenericViewSet[Group]):
    """The peers of a group."""

    queryset = Group.objects.select_related("cycle")
    serializer_class = PeerShape  # asks about groups, answers with their peers
    seen_as = "group.view"
    permissions = {"peers": "group.member", "asks": "group.submit", "aside": "group.submit"}
    pagination_class = None

    @extend_schema(responses=PeerShape(many=True))
    @action(detail=True, methods=["get"])
    def peers(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Up to three groups of other organizations that do better at a task you took part in too, by what you may read."""
        found = _found(access_of(request), self.get_object())
        groups = Group.objects.in_bulk([one.group for one in found])
        rows = [
            {
                "group": one.group,
                "group_key": groups[one.group].key,
                "name": groups[one.group].name,
                "challenge": one.task,
                "reason": one.reason,
            }
            for one in found
        ]
        return Response(PeerShape(rows, many=True).data)

    @extend_schema(request=AskAsked, responses={201: PeerAskShape})
    @action(detail=True, methods=["post"], url_path="peer-asks")
    def asks(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Ask one of them. 409 `peer_refused` where it is none of your peers, or was asked already."""
        group, asked, access = self.get_object(), asked_for(AskAsked, request.data), access_of(request)
        other = visible(access, "group.view", Group.objects.filter(pk=asked["group"], cycle=group.cycle_id)).first()
        if other is None:
            raise NotFound
        made = actions.ask(group, other=other, words=asked["words"], found=_found(access, group), by=request.user)
        return Response(PeerAskShape(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=AsideAsked, responses=AsideShape)
    @action(detail=True, methods=["post"], url_path="peers/aside")
    def aside(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Stand aside, or come back."""
        asked = asked_for(AsideAsked, request.data)
        actions.choose(self.get_object(), by=request.user, **asked)
        return Response(asked)


class PeerAskFilter(django_filters.FilterSet):
    """Of one cycle; asking or asked."""

    asker = django_filters.NumberFilter(field_name="asker")
    asked = django_filters.NumberFilter(field_name="asked")

    class Meta:
        model = PeerAsk
        fields = ("cycle", "state")


class PeerAsks(ReadOnlyModelViewSet[PeerAsk]):
    """What one's own groups asked and were asked; as organizer all."""

    queryset = PeerAsk.objects.select_related("asker", "asked", "cycle")
    serializer_class = PeerAskShape
    seen_as = "peer_ask.view"
    permissions = {"answer": "peer_ask.answer", "withdraw": "peer_ask.withdraw"}
    filterset_class = PeerAskFilter
    ordering = ("-asked_at", "-id")

    @extend_schema(request=PeerAnswerAsked, responses=PeerAskShape)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Accept or decline, with words."""
        asked = asked_for(PeerAnswerAsked, request.data)
        return Response(PeerAskShape(actions.answer(self.get_object(), by=request.user, **asked)).data)

    @extend_schema(request=None, responses=PeerAskShape)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take it back, as long as it waits."""
        return Response(PeerAskShape(actions.withdraw(self.get_object(), by=request.user)).data)
