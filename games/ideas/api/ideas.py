"""Ideas over the API: found, read, shared, told anew, widened, hidden, their credit divided, their lineage."""

from collections.abc import Collection, Sequence
from typing import Any

import django_filters
from django.db.models import Model, QuerySet
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.errors import NotFound
from games.groups.models import Group
from games.ideas import actions
from games.ideas.actions import Citation
from games.ideas.api import shapes
from games.ideas.models import Idea
from games.ideas.queries import FeedAsked, built_on, feed, lineage_of, shares_of, sources_of, with_story
from games.ideas.rules import SOURCES, Audience, DerivationKind, IdeaInvalid, IdeaKind
from games.permissions import Access, access_of, visible
from games.submissions.models import Attempt, Submission
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema
from leaderboards.engine.language import gettext as _


class IdeaFilter(django_filters.FilterSet):
    """Of one cycle, group, kind, task; by a tag; with words in them."""

    kind = django_filters.ChoiceFilter(choices=[(one.value, one.value) for one in IdeaKind])
    tag = django_filters.CharFilter(method="tagged")
    q = django_filters.CharFilter(method="searched", help_text="Every word has to occur; the first twenty are looked for.")

    class Meta:
        model = Idea
        fields = ("cycle", "group", "challenge")

    def tagged(self, rows: QuerySet[Idea], name: str, value: str) -> QuerySet[Idea]:  # noqa: ARG002 the library's signature
        """Found by this word."""
        return feed(rows, FeedAsked(tag=value))

    def searched(self, rows: QuerySet[Idea], name: str, value: str) -> QuerySet[Idea]:  # noqa: ARG002 the library's signature
        """With every word of it."""
        return feed(rows, FeedAsked(words=value))


def _seen(request: Request) -> QuerySet[Idea]:
    return visible(access_of(request), "idea.view", Idea.objects.all())


class Ideas(ReadOnlyModelViewSet[Idea]):
    """What is shared, as far as you may read it, the newest first."""

    queryset = with_story(Idea.objects.all()).prefetch_related("tags")
    serializer_class = shapes.IdeaShape
    seen_as = "idea.view"
    permissions = {
        "lineage": "idea.view",
        "versions": "idea.tell",
        "widen": "idea.widen",
        "credit": "idea.split",
        "hide": "idea.moderate",
        "show": "idea.moderate",
    }
    filterset_class = IdeaFilter
    ordering = ("-shared_at", "-id")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 the framework's signature
        """Without their stories."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        counts = built_on([one.pk for one in page], _seen(request))
        for one in page:
            one.built_on = counts.get(one.pk, 0)  # type: ignore[attr-defined] # read by the shape
        return self.get_paginated_response(shapes.IdeaShape(page, many=True).data)

    @extend_schema(responses=shapes.WholeIdeaShape)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 the framework's signature
        """One idea with its story, its sources and its credit."""
        return Response(_whole(request, self.get_object()))

    @extend_schema(responses=shapes.LineageShape)
    @action(detail=True)
    def lineage(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Where it came from and what grew from it, ten steps each way."""
        return Response(shapes.LineageShape(lineage_of(self.get_object(), _seen(request))).data)

    @extend_schema(request=shapes.TellingAsked, responses={201: shapes.IdeaVersionShape})
    @action(detail=True, methods=["post"])
    def versions(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Tell it anew: earlier versions stay."""
        idea = self.get_object()
        told = shapes.telling(asked_for(shapes.TellingAsked, request.data), kind=idea.kind)
        made = actions.share_version(idea=idea, told=told, by=request.user)
        return Response(shapes.IdeaVersionShape(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.ReadersAsked, responses=shapes.WholeIdeaShape)
    @action(detail=True, methods=["post"])
    def widen(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """More people may read it. Never fewer."""
        idea, asked = self.get_object(), asked_for(shapes.ReadersAsked, request.data)
        readers = _readers(request, idea.cycle_id, asked)
        actions.widen(idea=idea, audience=asked["audience"], by=request.user, readers=readers)
        return self._answer(request, idea)

    @extend_schema(request=shapes.CreditAsked, responses=shapes.WholeIdeaShape)
    @action(detail=True, methods=["put"])
    def credit(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Divide its credit among groups. A group's share shrinks only by its own hand."""
        idea, asked = self.get_object(), asked_for(shapes.CreditAsked, request.data)
        shares = {one["group"]: one["basis_points"] for one in asked["shares"]}
        if len(shares) < len(asked["shares"]):
            raise IdeaInvalid(_("A group is named twice."), where="shares")
        _readers(request, idea.cycle_id, {"readers": shares.keys() - shares_of(idea).keys()})
        actions.split_credit(idea=idea, shares=shares, by=request.user)
        return self._answer(request, idea)

    @extend_schema(request=shapes.HideAsked, responses=shapes.WholeIdeaShape)
    @action(detail=True, methods=["post"])
    def hide(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take it out of sight, with a reason."""
        idea = self.get_object()
        actions.hide(idea=idea, by=request.user, **asked_for(shapes.HideAsked, request.data))
        return self._answer(request, idea)

    @extend_schema(request=None, responses=shapes.WholeIdeaShape)
    @action(detail=True, methods=["post"])
    def show(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Whoever could read it before may read it again."""
        idea = self.get_object()
        actions.show_again(idea=idea, by=request.user)
        return self._answer(request, idea)

    def _answer(self, request: Request, idea: Idea) -> Response:
        return Response(_whole(request, self.get_queryset().get(pk=idea.pk)))


def _whole(request: Request, idea: Idea) -> dict[str, Any]:
    """One idea as this person may see it."""
    seen = _seen(request)
    links = sources_of([idea.pk]).get(idea.pk, [])
    there = {one.pk: one for one in seen.filter(pk__in=[link.source_id for link in links])}
    told: Any = idea
    told.built_on = built_on([idea.pk], seen).get(idea.pk, 0)
    told.sources = [
        {
            "idea": link.source_id if link.source_id in there else None,
            "number": there[link.source_id].number if link.source_id in there else None,
            "title": there[link.source_id].title if link.source_id in there else None,
            "kind": link.kind,
            "reason": link.reason,
        }
        for link in links
    ]
    told.split = [{"group": group, "basis_points": points} for group, points in sorted(shares_of(idea).items())]
    return dict(shapes.WholeIdeaShape(told).data)


def _one[M: Model](access: Access, name: str, rows: QuerySet[M], pk: int, **where: Any) -> M:
    found = visible(access, name, rows.filter(pk=pk, **where)).first()
    if found is None:
        raise NotFound
    return found


def _readers(request: Request, cycle: int, asked: dict[str, Any]) -> list[Group]:
    wanted = set(asked.get("readers", ()))
    found = list(visible(access_of(request), "group.view", Group.objects.filter(cycle=cycle, pk__in=wanted)))
    if len(found) < len(wanted):
        raise NotFound
    return found


def _cited(access: Access, asked: Collection[dict[str, Any]]) -> Sequence[Citation]:
    """The sources, each seen by the person; what may not be seen is absent."""
    made = []
    if len(asked) > SOURCES:
        message = _("At most {sources} sources.", sources=SOURCES)
        raise IdeaInvalid(message, where="sources")
    for one in asked:
        named = [name for name in ("idea", "submission", "attempt") if name in one]
        if len(named) != 1:
            raise IdeaInvalid(_("Name one of an idea, a submission, an attempt."), where="sources")
        source: Idea | Submission | Attempt
        if "idea" in one:
            source = _one(access, "idea.view", Idea.objects.all(), one["idea"])
        elif "submission" in one:
            source = _one(access, "submission.view", Submission.objects.all(), one["submission"])
        else:
            source = _one(access, "attempt.view", Attempt.objects.all(), one["attempt"])
        made.append(Citation(source, one.get("kind", DerivationKind.BUILDS_ON.value), one.get("reason", "")))
    return made


def _share(request: Request, cycle: Cycle, group: Group | None) -> Response:
    asked, access = asked_for(shapes.SharingAsked, request.data), access_of(request)
    task = None
    if asked.get("challenge") is not None:
        tasks = Challenge.objects.select_related("round")
        task = _one(access, "challenge.view", tasks, asked["challenge"], round__cycle=cycle)
    idea = actions.share_idea(
        cycle=cycle,
        group=group,
        told=shapes.telling(asked),
        by=request.user,
        audience=asked.get("audience", Audience.ORGANIZERS.value),
        readers=_readers(request, cycle.pk, asked),
        sources=_cited(access, asked.get("sources", ())),
        challenge=task,
    )
    shown = Ideas.queryset.get(pk=idea.pk)
    return Response(_whole(request, shown), status=status.HTTP_201_CREATED)


class GroupSharing(GenericViewSet[Group]):
    """A group shares."""

    queryset = Group.objects.select_related("cycle")
    serializer_class = shapes.WholeIdeaShape  # type: ignore[assignment] # asks about others, answers with an idea
    seen_as = "group.view"
    permissions = {"ideas": "group.submit"}

    @extend_schema(request=shapes.SharingAsked, responses={201: shapes.WholeIdeaShape})
    @action(detail=True, methods=["post"])
    def ideas(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Share an idea, and say what it came from."""
        group = self.get_object()
        return _share(request, group.cycle, group)


class OrganizerSharing(GenericViewSet[Cycle]):
    """Organizers share ideas and failures of their own."""

    queryset = Cycle.objects.all()
    serializer_class = shapes.WholeIdeaShape  # type: ignore[assignment] # asks about others, answers with an idea
    seen_as = "cycle.view"
    permissions = {"ideas": "cycle.organize"}

    @extend_schema(request=shapes.SharingAsked, responses={201: shapes.WholeIdeaShape})
    @action(detail=True, methods=["post"])
    def ideas(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Share an idea of the organizers'."""
        return _share(request, self.get_object(), None)
