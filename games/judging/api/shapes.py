"""What comes out: sheets with marks and the entry that is judged."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from games.judging.api.asking import JudgedGroup, access_in
from games.judging.api.others import BeforeShape, MarkShape, before_data
from games.judging.models import Sheet
from games.judging.queries.others import before_of
from games.judging.queries.replies import judge_named_to_team, uses_in
from games.judging.rules import criteria_of
from games.organizations.models import Person
from games.submissions.queries import Eyes, eyes, label_of, rules_of, version_data
from leaderboards.describing import extend_schema_field
from leaderboards.engine.numbers import from_scaled, text

REASON = 5000


class PersonRef(serializers.ModelSerializer[Person]):
    """Who judges."""

    class Meta:
        model = Person
        fields = ("id", "key", "name")
        read_only_fields = fields


class CriterionShape(serializers.Serializer[Any]):
    """What this sheet asks for, with bounds as number text."""

    key = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    optional = serializers.BooleanField()
    min = serializers.CharField(allow_null=True)
    max = serializers.CharField(allow_null=True)
    step = serializers.CharField(allow_null=True)
    values = serializers.ListField(child=serializers.CharField(), allow_null=True)
    not_marked = serializers.CharField(allow_null=True)
    levels = serializers.ListField(child=serializers.DictField())


class SheetSummary(serializers.ModelSerializer[Sheet]):
    """A sheet in a list."""

    cycle = serializers.IntegerField(source="challenge.round.cycle_id")
    round = serializers.CharField(source="challenge.round.key")
    challenge_key = serializers.CharField(source="challenge.key")
    label = serializers.SerializerMethodField(help_text="The group's name; in a blind round a number, for judges.")  # type: ignore[assignment] # a field named as the base's
    group = serializers.SerializerMethodField()
    judge = serializers.SerializerMethodField(
        help_text="For the judge and organizers; for the group once published, where the round names its judges."
    )

    class Meta:
        model = Sheet
        fields = (
            *("id", "cycle", "round", "challenge", "challenge_key", "panel", "state", "label", "group", "judge"),
            *("assigned_at", "updated_at", "final_at"),
        )
        read_only_fields = fields

    def eyes(self, sheet: Sheet) -> Eyes:
        """How the person who asks sees the entry."""
        return eyes(access_in(self.context["request"]), sheet.challenge.round, sheet.group_id)

    def is_judge(self, sheet: Sheet) -> bool:
        """Whether the sheet is the person's own."""
        return sheet.judge_id in access_in(self.context["request"]).persons

    def is_inside(self, sheet: Sheet) -> bool:
        """Whether the person judges this sheet, or organizes its cycle."""
        return self.is_judge(sheet) or self.eyes(sheet).organizes

    def get_label(self, sheet: Sheet) -> str:
        """Name or number."""
        return label_of(self.eyes(sheet), sheet.challenge.round, sheet.group, sheet.ordinal)  # type: ignore[attr-defined]

    @extend_schema_field(JudgedGroup(allow_null=True))
    def get_group(self, sheet: Sheet) -> dict[str, Any] | None:
        """Whose entry it is; null in a blind round."""
        return dict(JudgedGroup(sheet.group).data) if self.eyes(sheet).names else None

    @extend_schema_field(PersonRef(allow_null=True))
    def get_judge(self, sheet: Sheet) -> dict[str, Any] | None:
        """Who judges; entrants read feedback without its author unless the round's rules name judges, everybody always does."""
        named = self.is_inside(sheet) or (self.eyes(sheet).own and judge_named_to_team(sheet))
        return dict(PersonRef(sheet.judge).data) if named else None


class JudgedFile(serializers.Serializer[Any]):
    """A file of the entry. Its bytes are at uploads/{id}/content; in a blind round it is called by its field."""

    id = serializers.IntegerField()
    field = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    content_type = serializers.CharField()
    digest = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)


class JudgedVersion(serializers.Serializer[Any]):
    """What was handed in, as judges read it."""

    id = serializers.IntegerField()
    submission = serializers.IntegerField()
    number = serializers.IntegerField()
    digest = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    data = serializers.DictField()  # type: ignore[assignment] # a field named as the base's
    numbers = serializers.DictField(child=serializers.CharField())
    files = JudgedFile(many=True)


class UseShape(serializers.Serializer[Any]):
    """What was done with feedback of an earlier round."""

    round = serializers.CharField()
    text = serializers.CharField()


class SheetShape(SheetSummary):
    """A sheet with its marks, its criteria and the entry that is judged."""

    note = serializers.SerializerMethodField(help_text="The judge's own note, seen by nobody else.")
    reason = serializers.SerializerMethodField(help_text="Why given back or reopened; for the judge and organizers.")
    flag = serializers.SerializerMethodField(help_text="What the judge asks the organizers; for these two alone.")
    flag_answer = serializers.SerializerMethodField(help_text="What they answered; for the judge and organizers.")
    flag_answered_at = serializers.SerializerMethodField()
    before = serializers.SerializerMethodField(
        help_text="What the sheet said each time it was opened again or given back; for the judge and organizers."
    )
    criteria = serializers.SerializerMethodField()
    marks = serializers.SerializerMethodField()
    entry = serializers.SerializerMethodField(help_text="What was handed in; null where nothing is written.")
    uses = serializers.SerializerMethodField(help_text="What the group did in this version with feedback it got before.")

    class Meta:
        model = Sheet
        fields = (
            *SheetSummary.Meta.fields,
            *("design_number", "revision", "comment", "note", "reason", "flag", "flag_answer", "flag_answered_at"),
            *("criteria", "marks", "before", "entry", "uses"),
        )
        read_only_fields = fields

    def get_note(self, sheet: Sheet) -> str:
        """For the judge alone."""
        return sheet.note if self.is_judge(sheet) else ""

    def get_reason(self, sheet: Sheet) -> str:
        """For the judge and organizers."""
        return sheet.reason if self.is_inside(sheet) else ""

    def get_flag(self, sheet: Sheet) -> str:
        """For the judge and organizers."""
        return sheet.flag if self.is_inside(sheet) else ""

    def get_flag_answer(self, sheet: Sheet) -> str:
        """For the judge and organizers."""
        return sheet.flag_answer if self.is_inside(sheet) else ""

    def get_flag_answered_at(self, sheet: Sheet) -> datetime | None:
        """For the judge and organizers."""
        return sheet.flag_answered_at if self.is_inside(sheet) else None

    @extend_schema_field(CriterionShape(many=True))
    def get_criteria(self, sheet: Sheet) -> list[dict[str, Any]]:
        """What this panel marks."""
        _, spec = rules_of(sheet.challenge)
        return [_criterion(one) for one in criteria_of(spec, sheet.panel)]

    @extend_schema_field(MarkShape(many=True))
    def get_marks(self, sheet: Sheet) -> list[dict[str, Any]]:
        """Marks in the order of the criteria."""
        design, spec = rules_of(sheet.challenge)
        found = {mark.criterion: mark for mark in sheet.marks.all()}
        return [
            {
                "criterion": mark.criterion,
                "value": None if mark.value is None else text(from_scaled(mark.value, design.mark_decimals)),
                "state": mark.state,
                "comment": mark.comment,
            }
            for one in criteria_of(spec, sheet.panel)
            if (mark := found.get(one.key)) is not None
        ]

    @extend_schema_field(BeforeShape(many=True))
    def get_before(self, sheet: Sheet) -> list[dict[str, Any]]:
        """For the judge and organizers."""
        return [before_data(one) for one in before_of(sheet)] if self.is_inside(sheet) else []

    @extend_schema_field(JudgedVersion(allow_null=True))
    def get_entry(self, sheet: Sheet) -> dict[str, Any] | None:
        """The version that was judged, or is to be."""
        entry = self.context.get("entry")
        version = sheet.version or (entry.pinned if entry is not None else None)
        if version is None or entry is None:
            return None
        return version_data(version, entry, self.eyes(sheet))

    @extend_schema_field(UseShape(many=True))
    def get_uses(self, sheet: Sheet) -> list[dict[str, Any]]:
        """For whoever judges the entry, and organizers; not while it is judged blind: what was said before is known by name."""
        entry = self.context.get("entry")
        version = sheet.version or (entry.pinned if entry is not None else None)
        found = uses_in(version) if version is not None and self.is_inside(sheet) and self.eyes(sheet).names else ()
        return [{"round": one.sheet.challenge.round.key, "text": one.text} for one in found]


def _criterion(one: Any) -> dict[str, Any]:
    numbers = {
        name: None if getattr(one, name) is None else text(getattr(one, name)) for name in ("min", "max", "step", "not_marked")
    }
    return {
        "key": one.key,
        "name": one.title,
        "summary": getattr(one, "summary", ""),
        "optional": one.optional,
        **numbers,
        "values": None if one.values is None else [text(value) for value in one.values],
        "levels": [{"value": text(level.value), "text": level.text} for level in getattr(one, "levels", ())],
    }
