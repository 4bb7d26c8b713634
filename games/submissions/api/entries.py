"""Entries: reading them, writing them as a group, ruling on them as an organizer."""

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.challenges.models import Challenge
from games.errors import NotFound
from games.groups.models import Group
from games.rounds.queries import begun_q
from games.submissions import actions
from games.submissions.api import shapes
from games.submissions.api.asking import access_in
from games.submissions.models import Submission, Version
from games.submissions.queries import (
    acting,
    eyes,
    locking_with_uploads,
    named_rows,
    person_of,
    rules_of,
    version_data,
    with_ordinal,
)
from games.submissions.rules import SubmissionState
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema
from leaderboards.engine.numbers import text


class EntryFilter(django_filters.FilterSet):
    """By cycle, round, task, state; by group where names may be known."""

    cycle = django_filters.NumberFilter(field_name="challenge__round__cycle_id")
    round = django_filters.CharFilter(field_name="challenge__round__key")
    group = django_filters.NumberFilter(method="of_group")
    state = django_filters.ChoiceFilter(choices=[(one.value, one.value) for one in SubmissionState])

    class Meta:
        model = Submission
        fields = ("challenge",)

    def of_group(self, rows: QuerySet[Submission], name: str, value: int) -> QuerySet[Submission]:  # noqa: ARG002 the library's signature
        """In a blind round asking for a group must not tell which entry is its."""
        return rows.filter(named_rows(access_in(self.request), "challenge__round"), group=value)


class Entries(ReadOnlyModelViewSet[Submission]):
    """Entries that you may see: your group's; as judge or organizer those handed in; everybody's once published in full."""

    queryset = with_ordinal(
        Submission.objects.select_related("challenge__round__cycle", "group", "pinned").prefetch_related("uploads")
    )
    serializer_class = shapes.EntryShape
    seen_as = "submission.view"
    filterset_class = EntryFilter


class VersionFilter(django_filters.FilterSet):
    """Of one entry."""

    class Meta:
        model = Version
        fields = ("submission",)


class Versions(ReadOnlyModelViewSet[Version]):
    """Every version of the entries that you may see, as it was handed in."""

    queryset = Version.objects.select_related("submission__challenge__round__cycle").prefetch_related("submission__uploads")
    serializer_class = shapes.VersionShape
    seen_as = "version.view"
    filterset_class = VersionFilter
    ordering = ("submission_id", "number")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 the framework's signature
        """In order of entries and numbers."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([self._shape(request, one) for one in page])

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 the framework's signature
        """One version."""
        return Response(self._shape(request, self.get_object()))

    def _shape(self, request: Request, version: Version) -> dict[str, Any]:
        entry = version.submission
        return version_data(version, entry, eyes(access_in(request), entry.challenge.round, entry.group_id))


class Entering(GenericViewSet[Group]):
    """What a group begins."""

    queryset = Group.objects.all()
    seen_as = "group.submit"
    permissions = dict.fromkeys(("submissions", "attempts", "hints"), "group.submit")

    def get_queryset(self) -> QuerySet[Group]:
        """With the person as whom the user acts."""
        return Group.objects.annotate(me=acting(access_in(self.request), "pk"))

    @extend_schema(request=shapes.Begin, responses={201: shapes.EntryShape})
    @action(detail=True, methods=["post"])
    def submissions(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Begin an entry: a draft. How many a group may have is said by the task."""
        group = self.get_object()
        asked = asked_for(shapes.Begin, request.data)
        entry = actions.open_entry(
            challenge=_challenge(request, group, asked["challenge"]),
            group=group,
            by=request.user,
            data=asked.get("data"),
            person=person_of(group),
        )
        shown = Entries.queryset.get(pk=entry.pk)
        return Response(shapes.EntryShape(shown, context={"request": request}).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.TryAsked, responses={201: shapes.AttemptShape})
    @action(detail=True, methods=["post"])
    def attempts(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Try a task. An automatic check answers at once."""
        group = self.get_object()
        asked = asked_for(shapes.TryAsked, request.data)
        made = actions.attempt(
            challenge=_challenge(request, group, asked["challenge"]),
            group=group,
            by=request.user,
            person=person_of(group),
            answer=asked.get("answer", ""),
            value=asked.get("value"),
        )
        return Response(shapes.AttemptShape(made, context={"request": request}).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.HintAsked, responses=shapes.HintShape)
    @action(detail=True, methods=["post"])
    def hints(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take a hint. Its cost is lost once; asking again shows it again."""
        group = self.get_object()
        asked = asked_for(shapes.HintAsked, request.data)
        challenge = _challenge(request, group, asked["challenge"])
        bought = actions.buy_hint(challenge=challenge, group=group, key=asked["hint"], by=request.user, person=person_of(group))
        hint = next(one for one in rules_of(challenge)[1].hints if one.key == bought.answer)
        return Response({"key": hint.key, "text": hint.text, "cost": text(hint.cost), "attempt": bought.pk})


def _challenge(request: Request, group: Group, pk: int) -> Challenge:
    """A task of the group's cycle. One in a round that has not begun is not there yet."""
    found = Challenge.objects.filter(begun_q(access_in(request).now, "round__"), pk=pk, round__cycle=group.cycle_id)
    challenge = found.select_related("round__cycle").first()
    if challenge is None:
        raise NotFound
    return challenge


class EntryWriting(GenericViewSet[Submission]):
    """What a group does with its own entry."""

    queryset = Submission.objects.all()
    seen_as = "submission.edit"
    permissions = dict.fromkeys(("draft", "versions", "pin", "withdraw", "restore"), "submission.edit")
    proved = frozenset({"versions"})
    kept = frozenset(permissions)
    locked: Callable[[Callable[[QuerySet[Submission]], QuerySet[Submission, Any]]], list[Any]]  # laid over it where it is mounted

    def get_queryset(self) -> QuerySet[Submission]:
        """With its round, and with the person as whom the user acts."""
        rows = Submission.objects.select_related("challenge__round__cycle")
        return rows.annotate(me=acting(access_in(self.request)))

    @extend_schema(request=shapes.DraftAsked, responses=shapes.DraftSaved)
    @action(detail=True, methods=["put"])
    def draft(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Save the draft. Refused with `stale_draft` if somebody saved since `base`."""
        asked, entry = asked_for(shapes.DraftAsked, request.data), self.get_object()
        saved = actions.save_draft(
            submission=entry,
            data=asked["data"],
            note=asked.get("note"),
            by=request.user,
            person=person_of(entry),
            base=asked.get("base"),
            check_base="base" in asked,
        )
        return Response({"draft_saved_at": saved.draft_saved_at})

    @extend_schema(request=shapes.SubmitAsked, responses={201: shapes.Receipt})
    @action(detail=True, methods=["post"])
    def versions(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Hand in the next version. The answer is the receipt."""
        asked = asked_for(shapes.SubmitAsked, request.data)
        version = actions.submit(
            submission=lambda: self.locked(locking_with_uploads),
            by=request.user,
            data=asked.get("data"),
            note=asked.get("note"),
            base=asked.get("base"),
            check_base="base" in asked,
        )
        return Response(shapes.receipt(version), status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.PinAsked, responses=shapes.StateShape)
    @action(detail=True, methods=["post"])
    def pin(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Let an earlier version count, until the deadline."""
        asked = asked_for(shapes.PinAsked, request.data)
        entry = actions.pin(submission=self.get_object(), number=asked["number"], by=request.user)
        return Response({"id": entry.pk, "state": entry.state})

    @extend_schema(request=None, responses=shapes.StateShape)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take the entry back, until the deadline. It stays in the record."""
        entry = actions.withdraw(submission=self.get_object(), by=request.user)
        return Response({"id": entry.pk, "state": entry.state})

    @extend_schema(request=None, responses=shapes.StateShape)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Let an entry count again that the group took back itself, until the deadline."""
        entry = actions.restore(submission=self.get_object(), by=request.user)
        return Response({"id": entry.pk, "state": entry.state})


class EntryRuling(GenericViewSet[Submission]):
    """What organizers decide about one entry, each time with a reason."""

    queryset = Submission.objects.select_related("challenge__round__cycle")
    seen_as = "submission.rule_on"
    permissions = {"rule": "submission.rule_on", "numbers": "submission.rule_on"}

    @extend_schema(request=shapes.RuleAsked, responses=shapes.StateShape)
    @action(detail=True, methods=["post"])
    def rule(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Withdraw, disqualify or reinstate. The entry stays in the record."""
        entry = self.get_object()
        asked = asked_for(shapes.RuleAsked, request.data)
        match asked["verb"]:
            case "withdraw":
                entry = actions.withdraw(submission=entry, by=request.user, reason=asked["reason"], decided=True)
            case "disqualify":
                entry = actions.disqualify(submission=entry, by=request.user, reason=asked["reason"])
            case _:
                entry = actions.reinstate(submission=entry, by=request.user, reason=asked["reason"])
        return Response({"id": entry.pk, "state": entry.state})

    @extend_schema(request=shapes.FieldsAsked, responses=shapes.Receipt)
    @action(detail=True, methods=["put"])
    def numbers(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Set numbers that organizers measure, as a new version with the same answers."""
        entry = self.get_object()
        asked = asked_for(shapes.FieldsAsked, request.data)
        version = actions.set_fields(submission=entry, fields=asked["numbers"], by=request.user, reason=asked["reason"])
        return Response(shapes.receipt(version))
