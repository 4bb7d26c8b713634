"""Ideas as the API tells them, and what is sent to share one."""

from typing import Any

from rest_framework import serializers

from games.ideas.models import Idea, IdeaVersion
from games.ideas.rules import (
    LINE,
    TAG,
    TAGS,
    TEXT,
    TITLE,
    WHOLE,
    WHOLE_FROM,
    WRITTEN,
    Audience,
    DerivationKind,
    IdeaKind,
    Telling,
)


class IdField(serializers.IntegerField):
    """Id of a row, in the bounds that a database knows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **options)


class IdeaShape(serializers.ModelSerializer[Idea]):
    """An idea in a list. Without a group it is the organizers' own. `built_on`: how many took it up, of those you may see."""

    group_key = serializers.CharField(source="group.key", default=None, allow_null=True)
    tags = serializers.SerializerMethodField()
    summary_only = serializers.SerializerMethodField()
    built_on = serializers.IntegerField(default=0, read_only=True)
    hidden = serializers.SerializerMethodField()
    nameless = serializers.SerializerMethodField()

    class Meta:
        model = Idea
        fields = (
            *(
                "id",
                "cycle",
                "number",
                "kind",
                "title",
                "summary",
                "group",
                "group_key",
                "challenge",
                "step",
                "submission",
                "attempt",
            ),
            *(
                "audience",
                "safe",
                "nameless",
                "licence",
                "tags",
                "complete",
                "summary_only",
                "grade",
                "built_on",
                "merged_into",
                "shared_at",
            ),
            *("hidden", "hidden_why"),
        )
        read_only_fields = fields

    def get_tags(self, idea: Idea) -> list[str]:
        """Words it is found by."""
        return sorted(tag.word for tag in idea.tags.all())

    def get_summary_only(self, idea: Idea) -> bool:
        """Fewer than five of the six parts are told: too thin to do it again."""
        return idea.complete < WHOLE_FROM

    def get_nameless(self, idea: Idea) -> bool:
        """Told in the safe room without a name: nothing says by whom."""
        return idea.key_digest != ""

    def get_hidden(self, idea: Idea) -> bool:
        """Taken out of sight by organizers: its group and they read it, and why."""
        return idea.hidden_at is not None


class IdeaVersionShape(serializers.ModelSerializer[IdeaVersion]):
    """What was told, once and for all."""

    class Meta:
        model = IdeaVersion
        fields = ("number", "title", "summary", "parts", "note", "digest", "at")
        read_only_fields = fields


class SourceShape(serializers.Serializer[Any]):
    """Where it came from. An idea that you cannot see is there without its id."""

    idea = serializers.IntegerField(allow_null=True)
    number = serializers.IntegerField(allow_null=True)
    title = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField([one.value for one in DerivationKind])
    reason = serializers.CharField()


class CreditShape(serializers.Serializer[Any]):
    """A group's part of the credit."""

    group = IdField()
    basis_points = serializers.IntegerField(min_value=1, max_value=WHOLE)


class WholeIdeaShape(IdeaShape):
    """One idea with its versions, the newest last, its sources, and how credit is shared."""

    versions = IdeaVersionShape(many=True, read_only=True)
    sources = SourceShape(many=True, read_only=True)
    shares = CreditShape(many=True, read_only=True, source="split")

    class Meta(IdeaShape.Meta):
        fields = (*IdeaShape.Meta.fields, "versions", "sources", "shares")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class NodeShape(serializers.Serializer[Any]):
    """An idea in a lineage; without `idea` one that you cannot see, named by a key below zero."""

    key = serializers.IntegerField()
    idea = serializers.IntegerField(source="idea.pk", default=None, allow_null=True)
    number = serializers.IntegerField(source="idea.number", default=None, allow_null=True)
    title = serializers.CharField(source="idea.title", default=None, allow_null=True)
    kind = serializers.CharField(source="idea.kind", default=None, allow_null=True)
    group = serializers.CharField(source="idea.group", default=None, allow_null=True)


class LinkShape(serializers.Serializer[Any]):
    """`target` came from `source`: keys of nodes."""

    source = serializers.IntegerField()  # type: ignore[assignment] # a field of that name, popped by the library
    target = serializers.IntegerField()
    kind = serializers.CharField()
    reason = serializers.CharField()


class LineageShape(serializers.Serializer[Any]):
    """What came from what: every source before what grew from it. `more`: there is more than was walked."""

    nodes = NodeShape(many=True)
    links = LinkShape(many=True)
    more = serializers.BooleanField()


class PartsAsked(serializers.Serializer[Any]):
    """The six parts of a story that somebody else can follow."""

    steps = serializers.CharField(required=False, allow_blank=True, max_length=TEXT)
    time = serializers.CharField(required=False, allow_blank=True, max_length=TEXT)
    cost = serializers.CharField(required=False, allow_blank=True, max_length=TEXT)
    people = serializers.CharField(required=False, allow_blank=True, max_length=TEXT)
    went_wrong = serializers.CharField(required=False, allow_blank=True, max_length=TEXT)
    ask = serializers.CharField(required=False, allow_blank=True, max_length=TEXT)


class TellingAsked(serializers.Serializer[Any]):
    """What is told."""

    title = serializers.CharField(max_length=TITLE)
    summary = serializers.CharField(required=False, allow_blank=True, max_length=TEXT)
    parts = PartsAsked(required=False)
    tags = serializers.ListField(child=serializers.CharField(max_length=TAG), required=False, max_length=TAGS)
    step = serializers.CharField(required=False, allow_blank=True, max_length=LINE)
    licence = serializers.CharField(required=False, allow_blank=True, max_length=LINE)
    note = serializers.CharField(required=False, allow_blank=True, max_length=TEXT, help_text="What changed, and why.")


class CitationAsked(serializers.Serializer[Any]):
    """What it came from: one of an idea, a published entry, a published attempt. Leaving something aside takes a reason."""

    idea = IdField(required=False)
    submission = IdField(required=False)
    attempt = IdField(required=False)
    kind = serializers.ChoiceField([one.value for one in WRITTEN], required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=TEXT)


class SharingAsked(TellingAsked):
    """A new idea: what is told, who may read it, what it came from."""

    kind = serializers.ChoiceField([one.value for one in IdeaKind])
    audience = serializers.ChoiceField([one.value for one in Audience], required=False)
    readers = serializers.ListField(
        child=IdField(), required=False, max_length=200, help_text="Groups, by id: with audience `groups`."
    )
    challenge = IdField(required=False, allow_null=True, help_text="The task it helps with.")
    sources = CitationAsked(many=True, required=False)


class ReadersAsked(serializers.Serializer[Any]):
    """Who may read it from now on: at least whoever may read it now."""

    audience = serializers.ChoiceField([one.value for one in Audience])
    readers = serializers.ListField(child=IdField(), required=False, max_length=200)


class HideAsked(serializers.Serializer[Any]):
    """Why it is taken out of sight: its authors read it."""

    why = serializers.CharField(max_length=TEXT)


class CreditAsked(serializers.Serializer[Any]):
    """All shares; 10,000 basis points together."""

    shares = CreditShape(many=True, allow_empty=False)


def telling(asked: dict[str, Any], *, kind: str | None = None) -> Telling:
    """What was sent as the words of an idea."""
    names = ("title", "summary", "parts", "tags", "step", "licence", "note")
    said = {name: asked[name] for name in names if name in asked}
    return Telling(kind=kind or asked["kind"], **said)
