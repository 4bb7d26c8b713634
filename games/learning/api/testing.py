"""Tests of change over the API: a group plans, does, studies, acts; what is finished opens with its round."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.errors import NotFound
from games.groups.models import Group
from games.ideas.models import Idea
from games.learning import actions
from games.learning.actions.testing import TITLE, WORDS
from games.learning.api.asking import IdField
from games.learning.models import ChangeTest
from games.learning.queries import evidence_and_adopters, rhythm_of, spread_of
from games.learning.rules import PARTS, Act
from games.permissions import access_of, visible
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema
from leaderboards.engine import numbers

TEMPO_DECIMALS = 2


class ChangeTestShape(serializers.ModelSerializer[ChangeTest]):
    """A test of change as far as it has come."""

    group_key = serializers.CharField(source="group.key")
    round_key = serializers.CharField(source="round.key", default=None, allow_null=True)
    idea_number = serializers.IntegerField(source="idea.number", default=None, allow_null=True)
    act = serializers.ChoiceField([one.value for one in Act], allow_blank=True)

    class Meta:
        model = ChangeTest
        fields = (
            *("id", "cycle", "number", "group", "group_key", "idea", "idea_number", "round", "round_key"),
            *(*PARTS, "state", "act", "created_at", "began_at", "acted_at"),
        )
        read_only_fields = fields

    def to_representation(self, instance: ChangeTest) -> dict[str, Any]:
        """Without the idea, where the reader may not see it: that it is there would be told."""
        told: dict[str, Any] = super().to_representation(instance)
        return told if getattr(instance, "idea_seen", True) else told | {"idea": None, "idea_number": None}


class PlanTestAsked(serializers.Serializer[Any]):
    """What the group changes, and what it expects. `idea`: what it tests; without one it is the group's own change."""

    title = serializers.CharField(max_length=TITLE)
    prediction = serializers.CharField(max_length=WORDS)
    idea = IdField(required=False, allow_null=True)


class TestDoneAsked(serializers.Serializer[Any]):
    """What was done."""

    done = serializers.CharField(max_length=WORDS)


class TestStudyAsked(serializers.Serializer[Any]):
    """What was seen, and what was learned from it."""

    data = serializers.CharField(max_length=WORDS)  # type: ignore[assignment]  # a field; the library takes it out of the class
    learned = serializers.CharField(max_length=WORDS)


class TestActAsked(serializers.Serializer[Any]):
    """What the group does from now on."""

    act = serializers.ChoiceField(choices=[one.value for one in Act])


class TestWordsAsked(serializers.Serializer[Any]):
    """Better words for parts that are told."""

    title = serializers.CharField(max_length=TITLE, required=False)
    prediction = serializers.CharField(max_length=WORDS, required=False)
    done = serializers.CharField(max_length=WORDS, required=False)
    data = serializers.CharField(max_length=WORDS, required=False)  # type: ignore[assignment]  # as above
    learned = serializers.CharField(max_length=WORDS, required=False)


class RhythmShape(serializers.Serializer[Any]):
    """How often a group tests: `tempo` a week, finished tests in each of the last eight weeks, days from doing to having learned.

    `days_to_share`: from a finished test to when the group told other teams something, an idea or a new version of one.
    """

    tempo = serializers.CharField()
    weeks = serializers.ListField(child=serializers.IntegerField())
    days_to_learn = serializers.CharField(allow_null=True)
    days_to_share = serializers.CharField(allow_null=True)
    last = serializers.DateTimeField(allow_null=True)


class AdopterShape(serializers.ModelSerializer[Group]):
    """A group that adopted an idea: its last test does."""

    class Meta:
        model = Group
        fields = ("id", "key", "name")
        read_only_fields = fields


class EvidenceShape(serializers.Serializer[Any]):
    """What tests elsewhere say of an idea. `spread`: how many other groups did one; the grade with its reasons in words.

    `adopters`: of the `adopted`, those of which this reader may see that they did, who did last first.
    """

    grade = serializers.CharField(allow_blank=True)
    tested = serializers.IntegerField()
    adopted = serializers.IntegerField()
    adapted = serializers.IntegerField()
    abandoned = serializers.IntegerField()
    organizations = serializers.IntegerField()
    spread = serializers.IntegerField()
    adopters = AdopterShape(many=True)
    reasons = serializers.ListField(child=serializers.CharField())


class ChangeTests(ReadOnlyModelViewSet[ChangeTest]):
    """Tests of one's own groups; as organizer all; finished ones once their round shows whole entries."""

    queryset = ChangeTest.objects.all()
    serializer_class = ChangeTestShape
    seen_as = "change_test.view"
    permissions = dict.fromkeys(("do", "study", "act", "revise"), "change_test.write")
    filterset_fields = ("cycle", "group", "idea", "round", "state", "act")
    ordering = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[ChangeTest]:
        """With what a row shows."""
        return super().get_queryset().select_related("cycle", "group", "idea", "round")

    def filter_queryset(self, queryset: Any) -> Any:
        """With whether the idea is for this reader; by an idea only where it is: hidden and absent look alike."""
        seen = visible(access_of(self.request), "idea.view", Idea.objects.filter(pk=OuterRef("idea")))
        rows = super().filter_queryset(queryset).annotate(idea_seen=Exists(seen))
        return rows.filter(idea_seen=True) if self.request.query_params.get("idea") else rows

    @extend_schema(request=TestDoneAsked, responses=ChangeTestShape)
    @action(detail=True, methods=["post"])
    def do(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """What was planned is done, or begun."""
        test, asked = self.get_object(), asked_for(TestDoneAsked, request.data)
        return self._answer(actions.do_test(test, by=request.user, **asked))

    @extend_schema(request=TestStudyAsked, responses=ChangeTestShape)
    @action(detail=True, methods=["post"])
    def study(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """What was seen and learned."""
        test, asked = self.get_object(), asked_for(TestStudyAsked, request.data)
        return self._answer(actions.study_test(test, by=request.user, **asked))

    @extend_schema(request=TestActAsked, responses=ChangeTestShape)
    @action(detail=True, methods=["post"])
    def act(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Adopt, adapt or abandon: the test is finished, and counts for its idea."""
        test, asked = self.get_object(), asked_for(TestActAsked, request.data)
        return self._answer(actions.act_on_test(test, act=Act(asked["act"]), by=request.user))

    @extend_schema(request=TestWordsAsked, responses=ChangeTestShape)
    @action(detail=True, methods=["post"])
    def revise(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Better words, until it is acted on."""
        test, asked = self.get_object(), asked_for(TestWordsAsked, request.data)
        return self._answer(actions.revise_test(test, by=request.user, **asked))

    def _answer(self, test: ChangeTest) -> Response:
        return Response(ChangeTestShape(test).data)


class ChangeTesting(GenericViewSet[Group]):
    """A group tests changes."""

    queryset = Group.objects.select_related("cycle")
    serializer_class = ChangeTestShape  # type: ignore[assignment]  # asks about groups, answers with tests
    seen_as = "group.view"
    permissions = {"change_tests": "group.submit", "rhythm": "group.rhythm"}

    @extend_schema(request=PlanTestAsked, responses={201: ChangeTestShape})
    @action(detail=True, methods=["post"], url_path="change-tests")
    def change_tests(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Plan a test: what is changed, and what is expected."""
        group = self.get_object()
        asked = asked_for(PlanTestAsked, request.data)
        number = asked.pop("idea", None)
        idea = None
        if number is not None:
            rows = Idea.objects.filter(pk=number, cycle=group.cycle_id)
            idea = visible(access_of(request), "idea.view", rows).first()
            if idea is None:
                raise NotFound
        made = actions.plan_test(group=group, idea=idea, by=request.user, **asked)
        return Response(ChangeTestShape(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=RhythmShape)
    @action(detail=True)
    def rhythm(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """How often the group tests."""
        group = self.get_object()
        found = rhythm_of(group.cycle, access_of(request).now, groups=[group.pk], shared=True).get(group.pk)
        if found is None:
            return Response({"tempo": "0", "weeks": [], "days_to_learn": None, "days_to_share": None, "last": None})
        days, share = (None if one is None else numbers.text(numbers.rounded(one, 1)) for one in (found.days, found.share_days))
        tempo = numbers.text(numbers.rounded(found.tempo, TEMPO_DECIMALS))
        told = {"tempo": tempo, "weeks": found.weeks, "days_to_learn": days, "days_to_share": share, "last": found.last}
        return Response(told)


class IdeaEvidence(GenericViewSet[Idea]):
    """What tests elsewhere say of an idea."""

    queryset = Idea.objects.all()
    seen_as = "idea.view"
    permissions = {"evidence": "idea.view"}

    @extend_schema(responses=EvidenceShape)
    @action(detail=True)
    def evidence(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The grade of an idea with its reasons; raised by recorded tests elsewhere, and by nothing else."""
        idea = self.get_object()
        tests = visible(access_of(request), "change_test.view", ChangeTest.objects.all())
        found, adopters = evidence_and_adopters(idea, tests)
        told = {"spread": spread_of([idea.pk]).get(idea.pk, 0), "adopters": adopters}
        return Response(EvidenceShape({**_counts(found), **told}).data)


def _counts(found: Any) -> dict[str, Any]:
    names = ("grade", "tested", "adopted", "adapted", "abandoned", "organizations", "reasons")
    return {name: getattr(found, name) for name in names}
