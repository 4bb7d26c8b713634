"""Shapes of retrospectives, what they propose, what became of ideas, and what came along."""

from typing import Any

from rest_framework import serializers

from games.progression.models import Carried
from games.retrospectives.models import Adoption, Proposal, Retrospective, RetroWords
from games.retrospectives.rules import SECTIONS, AdoptionWay
from games.retrospectives.rules.states import WORDS


class RetroWordsShape(serializers.ModelSerializer[RetroWords]):
    """What organizers say to a section."""

    class Meta:
        model = RetroWords
        fields = ("section", "text", "at")
        read_only_fields = fields


class RetrospectiveShape(serializers.ModelSerializer[Retrospective]):
    """What a cycle learned about itself. `sections`: section -> its numbers; whole numbers as they are, others as number text."""

    sections = serializers.DictField(read_only=True, source="data")
    words = RetroWordsShape(many=True, read_only=True)

    class Meta:
        model = Retrospective
        fields = (
            *(
                "id",
                "cycle",
                "state",
                "sections",
                "words",
                "design_number",
                "seal",
                "asked_at",
                "made_at",
                "error",
                "published_at",
            ),
            "next_draft",
        )
        read_only_fields = fields


class ProposedSetting(serializers.Serializer[Any]):
    """A setting of the rules and its new value; null takes it away."""

    path = serializers.CharField()
    value = serializers.JSONField(allow_null=True)


class ProposalShape(serializers.ModelSerializer[Proposal]):
    """Something to change in the next cycle: why (`code` with its `facts`), about what, and the settings, if it can be said so."""

    facts = serializers.DictField(read_only=True)
    change = ProposedSetting(many=True, read_only=True)

    class Meta:
        model = Proposal
        fields = (
            *("id", "retrospective", "number", "section", "code", "about", "facts", "change", "state", "reason", "decided_at"),
        )
        read_only_fields = fields


class AdoptionShape(serializers.ModelSerializer[Adoption]):
    """What becomes of an idea that won."""

    class Meta:
        model = Adoption
        fields = ("id", "cycle", "idea", "way", "prediction", "playbook", "draft", "decision", "at")
        read_only_fields = fields


class CarriedShape(serializers.ModelSerializer[Carried]):
    """What a team brought along from the cycle before."""

    class Meta:
        model = Carried
        fields = ("id", "cycle", "group", "kind", "key", "name", "was", "amount", "test", "at")
        read_only_fields = fields


class RetroSayAsked(serializers.Serializer[Any]):
    """Words to a section; empty takes them away."""

    section = serializers.ChoiceField(SECTIONS)
    text = serializers.CharField(allow_blank=True, max_length=WORDS)


class WeighAsked(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=WORDS, default="")


class LookBackNextAsked(serializers.Serializer[Any]):
    """When the next cycle begins (default: now), and the table `carry` of its rules (default: as it is here)."""

    start = serializers.DateTimeField(required=False)
    carry = serializers.DictField(required=False)


class LookBackNextShape(serializers.Serializer[Any]):
    """The draft, and the numbers of proposals that do not fit into the rules by themselves."""

    cycle = serializers.IntegerField()
    key = serializers.CharField()
    stuck = serializers.ListField(child=serializers.IntegerField())


class AdoptionAsked(serializers.Serializer[Any]):
    """A decision about a winner's idea. `prediction`: for `test`; `playbook`: for `start`."""

    idea = serializers.IntegerField()
    way = serializers.ChoiceField([one.value for one in AdoptionWay])
    reason = serializers.CharField(max_length=WORDS)
    prediction = serializers.CharField(required=False, allow_blank=True, max_length=WORDS, default="")
    playbook = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
