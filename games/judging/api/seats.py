"""What goes in and out while judging is set up: panels, assignments, how far judges are."""

from typing import Any

from rest_framework import serializers

from games.judging.api.asking import IdField
from games.judging.api.shapes import PersonRef
from games.judging.models import Panelist
from games.judging.rules.seats import HIGHEST


class JudgeProgress(serializers.Serializer[Any]):
    """How far a judge is."""

    judge = serializers.IntegerField(source="judge_id")
    name = serializers.CharField(source="judge__name")
    assigned = serializers.IntegerField(source="n_assigned")
    draft = serializers.IntegerField(source="n_draft")
    final = serializers.IntegerField(source="n_final")
    recused = serializers.IntegerField(source="n_recused")


class PanelistShape(serializers.ModelSerializer[Panelist]):
    """A judge on a panel."""

    cycle = serializers.IntegerField(source="challenge.round.cycle_id")
    person = PersonRef()

    class Meta:
        model = Panelist
        fields = ("id", "cycle", "challenge", "panel", "person", "topics", "languages", "max_load", "chair", "left_at")
        read_only_fields = fields


class Words(serializers.ListField):
    """Topics or languages."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.CharField(max_length=100), max_length=100, **options)


class DetailsAsked(serializers.Serializer[Any]):
    """What is to change; what is not named stays as it is."""

    topics = Words(required=False, help_text="What the judge knows well: choices of the field that the task's topics name.")
    languages = Words(required=False, help_text="What the judge reads; none: any.")
    max_load = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=HIGHEST, help_text="Null: no limit."
    )
    chair = serializers.BooleanField(required=False)


class ExpertiseAsked(serializers.Serializer[Any]):
    """What a judge says of themselves."""

    topics = Words()
    languages = Words()


class SeatsAsked(serializers.Serializer[Any]):
    """The text of a table (CSV) with the columns round, challenge, panel, judge, topics, languages, max_load, chair."""

    csv = serializers.CharField(trim_whitespace=False, max_length=5_000_000)


class SeatsShape(serializers.Serializer[Any]):
    """How many seats the table names."""

    seats = serializers.IntegerField()


class PanelistAsked(serializers.Serializer[Any]):
    """Put a judge on a panel."""

    challenge = IdField()
    person = IdField()
    panel = serializers.CharField(required=False, max_length=100, help_text="The task's first if absent.")


class AssignmentAsked(serializers.Serializer[Any]):
    """One assignment, by keys; the judge by id."""

    round = serializers.CharField(max_length=100)
    challenge = serializers.CharField(max_length=100)
    group = serializers.CharField(max_length=100)
    judge = IdField()
    panel = serializers.CharField(required=False, allow_blank=True, max_length=100)


class AssignmentsAsked(serializers.Serializer[Any]):
    """Either a list, or the text of a table (CSV), or a task whose panel gets every entry."""

    assignments = AssignmentAsked(many=True, required=False)
    csv = serializers.CharField(required=False, trim_whitespace=False, max_length=5_000_000)
    challenge = IdField(required=False, help_text="Id of the task of which all judges get all entries.")
    panel = serializers.CharField(required=False, max_length=100)


class AssignedShape(serializers.Serializer[Any]):
    """How many sheets are new."""

    new = serializers.IntegerField()
