"""Partnerships as the API tells them, and what is sent to propose one."""

from typing import Any

from rest_framework import serializers

from games.partnerships.models import Partner, Partnership
from games.partnerships.rules import NAME, NOTE, WHOLE, PartnershipKind


class IdField(serializers.IntegerField):
    """Id of a row, in the bounds that a database knows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **options)


class PartnerShape(serializers.ModelSerializer[Partner]):
    """A team in it: its part of the credit and what it answered."""

    group_key = serializers.CharField(source="group.key")
    group_name = serializers.CharField(source="group.name")

    class Meta:
        model = Partner
        fields = ("group", "group_key", "group_name", "basis_points", "answer", "answered_at")
        read_only_fields = fields


class PartnershipShape(serializers.ModelSerializer[Partnership]):
    """A merger or a joint entry. `lead`: the team that goes on. `note`: for the teams in it and organizers, to others empty."""

    lead_key = serializers.CharField(source="lead.key")
    round_key = serializers.CharField(source="challenge.round.key", default=None, allow_null=True)
    challenge_key = serializers.CharField(source="challenge.key", default=None, allow_null=True)
    partners = PartnerShape(many=True)

    class Meta:
        model = Partnership
        fields = (
            *("id", "cycle", "number", "kind", "lead", "lead_key", "challenge", "round_key", "challenge_key", "name", "note"),
            *("state", "proposed_at", "settled_at", "partners"),
        )
        read_only_fields = fields

    def to_representation(self, instance: Partnership) -> dict[str, Any]:
        """Without the words, for who is outside."""
        told: dict[str, Any] = super().to_representation(instance)
        return told if getattr(instance, "inside", True) else told | {"note": ""}


class PartAsked(serializers.Serializer[Any]):
    """A team's part of the credit."""

    group = IdField()
    basis_points = serializers.IntegerField(min_value=1, max_value=WHOLE)


class PartnershipAsked(serializers.Serializer[Any]):
    """What a team proposes. `partners`: all teams, one's own among them; their parts are 10,000 together. `lead`: the one that goes on.

    joint: `challenge`. merger: `name`, what the team is called from then on.
    """

    kind = serializers.ChoiceField(choices=[one.value for one in PartnershipKind])
    lead = IdField()
    partners = PartAsked(many=True)
    challenge = IdField(required=False, allow_null=True)
    name = serializers.CharField(max_length=NAME, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=NOTE, required=False, allow_blank=True, default="")


class PartnershipAnswerAsked(serializers.Serializer[Any]):
    """Whether one's team agrees."""

    agree = serializers.BooleanField()
