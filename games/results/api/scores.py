"""Scores of challenges with their explanation, and official results, over the API."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import django_filters
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.permissions import access_of
from games.results.models import ChallengeScore, ExternalResult
from leaderboards.describing import OpenApiTypes, extend_schema_field
from leaderboards.engine import numbers


class ScoreSerializer(serializers.ModelSerializer[ChallengeScore]):
    """What a group scored in a challenge: the score, every named value, and with `retrieve` how it came about."""

    cycle = serializers.IntegerField(source="challenge.round.cycle_id")
    round = serializers.CharField(source="challenge.round.key")
    challenge_key = serializers.CharField(source="challenge.key")
    group_key = serializers.CharField(source="group.key")

    class Meta:
        model = ChallengeScore
        fields = ("id", "cycle", "round", "challenge", "challenge_key", "group", "group_key", "status", "score", "values")
        read_only_fields = fields


class ScoreDetail(ScoreSerializer):
    """With the explanation. Judges are numbered in it, except for organizers."""

    explanation = serializers.SerializerMethodField()

    class Meta(ScoreSerializer.Meta):
        fields = (*ScoreSerializer.Meta.fields, "explanation")  # type: ignore[assignment]  # longer than the base's
        read_only_fields = fields  # type: ignore[assignment]

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_explanation(self, score: ChallengeScore) -> dict[str, Any]:
        """Panels with their marks [judge, given, used, fate], and steps of adjustment."""
        whole = access_of(self.context["request"]).reads(score.challenge.round.cycle_id)
        return score.explanation if whole else without_judges(score.explanation)


def without_judges(explanation: dict[str, Any]) -> dict[str, Any]:
    """The explanation with judges as numbers, in an order that tells nothing: that of their marks."""
    panels = [
        {**panel, "marks": sorted((["", *mark[1:]] for mark in panel["marks"]), key=_by_mark)}
        for panel in explanation.get("panels", ())
    ]
    numbered = [
        {**panel, "marks": [[str(number), *mark[1:]] for number, mark in enumerate(panel["marks"], 1)]} for panel in panels
    ]
    return {**explanation, "panels": numbered}


def _by_mark(mark: Sequence[Any]) -> tuple[bool, Fraction, str]:
    """The highest first, by number; without a mark last."""
    given = mark[1]
    return given is None, -numbers.parse(str(given)) if given is not None else Fraction(0), str(mark)


class ScoreFilter(django_filters.FilterSet):
    """Of one cycle, round, challenge, group."""

    cycle = django_filters.NumberFilter(field_name="challenge__round__cycle_id")
    round = django_filters.NumberFilter(field_name="challenge__round_id")

    class Meta:
        model = ChallengeScore
        fields = ("challenge", "group", "status")


class Scores(ReadOnlyModelViewSet[ChallengeScore]):
    """Scores of challenges: one's own once published, everybody's where the round shows them."""

    queryset = ChallengeScore.objects.select_related("challenge__round", "group")
    seen_as = "score.view"
    filterset_class = ScoreFilter
    ordering = ("challenge_id", "group_id")

    def get_serializer_class(self) -> type[ScoreSerializer]:
        """The explanation only one by one."""
        return ScoreDetail if self.action == "retrieve" else ScoreSerializer


# --- Official results -----------------------------------------------------------------------------------------------------------------


class ExternalResultSerializer(serializers.ModelSerializer[ExternalResult]):
    """A line of somebody else's published result, kept beside ours."""

    class Meta:
        model = ExternalResult
        fields = ("id", "cycle", "kind", "key", "group", "name", "value")
        read_only_fields = fields


class ExternalResultFilter(django_filters.FilterSet):
    """Of one cycle."""

    class Meta:
        model = ExternalResult
        fields = ("cycle", "kind", "key", "group")


class ExternalResults(ReadOnlyModelViewSet[ExternalResult]):
    """Official results as their organizers published them: shown and compared, never mixed in."""

    queryset = ExternalResult.objects.all()
    serializer_class = ExternalResultSerializer
    seen_as = "external_result.view"
    filterset_class = ExternalResultFilter
    ordering = ("cycle_id", "pk")
