"""What goes in and out: the shapes of cycles, rounds, designs and of what is asked for."""

from typing import Any

from rest_framework import serializers

from games.cycles.models import Cycle, Decision
from games.cycles.models import Design as DesignRow
from games.cycles.queries import design_of
from games.cycles.rules import RESULT_KINDS, CycleState
from games.judging.queries.feedback import is_waived, owed_in, promise_in
from games.judging.rules.feedback import Promise
from games.playbooks.rules import Visibility
from games.progression.actions.succession import CARRY
from games.rounds.models import Entrant, Extension, Round
from games.rounds.rules import GATE_OPTIONS, RoundState
from leaderboards.describing import extend_schema_field
from leaderboards.engine.language import gettext as _

LONGEST = 5000


class CycleSummary(serializers.ModelSerializer[Cycle]):
    """A cycle in a list."""

    series_key = serializers.CharField(source="series.key", default=None, allow_null=True)

    class Meta:
        model = Cycle
        fields = (
            *("id", "key", "name", "summary", "state", "public", "imported", "rehearsal", "series", "series_key", "predecessor"),
            *("playbook", "organization", "design_number", "starts_at", "ends_at"),
        )
        read_only_fields = fields


class RoundShape(serializers.ModelSerializer[Round]):
    """A round as it stands now. `ends_at` counts an extension or an earlier lock."""

    state = serializers.ChoiceField([one.value for one in RoundState])
    ends_at = serializers.DateTimeField(allow_null=True)

    class Meta:
        model = Round
        fields = (
            *("id", "cycle", "key", "number", "name", "state", "visibility", "design_number", "gated"),
            *("opens_at", "closes_at", "ends_at", "judging_closes_at", "passed_at", "published_at"),
        )
        read_only_fields = fields


class CycleDetail(CycleSummary):
    """A cycle with its aim and its rounds."""

    aim = serializers.SerializerMethodField()
    rounds = RoundShape(many=True, source="timeline")

    class Meta:
        model = Cycle
        fields = (*CycleSummary.Meta.fields, "aim", "rounds")
        read_only_fields = fields

    @extend_schema_field(serializers.DictField())
    def get_aim(self, cycle: Cycle) -> dict[str, Any]:
        """Measure, baseline, target and date, or why there is none."""
        return design_of(cycle).aim.model_dump(mode="json") if cycle.design_number else {}


class DesignShape(serializers.ModelSerializer[DesignRow]):
    """One number of the rules: what it changed, and the decision that made it."""

    decision_number = serializers.IntegerField(source="decision.number", default=None, allow_null=True)
    reason = serializers.CharField(source="decision.reason", default="")

    class Meta:
        model = DesignRow
        fields = ("number", "digest", "created_at", "decision_number", "reason")
        read_only_fields = fields


class DesignChange(DesignShape):
    """With what it changed."""

    changes = serializers.JSONField()

    class Meta:
        model = DesignRow
        fields = (*DesignShape.Meta.fields, "changes")
        read_only_fields = fields


class DesignChanges(serializers.Serializer[Any]):
    """Every number of the rules, the newest first."""

    results = DesignChange(many=True)


class EntrantShape(serializers.ModelSerializer[Entrant]):
    """A group on the list of a round, and how it got there."""

    group_key = serializers.CharField(source="group.key")
    group_name = serializers.CharField(source="group.name")

    class Meta:
        model = Entrant
        fields = ("id", "round", "group", "group_key", "group_name", "via", "at")
        read_only_fields = fields


class ExtensionShape(serializers.ModelSerializer[Extension]):
    """A later end for one group."""

    group_key = serializers.CharField(source="group.key")

    class Meta:
        model = Extension
        fields = ("id", "round", "group", "group_key", "until", "reason")
        read_only_fields = fields


class RulesData(serializers.Serializer[Any]):
    """The rules as data, default values left out."""

    number = serializers.IntegerField()
    design = serializers.DictField()


class RulesShape(serializers.Serializer[Any]):
    """The rules in words, made from the data the scorer computes with."""

    number = serializers.IntegerField(help_text="The number of the design they stand in.")
    rules = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class DecisionShape(serializers.ModelSerializer[Decision]):
    """A recorded choice. Rounds, boards and groups stand in it by key."""

    class Meta:
        model = Decision
        fields = (
            *("id", "cycle", "number", "at", "kind", "round", "board", "group", "other", "value"),
            *("question", "options", "reason", "decider", "published_at", "revoked_at"),
        )
        read_only_fields = fields


# --- What is asked for --------------------------------------------------------------------------------------------------------------------


class Asked(serializers.Serializer[Any]):
    """Everything that steers is decided with a reason."""

    reason = serializers.CharField(max_length=LONGEST)


class LaunchAsked(serializers.Serializer[Any]):
    """A launch: a playbook by key (or key@version), or a whole design; times count from `start`."""

    playbook = serializers.CharField(required=False, max_length=120)
    design = serializers.DictField(required=False)
    key = serializers.SlugField(required=False, max_length=64)
    name = serializers.CharField(required=False, max_length=300)
    start = serializers.DateTimeField(required=False)
    changes = serializers.DictField(required=False, help_text="Merged into the playbook: aim, checks, dates, whatever differs.")
    series = serializers.SlugField(required=False, max_length=64)
    public = serializers.BooleanField(default=True)
    reason = serializers.CharField(required=False, max_length=LONGEST)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One source, not two, not none."""
        if ("playbook" in attrs) == ("design" in attrs):
            raise serializers.ValidationError({"playbook": _("Send either playbook or design.")})
        return attrs


class AmendAsked(Asked):
    """An amendment: `changes` are merged into the present rules, tables by key; `design` replaces them whole."""

    changes = serializers.DictField(required=False)
    design = serializers.DictField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One way, not two, not none."""
        if ("changes" in attrs) == ("design" in attrs):
            raise serializers.ValidationError({"changes": _("Send either changes or design.")})
        return attrs


class NextAsked(serializers.Serializer[Any]):
    """The next cycle: the rules of this one moved to `start`, with changes."""

    key = serializers.SlugField(required=False, max_length=64)
    name = serializers.CharField(required=False, max_length=300)
    start = serializers.DateTimeField(required=False)
    changes = serializers.DictField(required=False)
    carry = serializers.MultipleChoiceField(choices=sorted(CARRY), required=False)


class StateAsked(Asked):
    """Where the cycle goes."""

    state = serializers.ChoiceField([one.value for one in CycleState])


class DecisionAsked(Asked):
    """A decision that changes results. Rounds, boards and groups by key."""

    kind = serializers.ChoiceField(sorted(kind.value for kind in RESULT_KINDS))
    round = serializers.CharField(required=False, max_length=100)
    board = serializers.CharField(required=False, max_length=100)
    group = serializers.CharField(max_length=100)
    other = serializers.CharField(required=False, max_length=100)
    value = serializers.CharField(required=False, max_length=300)


class UntilAsked(Asked):
    """A new end."""

    until = serializers.DateTimeField()


class ExtendAsked(UntilAsked):
    """More time: for the group with this id, or for all."""

    group = serializers.IntegerField(required=False, min_value=1)


class WidenAsked(Asked):
    """What everybody may see from now on."""

    visibility = serializers.ChoiceField([one.value for one in Visibility])


class GateAsked(Asked):
    """The choice at the gate."""

    choice = serializers.ChoiceField(GATE_OPTIONS)
    question = serializers.CharField(required=False, max_length=500)


class PublishAsked(serializers.Serializer[Any]):
    """A reason is needed when results that were published are published anew."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST)


class RunShape(serializers.Serializer[Any]):
    """The run that was asked for."""

    run = serializers.IntegerField()
    state = serializers.CharField()
    step = serializers.CharField()


class OwedShape(serializers.Serializer[Any]):
    """Promised words that nobody has written: on a criterion of an entry, or (without one) on the entry."""

    challenge = serializers.CharField()
    group = serializers.CharField()
    criterion = serializers.CharField(allow_blank=True)
    judges = serializers.ListField(child=serializers.IntegerField())


class FeedbackState(serializers.Serializer[Any]):
    """The feedback contract of a round. `waived`: an organizer decided to go on without what is missing."""

    promised = serializers.ChoiceField([one.value for one in Promise], allow_blank=True)
    waived = serializers.BooleanField()
    missing = OwedShape(many=True)


def feedback_data(round_: Round) -> dict[str, Any]:
    """The contract as it stands."""
    missing = [
        {
            "challenge": one.challenge.key,
            "group": one.group.key,
            "criterion": one.criterion.key if one.criterion is not None else "",
            "judges": [judge.pk for judge in one.judges],
        }
        for one in owed_in(round_)
    ]
    return {"promised": promise_in(round_).value, "waived": is_waived(round_), "missing": missing}
