"""What goes in with each act of a judge or an organizer, and what is answered."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from games.judging.api.asking import IdField
from games.judging.models import RankedList, Sheet, Vote
from games.judging.rules import Given, MarkState, Outcome, SheetState
from games.judging.rules.marks import COMMENT
from games.judging.rules.pairs import LONGEST_LIST, SHORTEST_LIST, USUAL_LIST

REASON = 5000


class MarkAsked(serializers.Serializer[Any]):
    """A mark. `value` as number text or whole number; null takes it back."""

    criterion = serializers.CharField(max_length=100)
    value = serializers.CharField(required=False, allow_null=True, max_length=60)
    state = serializers.ChoiceField(["", MarkState.ABSENT.value], required=False, allow_blank=True)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=COMMENT)


class MarksAsked(serializers.Serializer[Any]):
    """Marks to save; criteria not named stay as they are."""

    marks = MarkAsked(many=True, required=False)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=COMMENT, help_text="Feedback to the entrant.")
    note = serializers.CharField(required=False, allow_blank=True, max_length=COMMENT, help_text="Seen by the judge alone.")
    revision = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        help_text="The revision you wrote on; if the sheet was saved since, the answer is 409 sheet_stale with both values.",
    )


def given_marks(asked: Iterable[dict[str, Any]]) -> list[Given]:
    """The marks as the action takes them."""
    return [Given(one["criterion"], one.get("value"), one.get("state", ""), one.get("comment", "")) for one in asked]


class SheetSaved(serializers.Serializer[Any]):
    """The sheet afterwards."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField([one.value for one in SheetState])
    revision = serializers.IntegerField()
    updated_at = serializers.DateTimeField(allow_null=True)
    final_at = serializers.DateTimeField(allow_null=True)
    words_owed = serializers.ListField(
        child=serializers.CharField(),
        help_text="After finalizing: criteria on which the round promises words and nobody wrote any yet. Add them with words.",
    )


def saved(sheet: Sheet) -> dict[str, Any]:
    """What a write answers."""
    return {
        "id": sheet.pk,
        "state": sheet.state,
        "revision": sheet.revision,
        "updated_at": sheet.updated_at,
        "final_at": sheet.final_at,
        "words_owed": [one.key for one in getattr(sheet, "words_owed", ())],
    }


class FlagAsked(serializers.Serializer[Any]):
    """What the organizers should look at; empty takes the question back."""

    text = serializers.CharField(max_length=REASON, allow_blank=True)


class FlagAnswered(serializers.Serializer[Any]):
    """What the judge reads."""

    answer = serializers.CharField(max_length=REASON, allow_blank=True, required=False)


class FlagShape(serializers.ModelSerializer[Sheet]):
    """The question and its answer."""

    class Meta:
        model = Sheet
        fields = ("id", "flag", "flagged_at", "flag_answer", "flag_answered_at")
        read_only_fields = fields


class RecuseAsked(serializers.Serializer[Any]):
    """Why the judge gives the sheet back. `conflict` declares a conflict of interest with the group besides."""

    reason = serializers.CharField(max_length=REASON)
    conflict = serializers.BooleanField(required=False)


class ReasonAsked(serializers.Serializer[Any]):
    """Why. It stands in the record."""

    reason = serializers.CharField(max_length=REASON)


class ProgressShape(serializers.Serializer[Any]):
    """How far one is."""

    assigned = serializers.IntegerField()
    draft = serializers.IntegerField()
    final = serializers.IntegerField()
    recused = serializers.IntegerField()
    to_do = serializers.IntegerField()
    flagged = serializers.IntegerField(help_text="Questions to the organizers without an answer.")


class VoteAsked(serializers.Serializer[Any]):
    """A or B: ids of groups."""

    a = IdField()
    b = IdField()
    outcome = serializers.ChoiceField([one.value for one in Outcome], allow_blank=True)


class PairVerdictAsked(serializers.Serializer[Any]):
    """Which of the two is better."""

    outcome = serializers.ChoiceField(
        [one.value for one in Outcome], allow_blank=True, help_text="a: the first; b: the second; tie: too close; empty: skipped."
    )


class ListAsked(serializers.Serializer[Any]):
    """How many entries to put in order."""

    size = serializers.IntegerField(min_value=SHORTEST_LIST, max_value=LONGEST_LIST, default=USUAL_LIST)


class OrderAsked(serializers.Serializer[Any]):
    """The order, best first: numbers of the entries as they were shown, from 1. Empty: skipped."""

    order = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=LONGEST_LIST), max_length=LONGEST_LIST)


class VerdictShape(serializers.ModelSerializer[Vote]):
    """A verdict on a pair that was shown."""

    class Meta:
        model = Vote
        fields = ("id", "challenge", "outcome", "asked_at", "at")
        read_only_fields = fields


class OrderShape(serializers.ModelSerializer[RankedList]):
    """A list put in order."""

    class Meta:
        model = RankedList
        fields = ("id", "challenge", "at")
        read_only_fields = fields


class VoteShape(serializers.ModelSerializer[Vote]):
    """A vote as it is kept."""

    class Meta:
        model = Vote
        fields = ("id", "challenge", "a", "b", "outcome", "at")
        read_only_fields = fields
