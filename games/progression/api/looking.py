"""What waits for a human before a round counts, as data."""

from typing import Any

from rest_framework import serializers

from games.judging.queries.looks import waits_in
from games.rounds.models import Round


class LookShape(serializers.Serializer[Any]):
    """Something a human looks at first: a mark (`review`, its judge, criterion, distance) or a `deliberation` that is not decided."""

    challenge = serializers.CharField()
    group = serializers.CharField()
    criterion = serializers.CharField(allow_blank=True)
    judge = serializers.IntegerField(allow_null=True)
    distance = serializers.IntegerField(help_text="Hundredths of the residual standard deviation.")
    review = serializers.IntegerField(allow_null=True)
    deliberation = serializers.IntegerField(allow_null=True)


class LooksState(serializers.Serializer[Any]):
    """What waits for a human before the round counts. `waived`: an organizer decided to go on without."""

    waived = serializers.BooleanField()
    missing = LookShape(many=True)


def looks_data(round_: Round) -> dict[str, Any]:
    """What waits, as it stands."""
    found = waits_in(round_)
    missing = [
        {
            "challenge": one.challenge.key,
            "group": one.group.key,
            "criterion": one.criterion,
            "judge": one.judge.pk if one.judge is not None else None,
            "distance": one.distance,
            "review": one.pk if one.judge is not None else None,
            "deliberation": one.pk if one.judge is None else None,
        }
        for one in found.all
    ]
    return {"waived": found.waived, "missing": missing}
