"""Appeals over the API: a group makes one and takes it back, organizers answer."""

from typing import Any

import django_filters
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.challenges.models import Challenge
from games.changes import actions
from games.changes.actions.appeals import WORDS
from games.changes.api.asking import IdField
from games.changes.models import Appeal, ChangeSet
from games.errors import NotFound
from games.groups.models import Group
from games.rounds.models import Round
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema


class AppealShape(serializers.ModelSerializer[Appeal]):
    """An appeal with its answer: seen by the group and by organizers."""

    cycle = serializers.IntegerField(source="round.cycle_id")
    round_key = serializers.CharField(source="round.key")
    challenge_key = serializers.CharField(source="challenge.key", default=None, allow_null=True)
    group_key = serializers.CharField(source="group.key")

    class Meta:
        model = Appeal
        fields = (
            *("id", "cycle", "round", "round_key", "challenge", "challenge_key", "group", "group_key"),
            *("text", "state", "answer", "at", "answered_at"),
        )
        read_only_fields = fields


class AppealAsked(serializers.Serializer[Any]):
    """What is to be looked at again: a round, or one task of it."""

    round = IdField()
    challenge = IdField(required=False, allow_null=True)
    text = serializers.CharField(max_length=WORDS)


class AnswerAsked(serializers.Serializer[Any]):
    """The answer. Upheld needs a correction: `change_set`, or one that was prepared from the appeal."""

    upheld = serializers.BooleanField()
    answer = serializers.CharField(max_length=WORDS, help_text="The team reads it.")
    change_set = IdField(required=False, allow_null=True)


class AppealFilter(django_filters.FilterSet):
    """Of one cycle, round, group, state."""

    cycle = django_filters.NumberFilter(field_name="round__cycle")

    class Meta:
        model = Appeal
        fields = ("cycle", "round", "challenge", "group", "state")


class Appeals(ReadOnlyModelViewSet[Appeal]):
    """Appeals of one's own groups; of the cycles that one organizes."""

    queryset = Appeal.objects.select_related("round__cycle", "challenge", "group")
    serializer_class = AppealShape
    seen_as = "appeal.view"
    permissions = {"withdraw": "appeal.withdraw", "answer": "appeal.answer"}
    filterset_class = AppealFilter
    ordering = ("-at", "-id")

    @extend_schema(request=None, responses=AppealShape)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The group takes it back, as long as nobody answered."""
        return Response(AppealShape(actions.withdraw_appeal(self.get_object(), by=request.user)).data)

    @extend_schema(request=AnswerAsked, responses=AppealShape)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Uphold it, by a correction, or reject it; the group is told either way."""
        appeal = self.get_object()
        asked = asked_for(AnswerAsked, request.data)
        number = asked.pop("change_set", None)
        rests_on = None
        if number is not None:
            rests_on = ChangeSet.objects.filter(pk=number, cycle=appeal.round.cycle_id).first()
            if rests_on is None:
                raise NotFound
        return Response(AppealShape(actions.answer_appeal(appeal, by=request.user, change_set=rests_on, **asked)).data)


class Appealing(GenericViewSet[Group]):
    """A group appeals."""

    queryset = Group.objects.all()
    serializer_class = AppealShape  # type: ignore[assignment]  # asks about groups, answers with appeals
    seen_as = "group.view"
    permissions = {"appeals": "group.appeal"}

    @extend_schema(request=AppealAsked, responses={201: AppealShape})
    @action(detail=True, methods=["post"])
    def appeals(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Ask to look at a result again, in the days after publication that the rules give. One at a time per round."""
        group = self.get_object()
        asked = asked_for(AppealAsked, request.data)
        round_ = Round.objects.select_related("cycle").filter(pk=asked["round"], cycle=group.cycle_id).first()
        if round_ is None:
            raise NotFound
        challenge = None
        if asked.get("challenge") is not None:
            challenge = Challenge.objects.filter(pk=asked["challenge"], round=round_).first()
            if challenge is None:
                raise NotFound
        made = actions.make_appeal(round=round_, group=group, challenge=challenge, text=asked["text"], by=request.user)
        return Response(AppealShape(made).data, status=status.HTTP_201_CREATED)
