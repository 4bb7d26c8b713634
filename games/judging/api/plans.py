"""Plans of who judges what over the API: asked for, followed, applied as one act or dropped."""

from dataclasses import replace
from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.challenges.models import Challenge
from games.errors import Invalid
from games.groups.models import Group
from games.judging import actions
from games.judging.actions.panels import check_panel
from games.judging.models import AssignmentPlan
from games.judging.queries import judges_in
from games.judging.rules import PlanState
from games.judging.rules.plans import MOST_ANCHORS, MOST_EACH, MOST_LOAD, SEEDS, Asked
from games.judging.third import readers_for
from games.organizations.models import Person
from leaderboards.asking import asked_for
from leaderboards.describing import OpenApiParameter, extend_schema
from leaderboards.engine.language import gettext as _


class PlanSummary(serializers.ModelSerializer[AssignmentPlan]):
    """A plan in a list. `asked` is what was wished."""

    class Meta:
        model = AssignmentPlan
        fields = ("id", "challenge", "panel", "state", "asked", "says", "percent", "asked_at", "done_at", "applied_at")
        read_only_fields = fields


class PlanShape(PlanSummary):
    """A plan with what came of it.

    `found`: `give` and `take` (pairs of group and judge, as ids), `loads` by judge, `coverage` (judges → entries), `components` and
    `lambda2` (how judges are linked), `precision` (expected), `barred`, `short`, `notes`; or `blocks`: what is in the way.
    """

    class Meta:
        model = AssignmentPlan
        fields = (*PlanSummary.Meta.fields, "found")
        read_only_fields = fields


class PlanAsked(serializers.Serializer[Any]):
    """A wish for a plan. With `gaps` only what is open is dealt anew, as the last plan wished."""

    panel = serializers.CharField(required=False, max_length=100, help_text="The task's first if absent.")
    gaps = serializers.BooleanField(required=False)
    per_entry = serializers.IntegerField(required=False, min_value=1, max_value=MOST_EACH, help_text="Judges for each entry.")
    max_load = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_LOAD)
    anchors = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_ANCHORS, help_text="Entries that everybody marks."
    )
    seed = serializers.IntegerField(required=False, min_value=0, max_value=SEEDS - 1)
    link = serializers.BooleanField(required=False, help_text="Judges are to be linked by shared entries. By default they are.")
    fairest = serializers.BooleanField(required=False, help_text="The entry with the worst match is looked after first.")
    language = serializers.BooleanField(required=False, help_text="Nobody gets what they do not read. By default so.")
    partly = serializers.BooleanField(required=False, help_text="As many judges as can be, where there are not enough.")
    at_once = serializers.BooleanField(required=False, help_text="Applied as soon as it is worked out.")


class ThirdAsked(serializers.Serializer[Any]):
    """One judge more for the entry of a group."""

    panel = serializers.CharField(max_length=100)
    group = serializers.CharField(max_length=100, help_text="Key.")
    judge = serializers.IntegerField(
        required=False, allow_null=True, help_text="One of the readers, at once; the best if absent."
    )


class ReaderShape(serializers.Serializer[Any]):
    """Somebody who could read an entry besides those who have it: sheets on the panel, its topics that they know well."""

    judge = serializers.IntegerField()
    name = serializers.CharField()
    sheets = serializers.IntegerField()
    max_load = serializers.IntegerField(allow_null=True)
    knows = serializers.ListField(child=serializers.CharField())
    reads = serializers.BooleanField(help_text="Its language.")
    seated = serializers.BooleanField(help_text="On the panel.")


class PlanFilter(django_filters.FilterSet):
    """Of one cycle, task, panel, state."""

    cycle = django_filters.NumberFilter(field_name="challenge__round__cycle_id")
    state = django_filters.ChoiceFilter(choices=[(one.value, one.value) for one in PlanState])

    class Meta:
        model = AssignmentPlan
        fields = ("challenge", "panel")


class Plans(ReadOnlyModelViewSet[AssignmentPlan]):
    """Plans of who judges what, for organizers. Ask again until the state is ready, infeasible or failed."""

    queryset = AssignmentPlan.objects.select_related("challenge__round__cycle")
    serializer_class = PlanSummary
    seen_as = "plan.view"
    permissions = dict.fromkeys(("apply", "drop"), "plan.settle")
    filterset_class = PlanFilter

    def get_queryset(self) -> QuerySet[AssignmentPlan]:
        """A list comes without what was found: that can be long."""
        rows = super().get_queryset()
        return rows.defer("found") if self.action == "list" else rows

    @extend_schema(responses=PlanShape)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 the framework's signature
        """One plan with what came of it."""
        return Response(PlanShape(self.get_object()).data)

    @extend_schema(request=None, responses=PlanShape)
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Give the sheets out as one act. 409 plan_stale if entries, judges, conflicts or sheets changed since."""
        return Response(PlanShape(actions.apply_plan(plan=self.get_object(), by=request.user)).data)

    @extend_schema(request=None, responses=PlanShape)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Never mind."""
        return Response(PlanShape(actions.drop_plan(plan=self.get_object(), by=request.user)).data)


class Planning(GenericViewSet[Challenge]):
    """Asking for plans."""

    queryset = Challenge.objects.select_related("round__cycle")
    seen_as = "challenge.organize"
    permissions = dict.fromkeys(("plans", "third_reader", "readers"), "challenge.organize")

    @extend_schema(request=PlanAsked, responses={201: PlanSummary})
    @action(detail=True, methods=["post"])
    def plans(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Have it worked out who judges what. Nothing is given out before the plan is applied."""
        challenge = self.get_object()
        wish = asked_for(PlanAsked, request.data)
        panel, at_once = wish.pop("panel", ""), wish.get("at_once", False)
        if wish.pop("gaps", False):
            plan = actions.fill_gaps(challenge=challenge, panel=panel, at_once=at_once, by=request.user)
        else:
            plan = actions.ask_plan(challenge=challenge, panel=panel, asked=replace(Asked(), **wish), by=request.user)
        return Response(PlanSummary(plan).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ThirdAsked, responses={201: PlanSummary})
    @action(detail=True, methods=["post"], url_path="third-reader")
    def third_reader(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """One judge more for one entry: this one at once, or whoever fits best and has least as soon as that is worked out."""
        challenge = self.get_object()
        wish = asked_for(ThirdAsked, request.data)
        group, judge = _group(challenge, wish["group"]), None
        if wish.get("judge") is not None:
            judge = Person.objects.filter(
                pk=wish["judge"], pk__in=judges_in(challenge.round.cycle_id).values("person_id")
            ).first()
            if judge is None:
                msg = _("{wish} does not judge in this cycle", wish=wish["judge"])
                raise Invalid(msg, where="judge")
        plan = actions.ask_third_reader(challenge=challenge, panel=wish["panel"], group=group, judge=judge, by=request.user)
        return Response(PlanSummary(plan).data, status=status.HTTP_201_CREATED)

    @extend_schema(parameters=[OpenApiParameter("panel", str), OpenApiParameter("group", str)], responses=ReaderShape(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def readers(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Who is free to read the entry of a group besides those who have it, the best first."""
        challenge, panel = self.get_object(), request.query_params.get("panel", "")
        check_panel(challenge, panel)
        group = _group(challenge, request.query_params.get("group", ""))
        rows = [
            {
                "judge": one.person.pk,
                "name": one.person.name,
                "sheets": one.sheets,
                "max_load": one.limit,
                "knows": one.knows,
                "reads": one.reads,
                "seated": one.seated,
            }
            for one in readers_for(challenge, panel, group)
        ]
        return Response(ReaderShape(rows, many=True).data)


def _group(challenge: Challenge, key: str) -> Group:
    group = Group.objects.filter(cycle=challenge.round.cycle_id, key=key).first()
    if group is None:
        msg = _('"{key}" is not a group of this cycle', key=key)
        raise Invalid(msg, where="group")
    return group
