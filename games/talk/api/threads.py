"""Threads and posts over the API: found, opened, continued, corrected; answers accepted, help marked; reported, ruled on."""

from typing import Any

import django_filters
from django.db.models import Count, QuerySet
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.cycles.models import Cycle
from games.errors import NotAllowed, NotFound
from games.groups.models import Group
from games.ideas.models import Idea
from games.permissions import access_of, allows, visible
from games.talk import actions
from games.talk.api import shapes
from games.talk.api.caring import Heeding
from games.talk.models import Post, Thread
from games.talk.queries import with_counts
from games.talk.rules import ThreadKind
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema
from leaderboards.engine.language import gettext as _


class ThreadFilter(django_filters.FilterSet):
    """Of one cycle, idea, group or kind; answered or still open."""

    kind = django_filters.ChoiceFilter(choices=[(one.value, one.value) for one in ThreadKind])
    answered = django_filters.BooleanFilter(field_name="answered_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Thread
        fields = ("cycle", "idea", "group")


class Threads(ReadOnlyModelViewSet[Thread]):
    """Talk about what you may see, the newest first: on an idea as far as the idea, on the board for its teams and organizers."""

    queryset = with_counts(Thread.objects.all())
    serializer_class = shapes.ThreadShape
    seen_as = "thread.view"
    permissions = {"posts": "thread.say", "reopen": "thread.settle"}
    filterset_class = ThreadFilter
    ordering = ("-opened_at", "-id")

    @extend_schema(request=shapes.SayingAsked, responses={201: shapes.PostShape})
    @action(detail=True, methods=["post"])
    def posts(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Say something, for a group of yours or as an organizer."""
        thread, asked = self.get_object(), asked_for(shapes.SayingAsked, request.data)
        group = _speaking(request, thread.cycle, asked.get("group"))
        made = actions.say(thread=thread, text=asked["text"], by=request.user, group=group)
        return Response(_post(request, made), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=shapes.ThreadShape)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The accepted answer is none after all."""
        thread = self.get_object()
        actions.reopen(thread=thread, by=request.user)
        return Response(shapes.ThreadShape(self.get_queryset().get(pk=thread.pk)).data)


def _speaking(request: Request, cycle: Cycle, group: int | None) -> Group | None:
    """For which group is spoken; without one as an organizer."""
    access = access_of(request)
    if group is None:
        if not allows(access, "cycle.organize", cycle):
            raise NotAllowed(_("Say for which of your groups you speak."), where="group")
        return None
    found = visible(access, "group.submit", Group.objects.filter(pk=group, cycle=cycle)).first()
    if found is None:
        raise NotFound
    return found


def _post(request: Request, post: Post) -> dict[str, Any]:
    return dict(shapes.PostShape(post, context={"persons": access_of(request).persons}).data)


class Posts(ReadOnlyModelViewSet[Post], Heeding):
    """What is said in threads you may see, in order."""

    queryset = Post.objects.all()
    serializer_class = shapes.PostShape
    seen_as = "post.view"
    permissions = {
        "correct": "post.correct",
        **dict.fromkeys(("accept", "helpful", "unhelpful", "thank", "thank_back", "report"), "post.heed"),
        **dict.fromkeys(("hide", "leave"), "post.moderate"),
    }
    filterset_fields = ("thread", "group", "corrects")
    ordering = ("thread_id", "number")

    def get_queryset(self) -> QuerySet[Post]:
        """With what a row shows."""
        return super().get_queryset().select_related("thread__cycle", "group", "author").annotate(thanked=Count("thanks"))

    def get_serializer_context(self) -> dict[str, Any]:
        """Who reads, so that each row says whether it is theirs."""
        return {**super().get_serializer_context(), "persons": access_of(self.request).persons}

    @extend_schema(request=shapes.TextAsked, responses={201: shapes.PostShape})
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Say it anew: read in place of the first, which stays."""
        post = self.get_object()
        made = actions.correct_post(post=post, by=request.user, **asked_for(shapes.TextAsked, request.data))
        return Response(_post(request, made), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=shapes.ThreadShape)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It answers your question."""
        return self._settled(request, actions.accept)

    @extend_schema(request=None, responses=shapes.ThreadShape)
    @action(detail=True, methods=["post"])
    def helpful(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It helped with your barrier."""
        return self._settled(request, actions.mark_helpful)

    @extend_schema(request=None, responses=shapes.ThreadShape)
    @action(detail=True, methods=["post"])
    def unhelpful(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It did not help after all."""
        return self._settled(request, actions.unmark_helpful)

    def _settled(self, request: Request, act: Any) -> Response:
        post = self.get_object()
        if not allows(access_of(request), "thread.settle", post.thread):
            raise NotAllowed(_("Whoever asked says what answers it."))
        act(post=post, by=request.user)
        return Response(shapes.ThreadShape(with_counts(Thread.objects.all()).get(pk=post.thread_id)).data)

    @extend_schema(request=shapes.WhyAsked, responses={201: shapes.RulingShape})
    @action(detail=True, methods=["post"])
    def hide(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take it out of sight, with a reason that its author reads. With its opening a thread goes."""
        return self._ruled(request, "hidden")

    @extend_schema(request=shapes.WhyAsked, responses={201: shapes.RulingShape})
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Leave it, with a reason: open reports of it are answered so."""
        return self._ruled(request, "left")

    def _ruled(self, request: Request, verdict: str) -> Response:
        post, asked = self.get_object(), asked_for(shapes.WhyAsked, request.data)
        made = actions.rule(what=post, verdict=verdict, why=asked["why"], by=request.user)
        return Response(shapes.RulingShape(made).data, status=status.HTTP_201_CREATED)


def _opened(request: Request, cycle: Cycle, group: Group | None) -> Response:
    asked = asked_for(shapes.OpeningAsked, request.data)
    number, idea = asked.pop("idea", None), None
    if number is not None:
        idea = visible(access_of(request), "idea.view", Idea.objects.filter(pk=number, cycle=cycle)).first()
        if idea is None:
            raise NotFound
    made = actions.open_thread(cycle=cycle, group=group, idea=idea, by=request.user, **asked)
    shown = with_counts(Thread.objects.filter(pk=made.pk)).get()
    return Response(shapes.ThreadShape(shown).data, status=status.HTTP_201_CREATED)


class GroupTalk(GenericViewSet[Group]):
    """A group opens a thread."""

    queryset = Group.objects.select_related("cycle")
    serializer_class: type[serializers.Serializer[Any]] = shapes.ThreadShape
    seen_as = "group.view"
    permissions = {"threads": "group.submit"}

    @extend_schema(request=shapes.OpeningAsked, responses={201: shapes.ThreadShape})
    @action(detail=True, methods=["post"])
    def threads(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Talk about an idea, ask a question or somebody who did it, post a barrier."""
        group = self.get_object()
        return _opened(request, group.cycle, group)


class OrganizerTalk(GenericViewSet[Cycle]):
    """Organizers open a thread."""

    queryset = Cycle.objects.all()
    serializer_class: type[serializers.Serializer[Any]] = shapes.ThreadShape
    seen_as = "cycle.view"
    permissions = {"threads": "cycle.organize"}

    @extend_schema(request=shapes.OpeningAsked, responses={201: shapes.ThreadShape})
    @action(detail=True, methods=["post"])
    def threads(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """A thread of the organizers'."""
        return _opened(request, self.get_object(), None)
