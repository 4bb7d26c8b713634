"""What goes in and out: entries, versions, files, attempts."""

from typing import Any

from rest_framework import serializers

from games.groups.models import Group
from games.submissions.api.asking import IdField, access_in
from games.submissions.models import Attempt, Submission, Upload, Version
from games.submissions.queries import Eyes, eyes, file_data, label_of, rules_of, version_data
from games.submissions.rules import SubmissionState
from leaderboards.describing import extend_schema_field
from leaderboards.engine.numbers import from_scaled, text

NOTE = 5000


class GroupRef(serializers.ModelSerializer[Group]):
    """Whose it is."""

    class Meta:
        model = Group
        fields = ("id", "key", "name")
        read_only_fields = fields


class FileShape(serializers.ModelSerializer[Upload]):
    """A file of an entry. Its bytes are at uploads/{id}/content."""

    name = serializers.CharField(help_text="In a blind round judges see the field's key instead.")
    at = serializers.DateTimeField(allow_null=True, help_text="Null for judges of a blind round.")

    class Meta:
        model = Upload
        fields = ("id", "field", "name", "size", "content_type", "digest", "at")
        read_only_fields = fields


class VersionShape(serializers.ModelSerializer[Version]):
    """What was handed in. `digest`: SHA-256 over the canonical JSON of answers, numbers and the files' hashes.

    Judges of a blind round see neither answers that the form hides, nor note, time and digest.
    """

    at = serializers.DateTimeField(allow_null=True, help_text="Null for judges of a blind round.")
    numbers = serializers.DictField(child=serializers.CharField(), help_text="Numbers that scoring reads, as number text.")
    files = FileShape(many=True)

    class Meta:
        model = Version
        fields = ("id", "submission", "number", "digest", "at", "note", "data", "numbers", "files")
        read_only_fields = fields


class EntryShape(serializers.ModelSerializer[Submission]):
    """An entry as the person who asks may see it."""

    cycle = serializers.IntegerField(source="challenge.round.cycle_id")
    round = serializers.CharField(source="challenge.round.key")
    challenge_key = serializers.CharField(source="challenge.key")
    label = serializers.SerializerMethodField(help_text="The group's name; in a blind round a number, for judges.")  # type: ignore[assignment] # a field named as the base's
    group = serializers.SerializerMethodField()
    submitted_at = serializers.SerializerMethodField(help_text="Null for judges of a blind round.")
    version = serializers.SerializerMethodField(help_text="The version that counts.")
    draft = serializers.SerializerMethodField(help_text="What is being written; for the group alone.")
    draft_saved_at = serializers.SerializerMethodField()
    draft_note = serializers.SerializerMethodField(
        help_text="What we changed and why, for the next version; for the group alone."
    )
    uploads = serializers.SerializerMethodField(help_text="All files, also those in no version; for the group alone.")

    class Meta:
        model = Submission
        fields = (
            *("id", "cycle", "round", "challenge", "challenge_key", "number", "state", "label", "group"),
            *("submitted_at", "version", "draft", "draft_saved_at", "draft_note", "uploads"),
        )
        read_only_fields = fields

    def _eyes(self, entry: Submission) -> Eyes:
        return eyes(access_in(self.context["request"]), entry.challenge.round, entry.group_id)

    def get_label(self, entry: Submission) -> str:
        """Name or number."""
        return label_of(self._eyes(entry), entry.challenge.round, entry.group, entry.ordinal)  # type: ignore[attr-defined]

    @extend_schema_field(GroupRef(allow_null=True))
    def get_group(self, entry: Submission) -> dict[str, Any] | None:
        """Whose it is; null in a blind round."""
        return dict(GroupRef(entry.group).data) if self._eyes(entry).names else None

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_submitted_at(self, entry: Submission) -> Any:
        """When it was handed in; that could give away whose it is."""
        return entry.submitted_at if self._eyes(entry).names else None

    @extend_schema_field(VersionShape(allow_null=True))
    def get_version(self, entry: Submission) -> dict[str, Any] | None:
        """The version that counts."""
        return None if entry.pinned is None else version_data(entry.pinned, entry, self._eyes(entry))

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_draft(self, entry: Submission) -> dict[str, Any] | None:
        """The draft, for the group."""
        return entry.draft if self._eyes(entry).own else None

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_draft_saved_at(self, entry: Submission) -> Any:
        """What the next save of the draft names as its base."""
        return entry.draft_saved_at if self._eyes(entry).own else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_draft_note(self, entry: Submission) -> str | None:
        """The note of the draft, for the group."""
        return entry.draft_note if self._eyes(entry).own else None

    @extend_schema_field(FileShape(many=True))
    def get_uploads(self, entry: Submission) -> list[dict[str, Any]]:
        """All files, for the group."""
        seen = self._eyes(entry)
        return [file_data(one, seen) for one in entry.uploads.all()] if seen.own else []


class Begin(serializers.Serializer[Any]):
    """Begin an entry."""

    challenge = IdField()
    data = serializers.DictField(required=False, help_text="The first draft.")  # type: ignore[assignment] # a field named as the base's


class DraftAsked(serializers.Serializer[Any]):
    """Autosave. `base` is the `draft_saved_at` one started from; without it the draft is overwritten."""

    data = serializers.DictField()  # type: ignore[assignment] # a field named as the base's
    base = serializers.DateTimeField(required=False, allow_null=True)
    note = serializers.CharField(
        required=False, allow_blank=True, max_length=NOTE, help_text="What we changed and why; without it the saved one stays."
    )


class DraftSaved(serializers.Serializer[Any]):
    """When it was saved: the base of the next save."""

    draft_saved_at = serializers.DateTimeField()


class SubmitAsked(serializers.Serializer[Any]):
    """Hand in. Without `data` the saved draft is handed in, without `note` with the note of the draft.

    With `base` it is refused as `stale_draft` if somebody saved the draft since.
    """

    data = serializers.DictField(required=False)  # type: ignore[assignment] # a field named as the base's
    note = serializers.CharField(required=False, allow_blank=True, max_length=NOTE, help_text="What we changed and why.")
    base = serializers.DateTimeField(required=False, allow_null=True)


class Receipt(serializers.Serializer[Any]):
    """What was received, and when by the server's clock."""

    submission = serializers.IntegerField()
    version = serializers.IntegerField()
    number = serializers.IntegerField()
    digest = serializers.CharField()
    at = serializers.DateTimeField()


def receipt(version: Version) -> dict[str, Any]:
    """A version as its Receipt."""
    names = {"submission": version.submission_id, "version": version.pk}
    return {**names, "number": version.number, "digest": version.digest, "at": version.at}


class PinAsked(serializers.Serializer[Any]):
    """Which version shall count."""

    number = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class RuleAsked(serializers.Serializer[Any]):
    """An organizer's decision about one entry."""

    verb = serializers.ChoiceField(["withdraw", "disqualify", "reinstate"])
    reason = serializers.CharField(max_length=NOTE)


class FieldsAsked(serializers.Serializer[Any]):
    """Numbers that organizers measure, as number text."""

    numbers = serializers.DictField(child=serializers.CharField(max_length=60))
    reason = serializers.CharField(max_length=NOTE)


class StateShape(serializers.Serializer[Any]):
    """The entry's state afterwards."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField([one.value for one in SubmissionState])


class AttemptShape(serializers.ModelSerializer[Attempt]):
    """One try. `value` as number text; an empty verdict is pending, except where the task is measured."""

    cycle = serializers.IntegerField(source="challenge.round.cycle_id")
    round = serializers.CharField(source="challenge.round.key")
    challenge_key = serializers.CharField(source="challenge.key")
    group_key = serializers.CharField(source="group.key")
    value = serializers.SerializerMethodField()

    class Meta:
        model = Attempt
        fields = (
            *("id", "cycle", "round", "challenge", "challenge_key", "group", "group_key", "number", "at"),
            *("elapsed_ms", "verdict", "value", "answer"),
        )
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_value(self, attempt: Attempt) -> str | None:  # type: ignore[override] # the name of the field
        """Number text."""
        if attempt.value is None:
            return None
        design, _ = rules_of(attempt.challenge)
        return text(from_scaled(attempt.value, design.mark_decimals))

    def to_representation(self, attempt: Attempt) -> dict[str, Any]:
        """What somebody typed is for the group and organizers alone: it may be the answer."""
        shown: dict[str, Any] = dict(super().to_representation(attempt))
        seen = eyes(access_in(self.context["request"]), attempt.challenge.round, attempt.group_id)
        if not (seen.own or seen.organizes):
            shown["answer"] = ""
        return shown


class TryAsked(serializers.Serializer[Any]):
    """A try: an answer to check (a quiz: JSON), a program or link, or a measured value."""

    challenge = IdField()
    answer = serializers.CharField(required=False, allow_blank=True, max_length=20_000, trim_whitespace=False)
    value = serializers.CharField(required=False, max_length=60, help_text="Measured: number text.")


class HintAsked(serializers.Serializer[Any]):
    """Which hint of which task."""

    challenge = IdField()
    hint = serializers.CharField(max_length=100)


class HintShape(serializers.Serializer[Any]):
    """A hint that the group has."""

    key = serializers.CharField()
    text = serializers.CharField()
    cost = serializers.CharField()
    attempt = serializers.IntegerField(help_text="Id of the record.")


class VerdictAsked(serializers.Serializer[Any]):
    """A verdict on a pending try."""

    verdict = serializers.CharField(max_length=20)
    value = serializers.CharField(required=False, max_length=60)


class RejudgeAsked(VerdictAsked):
    """Another verdict, by decision."""

    reason = serializers.CharField(max_length=NOTE)


class RecordAsked(serializers.Serializer[Any]):
    """What an external judge or an organizer reports, by keys."""

    round = serializers.CharField(max_length=100)
    challenge = serializers.CharField(max_length=100)
    group = serializers.CharField(max_length=100)
    verdict = serializers.CharField(required=False, allow_blank=True, max_length=20)
    value = serializers.CharField(required=False, max_length=60)
    answer = serializers.CharField(required=False, allow_blank=True, max_length=20_000, trim_whitespace=False)
    elapsed_ms = serializers.IntegerField(required=False, min_value=0, max_value=2**53)
