"""Comparing in pairs over the API: what to compare next, verdicts, lists in order, taking back."""

from typing import Any

from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.challenges.models import Challenge
from games.errors import NotFound
from games.groups.models import Group
from games.judging import actions
from games.judging.api import acts
from games.judging.api.asking import JudgedGroup, access_in
from games.judging.api.shapes import JudgedVersion
from games.judging.models import Panelist, RankedList, Vote
from games.judging.queries.pairs import ShownEntry, shown_with
from games.judging.rules.pairs import order_of
from games.organizations.models import Person
from games.submissions.queries import eyes, label_of, version_data
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema


class ComparedEntry(serializers.Serializer[Any]):
    """One of the entries to compare."""

    number = serializers.IntegerField(help_text="As which it is shown, from 1: what an order names.")
    label = serializers.CharField(help_text="The group's name; in a blind round a number.")  # type: ignore[assignment] # a field named as the base's
    group = JudgedGroup(allow_null=True)
    entry = JudgedVersion(allow_null=True)


class PairShape(serializers.Serializer[Any]):
    """What to compare: two entries, the first is a; or with `list` some, to be put in order."""

    id = serializers.IntegerField(help_text="Of the pair: answer at pairs/{id}/answer.")
    list = serializers.IntegerField(allow_null=True, help_text="Of the list: answer at ranked-lists/{id}/order.")
    asked_at = serializers.DateTimeField()
    entries = ComparedEntry(many=True)


def pair_data(request: Request, pair: Vote) -> dict[str, Any]:
    """The pair as its judge may see it."""
    shown = [_entry_data(request, pair, number, one) for number, one in enumerate(shown_with(pair), start=1)]
    return {"id": pair.pk, "list": pair.ranking_id, "asked_at": pair.asked_at, "entries": shown}


def _entry_data(request: Request, pair: Vote, number: int, one: ShownEntry) -> dict[str, Any]:
    round_ = pair.challenge.round
    seen = eyes(access_in(request), round_, one.group.pk)
    version = one.entry.pinned if one.entry is not None else None
    return {
        "number": number,
        "label": label_of(seen, round_, one.group, one.ordinal),
        "group": dict(JudgedGroup(one.group).data) if seen.names else None,
        "entry": version_data(version, one.entry, seen) if version is not None and one.entry is not None else None,
    }


class Voting(GenericViewSet[Challenge]):
    """A or B, for who sits on the panel of the task."""

    queryset = Challenge.objects.select_related("round__cycle")
    seen_as = "challenge.view"
    permissions = dict.fromkeys(("votes", "pairs", "lists", "undo"), "challenge.view")

    def _judge(self, request: Request, challenge: Challenge) -> Person:
        seats = Panelist.objects.filter(challenge=challenge, person__in=sorted(access_in(request).persons), left_at__isnull=True)
        seat = seats.select_related("person").order_by("pk").first()
        if seat is None:
            raise NotFound
        return seat.person

    def _shown(self, request: Request, challenge: Challenge, pair: Vote | None) -> Response:
        if pair is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        pair.challenge = challenge
        return Response(pair_data(request, pair), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={201: PairShape, 204: None})
    @action(detail=True, methods=["post"])
    def pairs(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The pair to compare: the one that waits for an answer, else a new one. 204: you have met all there are."""
        challenge = self.get_object()
        pair = actions.ask_pair(challenge=challenge, person=self._judge(request, challenge), by=request.user)
        return self._shown(request, challenge, pair)

    @extend_schema(request=acts.ListAsked, responses={201: PairShape, 204: None})
    @action(detail=True, methods=["post"])
    def lists(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Some entries to put in order: a list that waits, else a new one. 204: there are not three left that you have not met."""
        challenge, asked = self.get_object(), asked_for(acts.ListAsked, request.data)
        person = self._judge(request, challenge)
        pair = actions.ask_list(challenge=challenge, person=person, by=request.user, size=asked["size"])
        return self._shown(request, challenge, pair)

    @extend_schema(request=None, responses={201: PairShape})
    @action(detail=True, methods=["post"], url_path="votes/undo")
    def undo(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take back your last verdict, or list: it is kept, counts no more, and waits once more for an answer."""
        challenge = self.get_object()
        pair = actions.undo(challenge=challenge, person=self._judge(request, challenge), by=request.user)
        return self._shown(request, challenge, pair)

    @extend_schema(request=acts.VoteAsked, responses={201: acts.VoteShape})
    @action(detail=True, methods=["post"])
    def votes(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Compare two groups of your own choice. It is durable when this answers; a second vote on the same pair replaces the first."""
        challenge = self.get_object()
        asked = asked_for(acts.VoteAsked, request.data)
        person = self._judge(request, challenge)
        groups = Group.objects.filter(cycle=challenge.round.cycle_id).in_bulk([asked["a"], asked["b"]])
        if asked["a"] not in groups or asked["b"] not in groups:
            raise NotFound
        a, b = groups[asked["a"]], groups[asked["b"]]
        cast = actions.vote(challenge=challenge, person=person, a=a, b=b, outcome=asked["outcome"], by=request.user)
        return Response(acts.VoteShape(cast).data, status=status.HTTP_201_CREATED)


class Pairs(GenericViewSet[Vote]):
    """Pairs that you were shown."""

    queryset = Vote.objects.all()
    seen_as = "vote.cast"
    permissions = {"answer": "vote.cast"}

    @extend_schema(request=acts.PairVerdictAsked, responses=acts.VerdictShape)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Say which is better. It is durable when this answers; the same answer once more is the same answer."""
        asked = asked_for(acts.PairVerdictAsked, request.data)
        cast = actions.answer(pair=self.get_object(), outcome=asked["outcome"], by=request.user)
        return Response(acts.VerdictShape(cast).data)


class RankedLists(GenericViewSet[RankedList]):
    """Lists that you were shown."""

    queryset = RankedList.objects.all()
    seen_as = "list.rank"
    permissions = {"order": "list.rank"}

    @extend_schema(request=acts.OrderAsked, responses=acts.OrderShape)
    @action(detail=True, methods=["post"])
    def order(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Put them in order, best first. It is durable when this answers."""
        ranking = self.get_object()
        order = order_of(asked_for(acts.OrderAsked, request.data)["order"], ranking.groups)
        return Response(acts.OrderShape(actions.rank(ranking=ranking, groups=order, by=request.user)).data)
