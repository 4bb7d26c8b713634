"""Suggestions over the API: found, made, looked at before, supported, decided, applied; and the log of the rules."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.cycles.models import Cycle
from games.permissions import access_of
from games.progression.drafting import begun_rounds
from games.suggestions import actions
from games.suggestions.api import shapes
from games.suggestions.models import Suggestion
from games.suggestions.queries import at_the_gate, credit_of, log_of, with_support
from games.suggestions.rules import SuggestionState
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema

MOST_LOGGED = 200


class SuggestionFilter(django_filters.FilterSet):
    """Of one cycle, in one state; those that became a rule, or not."""

    state = django_filters.ChoiceFilter(choices=[(one.value, one.value) for one in SuggestionState])
    applied = django_filters.BooleanFilter(field_name="design_number", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Suggestion
        fields = ("cycle",)


class Suggestions(ReadOnlyModelViewSet[Suggestion]):
    """What people suggest to change in the rules, the newest first: as far as you take part, and everybody once it is a rule."""

    queryset = Suggestion.objects.all()
    serializer_class = shapes.SuggestionShape
    seen_as = "suggestion.view"
    permissions = {
        **dict.fromkeys(("support", "support_no_more"), "suggestion.support"),
        "withdraw": "suggestion.withdraw",
        **dict.fromkeys(("accept", "decline", "reopen"), "suggestion.decide"),
    }
    filterset_class = SuggestionFilter
    ordering = ("-at", "-id")

    def get_queryset(self) -> QuerySet[Suggestion]:
        """With what a row shows."""
        return with_support(super().get_queryset(), access_of(self.request).persons)

    def get_serializer_context(self) -> dict[str, Any]:
        """Who reads, so that each row says whether it is theirs."""
        return {**super().get_serializer_context(), "persons": access_of(self.request).persons}

    def _now(self, request: Request, pk: int) -> Response:
        rows = with_support(Suggestion.objects.filter(pk=pk), access_of(request).persons)
        return Response(shapes.SuggestionShape(rows.get(), context=self.get_serializer_context()).data)

    @extend_schema(request=None, responses=shapes.SuggestionShape)
    @action(detail=True, methods=["post"])
    def support(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """You want it too: once, and not your own."""
        row = self.get_object()
        actions.support(suggestion=row, by=request.user)
        return self._now(request, row.pk)

    @extend_schema(request=None, responses=shapes.SuggestionShape)
    @action(detail=True, methods=["post"], url_path="support-no-more")
    def support_no_more(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take your support back while it is open."""
        row = self.get_object()
        actions.support_no_more(suggestion=row, by=request.user)
        return self._now(request, row.pk)

    @extend_schema(request=None, responses=shapes.SuggestionShape)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take your suggestion back while it is open."""
        return self._now(request, actions.withdraw(suggestion=self.get_object(), by=request.user).pk)

    @extend_schema(request=shapes.AcceptAsked, responses=shapes.SuggestionShape)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It shall be a rule, as suggested or with your own `change`. It waits for the gate."""
        row, asked = self.get_object(), asked_for(shapes.AcceptAsked, request.data)
        return self._now(request, actions.accept(suggestion=row, by=request.user, **asked).pk)

    @extend_schema(request=shapes.DeclineAsked, responses=shapes.SuggestionShape)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It shall not be a rule, with a reason."""
        row, asked = self.get_object(), asked_for(shapes.DeclineAsked, request.data)
        return self._now(request, actions.decline(suggestion=row, by=request.user, **asked).pk)

    @extend_schema(request=None, responses=shapes.SuggestionShape)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Think again, as long as it is no rule yet."""
        return self._now(request, actions.reopen(suggestion=self.get_object(), by=request.user).pk)


class Suggesting(GenericViewSet[Cycle]):
    """Suggesting in a cycle, applying what was accepted, and the log of its rules."""

    queryset = Cycle.objects.all()
    serializer_class: type[serializers.Serializer[Any]] = shapes.SuggestionShape
    seen_as = "cycle.view"
    permissions = {"suggest": "cycle.suggest", "preview": "cycle.suggest", "apply": "cycle.organize", "log": "cycle.view"}

    def _told(self, request: Request, rows: QuerySet[Suggestion]) -> Any:
        persons = access_of(request).persons
        return shapes.SuggestionShape(with_support(rows, persons), many=True, context={"persons": persons}).data

    @extend_schema(request=shapes.SuggestionAsked, responses={201: shapes.SuggestionShape})
    @action(detail=True, methods=["post"], url_path="suggestions")
    def suggest(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Suggest something about the rules: with the exact change it is checked as an amendment would be."""
        cycle, asked = self.get_object(), asked_for(shapes.SuggestionAsked, request.data)
        row = actions.suggest(cycle=cycle, by=request.user, **asked)
        return Response(self._told(request, Suggestion.objects.filter(pk=row.pk))[0], status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.RuleChangeAsked, responses=shapes.PreviewShape)
    @action(detail=True, methods=["post"], url_path="suggestions/preview")
    def preview(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """What a change would change; nothing is written."""
        cycle, asked = self.get_object(), asked_for(shapes.RuleChangeAsked, request.data)
        return Response({"diff": actions.previewed(cycle, asked["change"])})

    @extend_schema(request=shapes.RulesApplyAsked, responses=shapes.AppliedShape)
    @action(detail=True, methods=["post"], url_path="suggestions/apply")
    def apply(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Where no gate stands: what was accepted becomes rules now, by decision. Not while a round is open."""
        cycle, asked = self.get_object(), asked_for(shapes.RulesApplyAsked, request.data)
        done = actions.apply_accepted(cycle, by=request.user, **asked)
        applied = Suggestion.objects.filter(pk__in=[one.pk for one in done]).order_by("design_number")
        return Response({"applied": self._told(request, applied), "stuck": self._told(request, at_the_gate(cycle))})

    @extend_schema(responses=shapes.LogShape)
    @action(detail=True, url_path="rules-log", pagination_class=None)
    def log(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Every version of the rules, the newest first: when, who decided, why, what changed, whose suggestion it was."""
        cycle, access = self.get_object(), access_of(request)
        rows = log_of(cycle, frozenset(begun_rounds(cycle, access.now)), most=MOST_LOGGED)
        told = [
            {
                **{name: getattr(one, name) for name in ("number", "at", "decider", "reason", "diff")},
                "suggestion": one.suggestion.number if one.suggestion else None,
                "credit": credit_of(one.suggestion) if one.suggestion else "",
            }
            for one in rows
        ]
        return Response(shapes.LogShape({"results": told}).data)
