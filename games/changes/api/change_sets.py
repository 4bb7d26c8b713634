"""Change sets over the API: prepared, said anew, looked at, applied or cancelled."""

from collections.abc import Mapping
from typing import Any, Final

import django_filters
from django.db.models import Model, QuerySet
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.changes import actions
from games.changes.actions import Wanted
from games.changes.api.asking import IdField
from games.changes.models import Appeal, Change, ChangeSet
from games.changes.rules import ChangeKind
from games.cycles.models import Cycle
from games.errors import NotFound
from games.groups.models import Group
from games.judging.models import Sheet
from games.judging.rules import MarkState
from games.submissions.models import Submission
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema

WORDS: Final = 5000
KINDS: Final = [(one.value, one.value) for one in ChangeKind]


class ChangeShape(serializers.ModelSerializer[Change]):
    """One change as it is kept: `target` says what is corrected, `before` and `after` hold the values."""

    class Meta:
        model = Change
        fields = ("position", "kind", "target", "before", "after")
        read_only_fields = fields


SHORT: Final = (
    *("id", "cycle", "number", "reason", "state", "appeal", "run"),
    *("made_at", "previewed_at", "settled_at", "settled_reason"),
)


class ChangeSetSummary(serializers.ModelSerializer[ChangeSet]):
    """A correction in a list."""

    class Meta:
        model = ChangeSet
        fields: tuple[str, ...] = SHORT
        read_only_fields = fields


class ChangeSetShape(ChangeSetSummary):
    """A correction with its changes and its preview: an empty `preview` is still being computed, one with `error` cannot be.

    `stamp` names the state of things it was computed from: it is sent along to apply exactly this.
    """

    changes = ChangeShape(many=True)
    preview = serializers.DictField()

    class Meta(ChangeSetSummary.Meta):
        fields = (*SHORT, "stamp", "changes", "preview")
        read_only_fields = fields


class ChangeAsked(serializers.Serializer[Any]):
    """One change.

    mark: `sheet`, `criterion`, `value` as number text (null with `state` absent). recuse: `sheet`; one that was taken out is put back.
    disqualify, reinstate: a `submission`, or a `group` (with the key of the `round` as of which). rule: `changes` or `design`, as amend takes them.
    """

    kind = serializers.ChoiceField(KINDS)
    sheet = IdField(required=False)
    criterion = serializers.CharField(required=False, max_length=100)
    value = serializers.CharField(required=False, allow_null=True, max_length=60)
    state = serializers.ChoiceField(["", MarkState.ABSENT.value], required=False, allow_blank=True)
    group = IdField(required=False)
    round = serializers.CharField(required=False, max_length=100)
    submission = IdField(required=False)
    changes = serializers.DictField(required=False)
    design = serializers.DictField(required=False)


class PrepareAsked(serializers.Serializer[Any]):
    """Why, and what. Everybody reads the reason beside the new versions."""

    reason = serializers.CharField(max_length=WORDS)
    appeal = IdField(required=False, allow_null=True)
    changes = ChangeAsked(many=True, required=False)


class RewriteAsked(serializers.Serializer[Any]):
    """The reason, or all changes, anew."""

    reason = serializers.CharField(max_length=WORDS, required=False)
    changes = ChangeAsked(many=True, required=False)


class ApplyAsked(serializers.Serializer[Any]):
    """What was looked at, and what is done with awards that people have acted on."""

    stamp = serializers.CharField(max_length=64)
    leave = serializers.ListField(
        child=IdField(), required=False, max_length=1000, help_text="Ids of moved grants that stay as they are."
    )
    answer = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=WORDS,
        help_text="To the team behind an open appeal; else the reason is the answer.",
    )


class CancelAsked(serializers.Serializer[Any]):
    """Why. It stands in the record."""

    reason = serializers.CharField(max_length=WORDS)


def _one[M: Model](rows: QuerySet[M], pk: int | None) -> M | None:
    """The row with this id; NotFound if it is none of these."""
    if pk is None:
        return None
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def wanted_of(cycle: Cycle, asked: Mapping[str, Any]) -> Wanted:
    """A change with the rows of this cycle behind its ids."""
    sheets = Sheet.objects.filter(challenge__round__cycle=cycle).select_related("challenge__round__cycle", "group", "judge")
    entries = Submission.objects.filter(challenge__round__cycle=cycle).select_related("challenge__round__cycle", "group")
    return Wanted(
        ChangeKind(asked["kind"]),
        sheet=_one(sheets, asked.get("sheet")),
        criterion=asked.get("criterion", ""),
        value=asked.get("value"),
        state=asked.get("state", ""),
        group=_one(Group.objects.filter(cycle=cycle), asked.get("group")),
        round=asked.get("round", ""),
        submission=_one(entries, asked.get("submission")),
        changes=asked.get("changes"),
        design=asked.get("design"),
    )


class ChangeSetFilter(django_filters.FilterSet):
    """Of one cycle, state, appeal."""

    class Meta:
        model = ChangeSet
        fields = ("cycle", "state", "appeal")


class ChangeSets(ReadOnlyModelViewSet[ChangeSet]):
    """Corrections of published results: organizers prepare, look, and apply or cancel them."""

    queryset = ChangeSet.objects.select_related("cycle")
    serializer_class = ChangeSetShape
    http_method_names = ["get", "post", "put", "head", "options"]
    seen_as = "change_set.view"
    permissions = dict.fromkeys(("rewrite", "look", "apply", "carry_on", "cancel"), "change_set.write")
    filterset_class = ChangeSetFilter
    ordering = ("cycle_id", "-number")

    def get_queryset(self) -> QuerySet[ChangeSet]:
        """One correction comes with its changes; a list without previews."""
        rows = super().get_queryset()
        return rows.defer("preview") if self.action == "list" else rows.prefetch_related("changes")

    def get_serializer_class(self) -> type[serializers.BaseSerializer[ChangeSet]]:
        """Short in lists."""
        return ChangeSetSummary if self.action == "list" else ChangeSetShape

    def _now(self, change_set: ChangeSet) -> Response:
        return Response(ChangeSetShape(ChangeSet.objects.prefetch_related("changes").get(pk=change_set.pk)).data)

    @extend_schema(request=RewriteAsked, responses=ChangeSetShape)
    @action(detail=True, methods=["put"], url_path="changes")
    def rewrite(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Say a draft anew: its reason, or all of its changes. It is previewed anew."""
        row = self.get_object()
        asked = asked_for(RewriteAsked, request.data)
        changes = [wanted_of(row.cycle, one) for one in asked["changes"]] if "changes" in asked else None
        return self._now(actions.rewrite(row, by=request.user, reason=asked.get("reason"), changes=changes))

    @extend_schema(request=None, responses=ChangeSetShape)
    @action(detail=True, methods=["post"])
    def look(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Have the preview computed anew; read the correction again until it is there."""
        return self._now(actions.look_again(self.get_object(), by=request.user))

    @extend_schema(request=ApplyAsked, responses=ChangeSetShape)
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Apply exactly what was previewed, as one; `run` then publishes it step by step. 409 facts_changed: look again."""
        row = self.get_object()
        asked = asked_for(ApplyAsked, request.data)
        leave, answer = asked.get("leave", ()), asked.get("answer", "")
        return self._now(actions.apply(row, by=request.user, stamp=asked["stamp"], leave=leave, answer=answer))

    @extend_schema(request=None, responses=ChangeSetShape)
    @action(detail=True, methods=["post"], url_path="carry-on")
    def carry_on(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Publish an applied correction again whose publication failed."""
        return self._now(actions.carry_on(self.get_object(), by=request.user))

    @extend_schema(request=CancelAsked, responses=ChangeSetShape)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Give a draft up; it stays in the record."""
        row = self.get_object()
        asked = asked_for(CancelAsked, request.data)
        return self._now(actions.cancel(row, by=request.user, reason=asked["reason"]))


class Preparing(GenericViewSet[Cycle]):
    """Organizers begin a correction."""

    queryset = Cycle.objects.all()
    serializer_class = ChangeSetShape  # type: ignore[assignment]  # asks about cycles, answers with corrections
    seen_as = "cycle.organize"
    permissions = {"change_sets": "cycle.organize"}

    @extend_schema(request=PrepareAsked, responses={201: ChangeSetShape})
    @action(detail=True, methods=["post"], url_path="change-sets")
    def change_sets(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Prepare a correction of published results. It moves nothing until it is applied; its preview is computed in the background."""
        cycle = self.get_object()
        asked = asked_for(PrepareAsked, request.data)
        changes = [wanted_of(cycle, one) for one in asked.get("changes", ())]
        appeal = _one(Appeal.objects.filter(round__cycle=cycle).select_related("round"), asked.get("appeal"))
        made = actions.prepare(cycle, reason=asked["reason"], by=request.user, changes=changes, appeal=appeal)
        shown = ChangeSet.objects.prefetch_related("changes").get(pk=made.pk)
        return Response(ChangeSetShape(shown).data, status=status.HTTP_201_CREATED)
