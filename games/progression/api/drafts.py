"""Rules being written, over the API: begin, read with everything that is still wrong, save, try in a dry run, launch or amend, throw away."""

from datetime import datetime
from typing import Any

import django_filters
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.cycles.models import Cycle
from games.progression import actions
from games.progression.actions.rehearsing import RehearsalGone, remove_rehearsal, start_rehearsal
from games.progression.actions.succession import CARRY
from games.progression.api import shapes
from games.progression.drafting import read_draft, rehearsal_of
from games.progression.models import Draft, Rehearsal
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema
from leaderboards.engine.language import gettext as _

ORGANIZE = "draft.write"


class ProblemShape(serializers.Serializer[Any]):
    """Where in the rules something is missing or wrong, and what was expected."""

    where = serializers.CharField()
    message = serializers.CharField()


class DraftSummary(serializers.ModelSerializer[Draft]):
    """Rules being written for a cycle: for a draft all of it, for a running cycle the amendment to come."""

    cycle_key = serializers.CharField(source="cycle.key")
    name = serializers.CharField(source="cycle.name")
    state = serializers.CharField(source="cycle.state", help_text="draft, or the state of the cycle that is to be amended.")

    class Meta:
        model = Draft
        fields = ("id", "cycle", "cycle_key", "name", "state", "revision", "saved_at", "carry")
        read_only_fields = fields


class RehearsalShape(serializers.ModelSerializer[Rehearsal]):
    """A dry run: how many of its steps are done, and what stopped it."""

    class Meta:
        model = Rehearsal
        fields = ("id", "cycle", "done", "steps", "error", "finished_at")
        read_only_fields = fields


class DraftDetail(DraftSummary):
    """With the rules as they are written, and what is still missing or wrong. `changes`: what an amendment would change."""

    design = serializers.DictField(source="data")
    problems = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField()
    rehearsal = serializers.SerializerMethodField()

    class Meta:
        model = Draft
        fields = (*DraftSummary.Meta.fields, "design", "problems", "warnings", "changes", "rehearsal")
        read_only_fields = fields

    def to_representation(self, instance: Draft) -> Any:
        """Read once what the rules come to."""
        self.read = read_draft(instance.cycle, instance.data)
        return super().to_representation(instance)

    def get_problems(self, _draft: Draft) -> list[dict[str, str]]:
        """What stops a launch, or the amendment."""
        return [{"where": one.where, "message": one.message} for one in self.read.problems]

    def get_warnings(self, _draft: Draft) -> list[dict[str, str]]:
        """What stops nothing, but is seldom meant."""
        return [{"where": one.where, "message": one.message} for one in self.read.warnings]

    def get_changes(self, _draft: Draft) -> list[dict[str, Any]]:
        """As [{path, before, after}]."""
        return self.read.diff

    def get_rehearsal(self, draft: Draft) -> dict[str, Any] | None:
        """Its dry run, if there is one."""
        found = rehearsal_of(draft.cycle)
        return dict(RehearsalShape(found).data) if found is not None else None


class BeginDraftAsked(serializers.Serializer[Any]):
    """What a draft begins with: a playbook by key (or key@version), or a whole design. Times count from `start`."""

    playbook = serializers.CharField(required=False, max_length=120)
    design = serializers.DictField(required=False)
    key = serializers.SlugField(required=False, max_length=64)
    name = serializers.CharField(required=False, max_length=300)
    start = serializers.DateTimeField(required=False)
    public = serializers.BooleanField(default=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One source, not two, not none."""
        if ("playbook" in attrs) == ("design" in attrs):
            raise serializers.ValidationError({"playbook": _("Send either playbook or design.")})
        return attrs


class SaveDraftAsked(serializers.Serializer[Any]):
    """The rules as they are to be kept, right or wrong, and the revision they were written from."""

    design = serializers.DictField()
    revision = serializers.IntegerField(min_value=1)
    carry = serializers.MultipleChoiceField(choices=sorted(CARRY), required=False)


class LaunchDraftAsked(serializers.Serializer[Any]):
    """The launch, or for a running cycle the amendment, which needs a reason."""

    reason = serializers.CharField(required=False, max_length=shapes.LONGEST)
    public = serializers.BooleanField(required=False)


class MoveDraftAsked(serializers.Serializer[Any]):
    """When the cycle begins: every date moves with it."""

    start = serializers.DateTimeField()
    revision = serializers.IntegerField(required=False, min_value=1)


class DraftFilter(django_filters.FilterSet):
    """Of one cycle."""

    class Meta:
        model = Draft
        fields = ("cycle",)


class Drafts(ReadOnlyModelViewSet[Draft]):
    """Rules being written in the cycles that you organize."""

    queryset = Draft.objects.select_related("cycle")
    serializer_class = DraftSummary
    seen_as = "draft.view"
    permissions = {
        "create": "cycle.launch",
        **dict.fromkeys(("update", "move", "destroy", "launch", "rehearse", "remove_rehearsal"), ORGANIZE),
    }
    filterset_class = DraftFilter
    ordering = ("-saved_at",)

    @extend_schema(responses=DraftDetail)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 the framework's signature
        """One draft with its rules, and with everything that is still missing or wrong."""
        return Response(DraftDetail(self.get_object()).data)

    @extend_schema(request=BeginDraftAsked, responses={201: DraftDetail})
    def create(self, request: Request) -> Response:
        """Begin to write a cycle. Nobody sees it but its organizers until it is launched."""
        asked = asked_for(BeginDraftAsked, request.data)
        source = asked.pop("playbook", None) or asked.pop("design", None)
        asked.pop("design", None)
        cycle = actions.draft_cycle(source, by=request.user, **asked)
        return Response(DraftDetail(Draft.objects.select_related("cycle").get(cycle=cycle)).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=SaveDraftAsked, responses={200: DraftDetail})
    def update(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Keep what is written, right or wrong. Refused when somebody saved in between."""
        draft, asked = self.get_object(), asked_for(SaveDraftAsked, request.data)
        kept = actions.edit_draft(draft, asked["design"], by=request.user, revision=asked["revision"], carry=asked.get("carry"))
        return Response(DraftDetail(kept).data)

    @extend_schema(request=MoveDraftAsked, responses={200: DraftDetail})
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Move every date with the start."""
        draft, asked = self.get_object(), asked_for(MoveDraftAsked, request.data)
        start: datetime = asked["start"]
        return Response(DraftDetail(actions.move_draft(draft, start, by=request.user, revision=asked.get("revision"))).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Throw it away: a draft cycle goes whole, of a running one only the amendment."""
        actions.discard_draft(self.get_object().cycle, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=LaunchDraftAsked, responses={201: shapes.CycleSummary})
    @action(detail=True, methods=["post"])
    def launch(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Launch it, or make the amendment hold. What is missing is named all at once, and nothing is written."""
        cycle = self.get_object().cycle
        asked = asked_for(LaunchDraftAsked, request.data)
        if cycle.design_number:
            actions.amend_as_written(cycle, by=request.user, reason=asked.get("reason", ""))
        else:
            self._may_launch(request)
            actions.launch_draft(cycle, by=request.user, reason=asked.get("reason", ""), public=asked.get("public"))
        return Response(shapes.CycleSummary(Cycle.objects.get(pk=cycle.pk)).data, status=status.HTTP_201_CREATED)

    def _may_launch(self, request: Request) -> None:
        access = request.access  # type: ignore[attr-defined] # loaded by the permission layer
        if not (access.may_launch or access.owner):
            self.permission_denied(request)

    @extend_schema(request=None, responses={202: RehearsalShape})
    @action(detail=True, methods=["post"], url_path="rehearsal")
    def rehearse(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Begin a dry run with invented teams and judges; the worker plays it. The draft says how far it is."""
        found = start_rehearsal(self.get_object().cycle, by=request.user)
        return Response(RehearsalShape(found).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses={204: None})
    @rehearse.mapping.delete
    def remove_rehearsal(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Remove the dry run with everything in it."""
        found = rehearsal_of(self.get_object().cycle)
        if found is None:
            message = _("There is no dry run of it.")
            raise RehearsalGone(message)
        remove_rehearsal(found, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
