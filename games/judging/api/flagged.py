"""Ballots looked at by a human: one's own, and for organizers those that are flagged."""

from typing import Any

from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.judging.actions import ballots as voting
from games.judging.api.asking import JudgedGroup, access_in
from games.judging.models import Ballot
from games.judging.queries.ballots import Vote, votes_on
from games.judging.queries.choices import choice_key
from games.judging.rules.voting import VotingState
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema, extend_schema_field

REASON = 5000


class VoterShape(serializers.Serializer[Any]):
    """Who voted, as far as it takes to look at it."""

    name = serializers.CharField()
    email = serializers.CharField()
    joined = serializers.DateTimeField(allow_null=True)


class BallotShape(serializers.ModelSerializer[Ballot]):
    """A ballot: one's own, or for organizers one that is flagged. For whom it is organizers read once voting is over."""

    choice = serializers.SerializerMethodField()
    flag = serializers.SerializerMethodField(help_text="Why somebody should look: for organizers.")
    voter = serializers.SerializerMethodField(help_text="For organizers.")
    group = serializers.SerializerMethodField(help_text="For organizers, once voting is over.")

    class Meta:
        model = Ballot
        fields = (
            "id",
            "challenge",
            "panel",
            "choice",
            "at",
            "withdrawn_at",
            "refused_at",
            "reason",
            "flag",
            "settled_at",
            "voter",
            "group",
        )
        read_only_fields = fields

    def _inside(self, ballot: Ballot) -> bool:
        return access_in(self.context["request"]).reads(ballot.challenge.round.cycle_id)

    @cached_property
    def _votes(self) -> dict[int, list[Vote]]:
        """Task → its votes, as far as they were asked for."""
        return {}

    def _counted(self, ballot: Ballot) -> bool:
        """Whether its vote is over, so that organizers may know for whom it is. One statement for each task of an answer."""
        if ballot.challenge_id not in self._votes:
            self._votes[ballot.challenge_id] = votes_on(ballot.challenge, access_in(self.context["request"]).now)
        return any(one.panel.key == ballot.panel and one.state is VotingState.OVER for one in self._votes[ballot.challenge_id])

    def get_choice(self, ballot: Ballot) -> str:
        """As the entry is named where one votes; nothing of somebody else's while it is open."""
        own = ballot.person_id in access_in(self.context["request"]).persons
        return choice_key(ballot.challenge_id, ballot.panel, ballot.group_id) if own or self._counted(ballot) else ""

    def get_flag(self, ballot: Ballot) -> str:
        """Not for the voter: it would teach how to go unnoticed."""
        return ballot.flag if self._inside(ballot) else ""

    @extend_schema_field(VoterShape(allow_null=True))
    def get_voter(self, ballot: Ballot) -> dict[str, Any] | None:
        """Name, address, since when."""
        if not self._inside(ballot):
            return None
        user = ballot.person.user
        joined = getattr(user, "date_joined", None)
        return {"name": ballot.person.name, "email": getattr(user, "email", ""), "joined": joined}

    @extend_schema_field(JudgedGroup(allow_null=True))
    def get_group(self, ballot: Ballot) -> dict[str, Any] | None:
        """Whose entry it is for."""
        return dict(JudgedGroup(ballot.group).data) if self._inside(ballot) and self._counted(ballot) else None


class BallotSettleAsked(serializers.Serializer[Any]):
    """Why; a refusal needs it."""

    reason = serializers.CharField(max_length=REASON, required=False, allow_blank=True)


class Ballots(ReadOnlyModelViewSet[Ballot]):
    """Your ballots; for organizers those that are flagged."""

    queryset = Ballot.objects.select_related("challenge__round__cycle", "group", "person__user")
    serializer_class = BallotShape
    seen_as = "ballot.view"
    permissions = {"keep": "ballot.settle", "refuse": "ballot.settle"}
    filterset_fields = ("challenge", "panel")
    ordering = ("-id",)

    @extend_schema(request=BallotSettleAsked, responses=BallotShape)
    @action(detail=True, methods=["post"])
    def keep(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """You looked: the ballot counts."""
        asked = asked_for(BallotSettleAsked, request.data)
        ballot = voting.keep_ballot(ballot=self.get_object(), by=request.user, reason=asked.get("reason", ""))
        return Response(self.get_serializer(ballot).data)

    @extend_schema(request=BallotSettleAsked, responses=BallotShape)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The ballot does not count, with a reason. It is kept."""
        asked = asked_for(BallotSettleAsked, request.data)
        ballot = voting.refuse_ballot(ballot=self.get_object(), by=request.user, reason=asked.get("reason", ""))
        return Response(self.get_serializer(ballot).data)
