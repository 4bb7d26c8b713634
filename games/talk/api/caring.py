"""Thanks, cheers and follows over the API."""

from typing import Any

from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.groups.models import Group
from games.ideas.models import Idea
from games.talk import actions
from games.talk.api import shapes
from games.talk.models import Follow, Thread
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema


class Follows(ReadOnlyModelViewSet[Follow]):
    """What you follow."""

    queryset = Follow.objects.all()
    serializer_class = shapes.FollowShape
    seen_as = "follow.view"
    filterset_fields = ("cycle",)
    ordering = ("-at", "-id")


class _Following(GenericViewSet[Any]):
    """Follow it, or no more."""

    serializer_class: type[serializers.Serializer[Any]] = shapes.DoneShape

    @extend_schema(request=None, responses=shapes.FollowShape)
    @action(detail=True, methods=["post"])
    def follow(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Hear of what comes of it. Twice is once."""
        return Response(shapes.FollowShape(actions.follow(what=self.get_object(), by=request.user)).data)

    @extend_schema(request=None, responses=shapes.DoneShape)
    @action(detail=True, methods=["post"])
    def unfollow(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Hear of it no more."""
        actions.unfollow(what=self.get_object(), by=request.user)
        return Response({"done": True})


class ThreadCare(_Following):
    """Following a thread."""

    queryset = Thread.objects.select_related("cycle")
    seen_as = "thread.view"
    permissions = dict.fromkeys(("follow", "unfollow"), "thread.heed")


class Heeding(GenericViewSet[Any]):
    """Thanking for what was shared or said, and reporting it."""

    @extend_schema(request=None, responses=shapes.DoneShape)
    @action(detail=True, methods=["post"])
    def thank(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Thank for it: once, and not for your own."""
        actions.thank(what=self.get_object(), by=request.user)
        return Response({"done": True})

    @extend_schema(request=None, responses=shapes.DoneShape)
    @action(detail=True, methods=["post"], url_path="thank-back")
    def thank_back(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take your thanks back."""
        actions.thank_back(what=self.get_object(), by=request.user)
        return Response({"done": True})

    @extend_schema(request=shapes.WhyAsked, responses={201: shapes.ReportShape})
    @action(detail=True, methods=["post"])
    def report(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Ask the organizers to look at it. Whose it is never learns who did."""
        said = self.get_object()
        made = actions.report(what=said, by=request.user, **asked_for(shapes.WhyAsked, request.data))
        return Response(shapes.ReportShape(made).data, status=status.HTTP_201_CREATED)


class IdeaCare(_Following, Heeding):
    """Following an idea, thanking for it, reporting it."""

    queryset = Idea.objects.select_related("cycle", "author")
    seen_as = "idea.view"
    permissions = dict.fromkeys(("follow", "unfollow", "thank", "thank_back", "report"), "idea.heed")


class GroupCare(_Following):
    """Following a group: what it shares and opens. A cheer for it."""

    queryset = Group.objects.select_related("cycle")
    seen_as = "group.view"
    permissions = dict.fromkeys(("follow", "unfollow", "cheer", "cheer_back"), "group.heed")

    @extend_schema(request=None, responses=shapes.DoneShape)
    @action(detail=True, methods=["post"])
    def cheer(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Cheer the group: once, and not your own."""
        actions.thank(what=self.get_object(), by=request.user)
        return Response({"done": True})

    @extend_schema(request=None, responses=shapes.DoneShape)
    @action(detail=True, methods=["post"], url_path="cheer-back")
    def cheer_back(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take it back."""
        actions.thank_back(what=self.get_object(), by=request.user)
        return Response({"done": True})
