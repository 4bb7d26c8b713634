"""Suggestions as the API tells them, and what is sent."""

from typing import Any

from rest_framework import serializers

from games.suggestions.models import Suggestion
from games.suggestions.queries import credit_of
from games.suggestions.rules import MOST_CHANGES, PATH, TITLE, WORDS


class ChangedShape(serializers.Serializer[Any]):
    """A setting that changes; null: it is not there before, or after."""

    path = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class SettingAsked(serializers.Serializer[Any]):
    """A setting named as in the rules, like cycle.summary or rounds["final"].appeal_days, and its new value; null takes it away."""

    path = serializers.CharField(max_length=PATH)
    value = serializers.JSONField(allow_null=True)


class SuggestionShape(serializers.ModelSerializer[Suggestion]):
    """An improvement of the rules. `credit`: whom it is owed to, empty for who would not be named. `diff`: what everybody may read of it.

    `at_the_gate`: accepted and no rule yet; `design_number`: the version that it became; `stuck`: why it did not at the last gate.
    """

    credit = serializers.SerializerMethodField()
    mine = serializers.SerializerMethodField()
    supporters = serializers.IntegerField(read_only=True, default=0)
    supported = serializers.BooleanField(read_only=True, default=False)
    diff = ChangedShape(many=True, read_only=True)
    change = SettingAsked(many=True, read_only=True)
    at_the_gate = serializers.SerializerMethodField()

    class Meta:
        model = Suggestion
        fields = (
            *(
                "id",
                "cycle",
                "number",
                "title",
                "why",
                "change",
                "diff",
                "state",
                "at",
                "credit",
                "mine",
                "supporters",
                "supported",
            ),
            *("answer", "decided_at", "decider", "at_the_gate", "applied_at", "design_number", "decision", "stuck"),
        )
        read_only_fields = fields

    def get_credit(self, row: Suggestion) -> str:
        """Name of its author, and of the team."""
        return credit_of(row)

    def get_mine(self, row: Suggestion) -> bool:
        """Whether you made it."""
        return row.author_id is not None and row.author_id in self.context.get("persons", ())

    def get_at_the_gate(self, row: Suggestion) -> bool:
        """Accepted, and no rule yet."""
        return row.waits


class SuggestionAsked(serializers.Serializer[Any]):
    """What should change, why, and if you know them the settings. `named`: whether everybody may read whose it was."""

    title = serializers.CharField(max_length=TITLE)
    why = serializers.CharField(max_length=WORDS)
    change = serializers.ListField(child=SettingAsked(), required=False, max_length=MOST_CHANGES)
    named = serializers.BooleanField(required=False, default=True)


class RuleChangeAsked(serializers.Serializer[Any]):
    """Settings to look at."""

    change = serializers.ListField(child=SettingAsked(), max_length=MOST_CHANGES, min_length=1)


class AcceptAsked(serializers.Serializer[Any]):
    """What is said to it; `change`: in the organizers' own words, instead of what was suggested."""

    answer = serializers.CharField(required=False, allow_blank=True, max_length=WORDS)
    change = serializers.ListField(child=SettingAsked(), required=False, max_length=MOST_CHANGES)


class DeclineAsked(serializers.Serializer[Any]):
    """Why not: its author and who supports it read that."""

    answer = serializers.CharField(max_length=WORDS)


class RulesApplyAsked(serializers.Serializer[Any]):
    """Why now."""

    reason = serializers.CharField(max_length=WORDS)


class PreviewShape(serializers.Serializer[Any]):
    """What these settings would change."""

    diff = ChangedShape(many=True)


class AppliedShape(serializers.Serializer[Any]):
    """What became a rule, and what did not fit."""

    applied = SuggestionShape(many=True)
    stuck = SuggestionShape(many=True)


class LoggedShape(serializers.Serializer[Any]):
    """A version of the rules: when, by whom and why it was decided, what it changed, whose suggestion it was."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    decider = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    diff = ChangedShape(many=True)
    suggestion = serializers.IntegerField(allow_null=True, help_text="Its number.")
    credit = serializers.CharField(allow_blank=True)


class LogShape(serializers.Serializer[Any]):
    """The versions of the rules, the newest first."""

    results = LoggedShape(many=True)
