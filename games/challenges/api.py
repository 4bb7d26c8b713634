"""Challenges over the API: what an entrant may read of a task."""

from typing import Any

import django_filters
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.challenges.models import Challenge
from games.challenges.queries import for_entrants
from leaderboards.describing import extend_schema_field


class ChallengeSerializer(serializers.ModelSerializer[Challenge]):
    """A task in a round. `task` holds brief (Markdown and safe HTML), form, criteria, limits; never an answer."""

    cycle = serializers.IntegerField(source="round.cycle_id")
    round_key = serializers.CharField(source="round.key")
    task = serializers.SerializerMethodField()

    class Meta:
        model = Challenge
        fields = ("id", "cycle", "round", "round_key", "key", "number", "name", "format", "division", "task")
        read_only_fields = fields

    @extend_schema_field(serializers.DictField())
    def get_task(self, challenge: Challenge) -> dict[str, Any]:
        """Brief, form, criteria, limits."""
        return for_entrants(challenge)


class ChallengeFilter(django_filters.FilterSet):
    """Of one cycle, one round."""

    cycle = django_filters.NumberFilter(field_name="round__cycle_id")

    class Meta:
        model = Challenge
        fields = ("round", "key", "format", "division")


class Challenges(ReadOnlyModelViewSet[Challenge]):
    """Tasks of rounds that have opened; organizers see those to come."""

    queryset = Challenge.objects.select_related("round")
    serializer_class = ChallengeSerializer
    seen_as = "challenge.view"
    filterset_class = ChallengeFilter
    ordering = ("round_id", "number")
