"""Sheets: reading them, a judge's queue and marks, reopening by an organizer."""

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.judging import actions
from games.judging.api import acts, shapes
from games.judging.api.asking import access_in
from games.judging.api.others import OthersShape, others_data
from games.judging.models import Sheet
from games.judging.queries import ASKED, entry_for, judgeable, locking, progress_of, queue_of, unless_own
from games.judging.queries.others import others_on
from games.judging.rules import SheetState
from games.playbooks.rules import Capability
from games.submissions.queries import named_rows, with_ordinal
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema


class SheetFilter(django_filters.FilterSet):
    """By cycle, round, task, panel, state; by group where names may be known."""

    cycle = django_filters.NumberFilter(field_name="challenge__round__cycle_id")
    round = django_filters.CharFilter(field_name="challenge__round__key")
    group = django_filters.NumberFilter(method="of_group")
    state = django_filters.ChoiceFilter(choices=[(one.value, one.value) for one in SheetState])

    flagged = django_filters.BooleanFilter(method="of_flag")

    class Meta:
        model = Sheet
        fields = ("challenge", "panel")

    def of_flag(self, rows: QuerySet[Sheet], name: str, value: bool) -> QuerySet[Sheet]:  # noqa: ARG002, FBT001 the library's signature
        """Questions that wait for an answer: one's own as a judge, all of a cycle one organizes. Others cannot tell which sheets have any."""
        access = access_in(self.request)
        inside = Q(judge__in=sorted(access.persons)) | Q(challenge__round__cycle__in=access.cycles_with(Capability.ORGANIZE))
        return rows.filter(inside & ASKED) if value else rows.exclude(inside & ASKED)

    def of_group(self, rows: QuerySet[Sheet], name: str, value: int) -> QuerySet[Sheet]:  # noqa: ARG002 the library's signature
        """In a blind round asking for a group must not tell which entry is its."""
        return rows.filter(named_rows(access_in(self.request), "challenge__round"), group=value)


class Sheets(ReadOnlyModelViewSet[Sheet]):
    """Sheets that you may see: your own as a judge; all as organizer; your group's feedback once published."""

    queryset = with_ordinal(Sheet.objects.select_related("challenge__round__cycle", "group", "judge"))
    serializer_class = shapes.SheetSummary
    seen_as = "sheet.view"
    permissions = {"destroy": "sheet.reopen"}
    filterset_class = SheetFilter

    @extend_schema(responses=shapes.SheetShape)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 the framework's signature
        """One sheet with its marks, its criteria and what was handed in."""
        sheet = self.get_object()
        return Response(shapes.SheetShape(sheet, context={"request": request, "entry": entry_for(sheet)}).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take an assignment back, as long as the judge has not begun."""
        actions.unassign(sheet=self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def get_queryset(self) -> QuerySet[Sheet]:
        """Never what the judge must not judge. One sheet comes with its version and marks."""
        rows = unless_own(super().get_queryset(), access_in(self.request).persons)
        return rows.select_related("version").prefetch_related("marks") if self.action == "retrieve" else rows


class SheetMarking(GenericViewSet[Sheet]):
    """What a judge does."""

    queryset = Sheet.objects.select_related("challenge__round__cycle")
    serializer_class = shapes.SheetSummary
    seen_as = "sheet.mark"
    permissions = dict.fromkeys(("queue", "progress", "marks", "finalize", "recuse", "flag", "others", "revise"), "sheet.mark")
    kept = frozenset({"marks", "finalize", "recuse", "flag", "others", "revise"})
    locked: Callable[[Callable[[QuerySet[Sheet]], QuerySet[Sheet, Any]]], list[Any]]  # laid over it where it is mounted
    filterset_class = SheetFilter
    ordering = ("round_number", "task_number", "after_anchors")

    def get_queryset(self) -> QuerySet[Sheet]:
        """Never the own group's, never in conflict."""
        return judgeable(Sheet.objects.select_related("challenge__round__cycle"))

    @extend_schema(responses=shapes.SheetSummary(many=True))
    @action(detail=False, methods=["get"])
    def queue(self, request: Request) -> Response:
        """What is still to mark, in order of rounds and tasks."""
        rows = self.filter_queryset(queue_of(access_in(request).persons).select_related("judge"))
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(shapes.SheetSummary(page, many=True, context={"request": request}).data)

    @extend_schema(responses=acts.ProgressShape)
    @action(detail=False, methods=["get"], pagination_class=None)
    def progress(self, request: Request) -> Response:  # noqa: ARG002 the framework's signature
        """How many sheets are done and how many remain."""
        found = progress_of(self.filter_queryset(self.get_queryset()))
        return Response(acts.ProgressShape(found).data)

    @extend_schema(request=acts.MarksAsked, responses=acts.SheetSaved)
    @action(detail=True, methods=["put"])
    def marks(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Save marks as a draft."""
        return self._marked(request, actions.save_sheet)

    @extend_schema(request=acts.MarksAsked, responses=acts.SheetSaved)
    @action(detail=True, methods=["post"])
    def finalize(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Save the last marks and make the sheet final. It is durable when this answers."""
        return self._marked(request, actions.finalize)

    def _marked(self, request: Request, verb: Callable[..., Sheet]) -> Response:
        """Both verbs take the same: marks, words, and the revision they were written on. They look the sheet up and lock it at once."""
        asked = asked_for(acts.MarksAsked, request.data)
        kept = verb(
            sheet=lambda: self.locked(locking),
            by=request.user,
            marks=acts.given_marks(asked.get("marks", ())),
            comment=asked.get("comment"),
            note=asked.get("note"),
            revision=asked.get("revision"),
        )
        return Response(acts.saved(kept))

    @extend_schema(request=acts.RecuseAsked, responses=acts.SheetSaved)
    @action(detail=True, methods=["post"])
    def recuse(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Give the sheet back; with `conflict` all of the judge's sheets on this group."""
        sheet = self.get_object()
        asked = asked_for(acts.RecuseAsked, request.data)
        given_back = actions.recuse(sheet=sheet, by=request.user, reason=asked["reason"])
        if asked.get("conflict"):
            actions.say_too_close(person=given_back.judge, group=given_back.group, by=request.user, reason=asked["reason"])
        return Response(acts.saved(given_back))

    @extend_schema(request=acts.FlagAsked, responses=acts.FlagShape)
    @action(detail=True, methods=["post"])
    def flag(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Ask the organizers to look at this entry; an empty text takes the question back."""
        sheet = self.get_object()
        asked = asked_for(acts.FlagAsked, request.data)
        flagged = actions.flag_sheet(sheet=sheet, by=request.user, text=asked["text"])
        return Response(acts.FlagShape(flagged).data)

    @extend_schema(responses=OthersShape)
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def others(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """What the other judges of the panel gave the same entry, as far as the round's rules let you see it now."""
        return Response(OthersShape(others_data(others_on(self.get_object()))).data)

    @extend_schema(request=None, responses=acts.SheetSaved)
    @action(detail=True, methods=["post"])
    def revise(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Open your own final sheet on an anchor again, while the panel talks about its calibration. What it said is kept."""
        return Response(acts.saved(actions.revise_anchor(sheet=self.get_object(), by=request.user)))


class SheetRuling(GenericViewSet[Sheet]):
    """What organizers do with sheets."""

    queryset = Sheet.objects.select_related("challenge__round__cycle")
    seen_as = "sheet.reopen"
    permissions = {"reopen": "sheet.reopen", "answer": "sheet.answer_flag"}

    @extend_schema(request=acts.ReasonAsked, responses=acts.SheetSaved)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Open a final or recused sheet again, by decision with a reason."""
        asked = asked_for(acts.ReasonAsked, request.data)
        return Response(acts.saved(actions.reopen(sheet=self.get_object(), by=request.user, reason=asked["reason"])))

    @extend_schema(request=acts.FlagAnswered, responses=acts.FlagShape)
    @action(detail=True, methods=["post"], url_path="flag/answer")
    def answer(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Answer what the judge flagged."""
        asked = asked_for(acts.FlagAnswered, request.data)
        answered = actions.answer_flag(sheet=self.get_object(), by=request.user, answer=asked.get("answer", ""))
        return Response(acts.FlagShape(answered).data)
