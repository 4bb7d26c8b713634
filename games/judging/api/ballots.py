"""An audience's vote over the API: what there is to choose among, giving a vote and taking it back; what organizers look after. And peers."""

from typing import Any

from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.challenges.models import Challenge
from games.errors import Invalid
from games.groups.models import Group
from games.journal.network import network_of
from games.journal.queries import db_now
from games.judging.actions import ballots as voting
from games.judging.actions.peers import seat_peers
from games.judging.api.asking import JudgedGroup, access_in
from games.judging.api.seats import PanelistShape
from games.judging.queries.ballots import Vote, turnout, votes_on
from games.judging.queries.choices import Choice, choices_for, group_chosen, votes_left
from games.judging.queries.peers import PEERS, shares
from games.judging.rules.voting import VotingState
from games.organizations.queries import people_of_user
from games.submissions.queries import rules_of
from leaderboards.asking import asked_for
from leaderboards.describing import OpenApiParameter, extend_schema
from leaderboards.engine.language import gettext as _

REASON = 5000
PANEL = OpenApiParameter("panel", str, description="Key; the first fitting panel of the task if absent.")


class ChoiceShape(serializers.Serializer[Any]):
    """An entry to choose. `choice` names it when you vote."""

    choice = serializers.CharField()
    label = serializers.CharField(help_text="The group's name; in a blind round a number.")  # type: ignore[assignment] # a field named as the base's
    title = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    yours = serializers.BooleanField(help_text="You gave it a vote.")
    own = serializers.BooleanField(help_text="Your team's, or where your team-mates play: not for your vote.")


class VotingShape(serializers.Serializer[Any]):
    """The vote as it stands for you. How many votes an entry has nobody reads before it is over, and here never."""

    panel = serializers.CharField()
    state = serializers.ChoiceField([one.value for one in VotingState])
    until = serializers.DateTimeField(allow_null=True)
    ballots = serializers.IntegerField(help_text="Votes that everybody has.")
    left = serializers.IntegerField(help_text="Votes you have left.")
    voters = serializers.IntegerField(allow_null=True, help_text="How many have voted: for organizers.")
    entries = ChoiceShape(many=True, help_text="In an order of your own.")


class BallotAsked(serializers.Serializer[Any]):
    """A vote for an entry; `instead_of` is taken back first."""

    choice = serializers.CharField(max_length=16)
    panel = serializers.CharField(max_length=100, required=False)
    instead_of = serializers.CharField(max_length=16, required=False)


class BallotGiven(serializers.Serializer[Any]):
    """What you have left."""

    choice = serializers.CharField()
    left = serializers.IntegerField()


class SteerAsked(serializers.Serializer[Any]):
    """Why. It stands in the record, for everybody."""

    reason = serializers.CharField(max_length=REASON)
    panel = serializers.CharField(max_length=100, required=False)


class PeersAsked(serializers.Serializer[Any]):
    """Whom each team sends: its captain, or all its members who may submit."""

    panel = serializers.CharField(max_length=100, required=False)
    everybody = serializers.BooleanField(required=False)


class ShareShape(serializers.Serializer[Any]):
    """What a team has done of the judging it owes."""

    group = JudgedGroup()
    given = serializers.IntegerField()
    final = serializers.IntegerField()
    recused = serializers.IntegerField()
    left = serializers.IntegerField()


class Audience(GenericViewSet[Challenge]):
    """Everybody who may see the task votes on it."""

    queryset = Challenge.objects.select_related("round__cycle")
    serializer_class = VotingShape
    seen_as = "challenge.view"
    permissions = {
        "voting": "challenge.view",
        "ballots": "challenge.view",
        "withdraw_ballot": "challenge.view",
        "open_voting": "voting.steer",
        "close_voting": "voting.steer",
        "peers": "voting.steer",
        "seat_peers": "voting.steer",
    }

    def _vote(self, panel: str) -> Vote:
        return voting.vote_on(self.get_object(), panel)

    @extend_schema(parameters=[PANEL], responses=VotingShape)
    @action(detail=True, methods=["get"], pagination_class=None)
    def voting(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """What there is to vote for, in an order of your own, and what you gave."""
        return Response(VotingShape(self._shown(request, self._vote(request.query_params.get("panel", "")))).data)

    def _shown(self, request: Request, vote: Vote) -> dict[str, Any]:
        access = access_in(request)
        voter = str(access.user_id or f"visitor:{network_of(request)}")
        choices = choices_for(vote, voter=voter, persons=access.persons)
        inside = access.reads(vote.challenge.round.cycle_id)
        counted = turnout(vote.challenge.round.cycle).get((vote.challenge.pk, vote.panel.key), {}) if inside else {}
        return {
            "panel": vote.panel.key,
            "state": vote.state.value,
            "until": vote.poll.until,
            "ballots": vote.panel.ballots,
            "left": votes_left(vote, choices),
            "voters": counted.get("voters", 0) if inside else None,
            "entries": [choice_data(one) for one in choices],
        }

    @extend_schema(request=BallotAsked, responses={201: BallotGiven})
    @action(detail=True, methods=["post"])
    def ballots(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Vote for an entry. It is durable when this answers; sent again it stays. Your address must be confirmed."""
        asked = asked_for(BallotAsked, request.data)
        vote = self._vote(asked.get("panel", ""))
        instead = _chosen(vote, asked["instead_of"], "instead_of") if asked.get("instead_of") else None
        voting.cast(
            challenge=vote.challenge,
            panel=vote.panel.key,
            group=_chosen(vote, asked["choice"], "choice"),
            instead_of=instead,
            by=request.user,
            network=network_of(request),
        )
        return Response(_given(request, vote, asked["choice"]), status=status.HTTP_201_CREATED)

    @extend_schema(request=BallotAsked, responses=BallotGiven)
    @action(detail=True, methods=["post"], url_path="ballots/withdraw")
    def withdraw_ballot(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take your vote back, as long as voting is open."""
        asked = asked_for(BallotAsked, request.data)
        vote = self._vote(asked.get("panel", ""))
        group = _chosen(vote, asked["choice"], "choice")
        voting.take_back(challenge=vote.challenge, panel=vote.panel.key, group=group, by=request.user)
        return Response(_given(request, vote, asked["choice"]))

    @extend_schema(request=SteerAsked, responses=VotingShape)
    @action(detail=True, methods=["post"], url_path="voting/open")
    def open_voting(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Let the audience vote from now on."""
        return self._steered(request, voting.open_voting)

    @extend_schema(request=SteerAsked, responses=VotingShape)
    @action(detail=True, methods=["post"], url_path="voting/close")
    def close_voting(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """End the vote now: from then on ballots count."""
        return self._steered(request, voting.close_voting)

    def _steered(self, request: Request, verb: Any) -> Response:
        asked = asked_for(SteerAsked, request.data)
        challenge, panel = self.get_object(), asked.get("panel", "")
        verb(challenge=challenge, panel=panel, by=request.user, reason=asked["reason"])
        vote = next(one for one in votes_on(challenge, db_now()) if panel in {"", one.panel.key})
        return Response(VotingShape(self._shown(request, vote)).data)

    @extend_schema(parameters=[PANEL], responses=ShareShape(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def peers(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """How far each team is with the judging it owes, who is furthest behind first."""
        challenge = self.get_object()
        panel = _peers_panel(challenge, request.query_params.get("panel", ""))
        return Response(ShareShape(shares(challenge, panel), many=True).data)

    @extend_schema(request=PeersAsked, responses={201: PanelistShape(many=True)})
    @action(detail=True, methods=["post"], url_path="peers/seats")
    def seat_peers(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Put members of every team that entered on a panel of peers. Answers with the new seats."""
        asked = asked_for(PeersAsked, request.data)
        challenge = self.get_object()
        panel = _peers_panel(challenge, asked.get("panel", ""))
        made = seat_peers(challenge=challenge, panel=panel, by=request.user, everybody=asked.get("everybody", False))
        return Response(PanelistShape(made, many=True).data, status=status.HTTP_201_CREATED)


def _peers_panel(challenge: Challenge, panel: str) -> str:
    known = [one.key for one in rules_of(challenge)[1].judges_panels if one.who == PEERS]
    if panel:
        return panel
    if not known:
        raise Invalid(_("No teams judge teams on this task."), where="panel")
    return known[0]


def choice_data(one: Choice) -> dict[str, Any]:
    """An entry as a voter reads it."""
    return {"choice": one.key, "label": one.label, "title": one.title, "text": one.text, "yours": one.mine, "own": one.own}


def _chosen(vote: Vote, key: str, where: str) -> Group:
    group = group_chosen(vote, key)
    if group is None:
        raise Invalid(_("expected the choice of an entry of this vote"), where=where)
    return group


def _given(request: Request, vote: Vote, choice: str) -> dict[str, Any]:
    mine = list(people_of_user(request.user).values_list("pk", flat=True))
    return {"choice": choice, "left": votes_left(vote, choices_for(vote, voter="", persons=mine))}
