"""The safe room over the API. What is told without a name is not kept for a request that is sent twice: it would bear who sent it."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.cycles.models import Cycle
from games.errors import NotFound
from games.groups.models import Group
from games.ideas import actions
from games.ideas.api.shapes import IdeaShape, IdField, TellingAsked, telling
from games.ideas.models import Idea, RiskAnswer
from games.ideas.queries import answers_in, organizers_story, stories
from games.ideas.rules import ANSWER, NAMELESS, Audience, IdeaInvalid, IdeaKind
from games.permissions import access_of, visible
from games.rounds.models import Round
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema
from leaderboards.engine.language import gettext as _

MOST = 200


class RoundAnswersShape(serializers.Serializer[Any]):
    """The answers of a round that are in sight, in random order. Nobody's, and without times."""

    round = IdField(source="pk")
    key = serializers.CharField()
    answers = serializers.ListField(child=serializers.CharField())


class RoomShape(serializers.Serializer[Any]):
    """The safe room: open once the organizers told a failure story of their own. At most 200 stories, the newest first."""

    open = serializers.BooleanField()
    first = IdField(allow_null=True, help_text="The organizers' own story.")
    stories = IdeaShape(many=True)
    question = serializers.CharField()
    rounds = RoundAnswersShape(many=True)


class StoryAsked(TellingAsked):
    """A failure story. Of a `group`, or without one of the organizers; `nameless`: of nobody. What went wrong has to be told."""

    group = IdField(required=False, help_text="Whose story it is; not with `nameless`.")
    nameless = serializers.BooleanField(default=False, help_text="Nothing is stored that says who told it.")
    audience = serializers.ChoiceField(
        [one.value for one in Audience], required=False, help_text="`teams` unless you say otherwise: no sponsor, no visitor."
    )
    readers = serializers.ListField(child=IdField(), required=False, max_length=200)


class StoryShape(serializers.Serializer[Any]):
    """What was told. `key`: with it alone a story without a name can be widened; it is shown now and never again."""

    story = IdeaShape()
    key = serializers.CharField()


class KeyAsked(serializers.Serializer[Any]):
    """The key of a story without a name, and who may read it from now on."""

    key = serializers.CharField(max_length=100)
    audience = serializers.ChoiceField([one.value for one in Audience if one in NAMELESS])


class RiskAsked(serializers.Serializer[Any]):
    """An answer to "what makes it risky here?"."""

    text = serializers.CharField(max_length=ANSWER)


QUESTION = "What makes it risky here?"


class SafeRoom(GenericViewSet[Cycle]):
    """Failures told outside every board, by those who play and those who organize, among themselves."""

    queryset = Cycle.objects.all()
    serializer_class = RoomShape
    seen_as = "cycle.safe_room"
    permissions = {"safe_room": "cycle.safe_room", "stories": "cycle.tell_failure", "widen": "cycle.safe_room"}

    @property
    def idempotent(self) -> bool:
        """Whether an answer is kept: not of what is told without a name, nor with its key."""
        sent = self.request.data
        return self.action == "stories" and isinstance(sent, Mapping) and not sent.get("nameless")

    @extend_schema(responses=RoomShape)
    @action(detail=True, url_path="safe-room")
    def safe_room(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Stories you may read, and what was answered in each round."""
        cycle, access = self.get_object(), access_of(request)
        told = stories(visible(access, "idea.view", Idea.objects.filter(cycle=cycle))).prefetch_related("tags")
        rounds: list[Any] = list(visible(access, "round.view", Round.objects.filter(cycle=cycle)).order_by("number"))
        found = answers_in(rounds, visible(access, "risk_answer.view", RiskAnswer.objects.all()))
        for one in rounds:
            one.answers = found[one.pk]
        first = organizers_story(cycle)
        room = {"open": first is not None, "first": first.pk if first else None, "stories": told[:MOST], "rounds": rounds}
        return Response(RoomShape(room | {"question": QUESTION}).data)

    @extend_schema(request=StoryAsked, responses={201: StoryShape})
    @action(detail=True, methods=["post"], url_path="safe-room/stories")
    def stories(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Tell a failure. The organizers tell theirs first."""
        cycle, asked, access = self.get_object(), asked_for(StoryAsked, request.data), access_of(request)
        group, wanted = None, asked.get("group")
        if asked["nameless"] and wanted is not None:
            raise IdeaInvalid(_("A story without a name names no group."), where="group")
        if wanted is not None:
            group = visible(access, "group.submit", Group.objects.filter(cycle=cycle, pk=wanted)).first()
        if (wanted is not None and group is None) or (
            wanted is None and not asked["nameless"] and not access.organizes(cycle.pk)
        ):
            raise IdeaInvalid(_("Name a group for which you may act, or tell it without a name."), where="group")
        ids = set(asked.get("readers", ()))
        readers = list(visible(access, "group.view", Group.objects.filter(cycle=cycle, pk__in=ids)))
        if len(readers) < len(ids):
            raise NotFound
        story, key = actions.tell_story(
            cycle=cycle,
            told=telling(asked, kind=IdeaKind.FAILURE_STORY.value),
            by=request.user,
            group=group,
            audience=asked.get("audience", Audience.TEAMS.value),
            readers=readers,
            nameless=asked["nameless"],
        )
        return Response(StoryShape({"story": story, "key": key}).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=KeyAsked, responses=IdeaShape)
    @action(detail=True, methods=["post"], url_path="safe-room/widen")
    def widen(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """With the key of a story without a name: let more people read it. Never fewer."""
        cycle, asked = self.get_object(), asked_for(KeyAsked, request.data)
        return Response(IdeaShape(actions.widen_by_key(cycle=cycle, by=request.user, **asked)).data)


class RiskAnswering(GenericViewSet[Round]):
    """The opening question of a round: what makes it risky here?"""

    queryset = Round.objects.all()
    serializer_class = RiskAsked
    idempotent = False  # nothing is kept of who answered what
    seen_as = "round.view"
    permissions = {"risks": "round.answer_risk"}

    @extend_schema(request=RiskAsked, responses={204: None})
    @action(detail=True, methods=["post"])
    def risks(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Answer once. Answers come into sight three at a time, unattributed even to organizers."""
        actions.answer_risk(round_=self.get_object(), by=request.user, **asked_for(RiskAsked, request.data))
        return Response(status=status.HTTP_204_NO_CONTENT)
