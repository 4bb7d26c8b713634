"""Drafts of ideas over the API: listed, kept, thrown away. They are their writer's alone; whoever else asks finds nothing."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.cycles.models import Cycle
from games.errors import NotFound
from games.groups.models import Group
from games.ideas import actions
from games.ideas.api.shapes import IdField
from games.ideas.models import Idea, IdeaDraft
from games.ideas.queries import acting_in
from games.ideas.rules import TEXT
from games.permissions import access_of, visible
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema

LONG = ("summary", "steps", "time", "cost", "people", "went_wrong", "ask", "note", "reason")
SHORT = ("kind", "title", "challenge", "step", "sources", "how", "tags", "licence", "audience")


class IdeaDraftContent(serializers.Serializer[Any]):
    """What is written so far, faults and all, by the names of the form: nothing is needed, nothing is looked at before it is shared."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Text for each; for `readers` ids of teams."""
        found: dict[str, serializers.Field[Any, Any, Any, Any]] = {}
        for name in (*SHORT, *LONG):
            most = TEXT if name in LONG else 1000
            found[name] = serializers.CharField(required=False, allow_blank=True, max_length=most, trim_whitespace=False)
        found["readers"] = serializers.ListField(child=serializers.CharField(max_length=20), required=False, max_length=500)
        return found


class IdeaDraftShape(serializers.ModelSerializer[IdeaDraft]):
    """A draft. `idea`: of which idea it is the next version; without it a new one. Without a group it is the organizers'."""

    content = IdeaDraftContent(read_only=True)

    class Meta:
        model = IdeaDraft
        fields = ("id", "cycle", "group", "idea", "content", "saved_at")
        read_only_fields = fields


class IdeaDraftBegun(serializers.Serializer[Any]):
    """A draft begun. `idea`: to write its next version."""

    idea = IdField(required=False, allow_null=True)
    content = IdeaDraftContent()


class IdeaDraftKept(serializers.Serializer[Any]):
    """What stands in it from now on, in place of all before."""

    content = IdeaDraftContent()


class IdeaDrafts(ReadOnlyModelViewSet[IdeaDraft]):
    """What you are writing, the last saved first. Nobody else reads it, organizers neither."""

    queryset = IdeaDraft.objects.select_related("cycle", "group", "idea", "person")
    serializer_class = IdeaDraftShape
    seen_as = "idea_draft.view"
    permissions = dict.fromkeys(("save", "throw"), "idea_draft.view")
    filterset_fields = ("cycle", "group", "idea")
    ordering = ("-saved_at", "-id")

    @extend_schema(request=IdeaDraftKept, responses=IdeaDraftShape)
    @action(detail=True, methods=["post"])
    def save(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Keep what is written now."""
        row, asked = self.get_object(), asked_for(IdeaDraftKept, request.data)
        kept = actions.save_draft(cycle=row.cycle, person=row.person, content=asked["content"], by=request.user, draft=row)
        return Response(IdeaDraftShape(kept).data)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def throw(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Throw it away."""
        actions.drop_draft(draft=self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _begun(request: Request, cycle: Cycle, group: Group | None) -> Response:
    asked = asked_for(IdeaDraftBegun, request.data)
    rows: QuerySet[Idea] = Idea.objects.filter(cycle=cycle, group=group, pk=asked.get("idea") or 0)
    idea = visible(access_of(request), "idea.tell", rows).first() if asked.get("idea") else None
    person = acting_in(cycle, group, request.user)
    if person is None or (asked.get("idea") and idea is None):
        raise NotFound
    kept = actions.save_draft(cycle=cycle, person=person, content=asked["content"], by=request.user, group=group, idea=idea)
    return Response(IdeaDraftShape(kept).data, status=status.HTTP_201_CREATED)


class GroupDrafting(GenericViewSet[Group]):
    """A member begins a draft for the group."""

    queryset = Group.objects.select_related("cycle")
    serializer_class = IdeaDraftShape  # type: ignore[assignment] # asks about others, answers with a draft
    seen_as = "group.view"
    permissions = {"drafts": "group.submit"}

    @extend_schema(request=IdeaDraftBegun, responses={201: IdeaDraftShape})
    @action(detail=True, methods=["post"], url_path="idea-drafts")
    def drafts(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Begin to write an idea, or the next version of one. It is yours until it is shared."""
        group = self.get_object()
        return _begun(request, group.cycle, group)


class OrganizerDrafting(GenericViewSet[Cycle]):
    """An organizer begins a draft."""

    queryset = Cycle.objects.all()
    serializer_class = IdeaDraftShape  # type: ignore[assignment] # asks about others, answers with a draft
    seen_as = "cycle.view"
    permissions = {"drafts": "cycle.organize"}

    @extend_schema(request=IdeaDraftBegun, responses={201: IdeaDraftShape})
    @action(detail=True, methods=["post"], url_path="idea-drafts")
    def drafts(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Begin to write an idea of the organizers'."""
        return _begun(request, self.get_object(), None)
