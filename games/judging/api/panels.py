"""Panels, conflicts, assignments: how organizers set up judging."""

from typing import Any

import django_filters
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.errors import Invalid
from games.groups.models import Group
from games.judging import actions
from games.judging.api import seats
from games.judging.api.conflicts import ConflictAsked, ConflictShape
from games.judging.models import Panelist
from games.judging.queries import judges_in, progress_by_judge
from games.judging.rules.seats import Details
from games.organizations.models import Person
from games.submissions.queries import rules_of
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema
from leaderboards.engine.language import gettext as _


class PanelistFilter(django_filters.FilterSet):
    """Of one cycle, task, panel."""

    cycle = django_filters.NumberFilter(field_name="challenge__round__cycle_id")

    class Meta:
        model = Panelist
        fields = ("challenge", "panel", "person")


class Panelists(ListModelMixin, GenericViewSet[Panelist]):
    """Who is on which panel: organizers all, a judge their own seats."""

    queryset = Panelist.objects.select_related("challenge__round__cycle", "person")
    serializer_class = seats.PanelistShape
    seen_as = "panelist.view"
    permissions = {
        "destroy": "panelist.change",
        "partial_update": "panelist.change",
        "leave": "panelist.change",
        "rejoin": "panelist.change",
        "expertise": "panelist.own",
    }
    filterset_class = PanelistFilter

    @extend_schema(request=seats.DetailsAsked, responses=seats.PanelistShape)
    def partial_update(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """What is known of a judge: topics, languages, the most sheets, whether they lead the panel."""
        asked = asked_for(seats.DetailsAsked, request.data)
        load = asked["max_load"] or 0 if "max_load" in asked else None
        topics, languages = (tuple(asked[name]) if name in asked else None for name in ("topics", "languages"))
        details = Details(topics, languages, load, asked.get("chair"))
        return self._told(actions.describe_panelist(panelist=self.get_object(), details=details, by=request.user))

    @extend_schema(request=None, responses=seats.PanelistShape)
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The judge has dropped out: they get nothing new, and what they have open can be planned anew."""
        return self._told(actions.leave_panel(panelist=self.get_object(), by=request.user))

    @extend_schema(request=None, responses=seats.PanelistShape)
    @action(detail=True, methods=["post"])
    def rejoin(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """They are back."""
        return self._told(actions.rejoin_panel(panelist=self.get_object(), by=request.user))

    @extend_schema(request=seats.ExpertiseAsked, responses=seats.PanelistShape)
    @action(detail=True, methods=["put"])
    def expertise(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """As the judge: what I know well, and what I read."""
        asked = asked_for(seats.ExpertiseAsked, request.data)
        return self._told(actions.state_expertise(panelist=self.get_object(), **asked, by=request.user))

    def _told(self, panelist: Panelist) -> Response:
        return Response(seats.PanelistShape(panelist).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take a judge off a panel; sheets not begun go with them."""
        actions.remove_panelist(panelist=self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class JudgingSetUp(GenericViewSet[Cycle]):
    """What organizers set up in a cycle."""

    queryset = Cycle.objects.all()
    seen_as = "cycle.organize"
    permissions = dict.fromkeys(("panelists", "panels", "conflicts", "assignments", "judging_progress"), "cycle.organize")

    @extend_schema(request=seats.PanelistAsked, responses={201: seats.PanelistShape})
    @action(detail=True, methods=["post"])
    def panelists(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Put a judge of the cycle on a panel of a task."""
        cycle = self.get_object()
        asked = asked_for(seats.PanelistAsked, request.data)
        challenge = _task(cycle, pk=asked["challenge"])
        panel = asked.get("panel") or rules_of(challenge)[1].judges_panels[0].key
        seat = actions.add_panelist(
            challenge=challenge, panel=panel, person=_judge(cycle, asked["person"], "person"), by=request.user
        )
        return Response(seats.PanelistShape(seat).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=seats.SeatsAsked, responses=seats.SeatsShape)
    @action(detail=True, methods=["put"])
    def panels(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Seats and what is known of the judges on them, from a table. All or nothing; the same table again changes nothing."""
        asked = asked_for(seats.SeatsAsked, request.data)
        named = actions.seat_csv(cycle=self.get_object(), content=asked["csv"].encode(), by=request.user)
        return Response({"seats": named})

    @extend_schema(request=ConflictAsked, responses={201: ConflictShape})
    @action(detail=True, methods=["post"])
    def conflicts(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Declare that a judge must not mark a group. Their sheets on it are given back, final ones too."""
        cycle = self.get_object()
        asked = asked_for(ConflictAsked, request.data)
        declared = actions.declare_conflict(
            person=_judge(cycle, asked["person"], "person"),
            group=_group(cycle, asked["group"]),
            by=request.user,
            reason=asked.get("reason", ""),
        )
        return Response(ConflictShape(declared, context={"request": request}).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=seats.AssignmentsAsked, responses={201: seats.AssignedShape})
    @action(detail=True, methods=["post"])
    def assignments(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Give sheets to judges: a list, a table, or every entry to every judge of a panel. All or nothing."""
        cycle = self.get_object()
        asked = asked_for(seats.AssignmentsAsked, request.data)
        if len(asked.keys() & {"assignments", "csv", "challenge"}) != 1:
            raise Invalid(_("expected exactly one of assignments, csv, challenge"), where="assignments")
        if "csv" in asked:
            new = actions.assign_csv(cycle=cycle, content=asked["csv"].encode(), by=request.user)
        elif "challenge" in asked:
            new = actions.assign_all(challenge=_task(cycle, pk=asked["challenge"]), panel=asked.get("panel", ""), by=request.user)
        else:
            new = actions.assign(cycle=cycle, wanted=_wanted(cycle, asked["assignments"]), by=request.user)
        return Response({"new": new}, status=status.HTTP_201_CREATED)

    @extend_schema(responses=seats.JudgeProgress(many=True))
    @action(detail=True, methods=["get"], url_path="judging-progress", pagination_class=None)
    def judging_progress(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """How far each judge is."""
        return Response(seats.JudgeProgress(progress_by_judge(self.get_object()), many=True).data)


def _task(cycle: Cycle, **place: Any) -> Challenge:
    found = Challenge.objects.filter(round__cycle=cycle, **place).select_related("round__cycle").first()
    if found is None:
        raise Invalid(_("expected the id of a task of this cycle"), where="challenge")
    return found


def _judge(cycle: Cycle, pk: int, where: str) -> Person:
    found = Person.objects.filter(pk__in=judges_in(cycle).values("person_id"), pk=pk).first()
    if found is None:
        raise Invalid(_("expected the id of a person who judges in this cycle"), where=where)
    return found


def _group(cycle: Cycle, key: str) -> Group:
    found = Group.objects.filter(cycle=cycle, key=key).first()
    if found is None:
        msg = _('"{key}" is not a group of this cycle', key=key)
        raise Invalid(msg, where="group")
    return found


def _wanted(cycle: Cycle, asked: list[dict[str, Any]]) -> list[actions.Wanted]:
    """Keys to rows, in three statements whatever the length of the list."""
    tasks = {(one.round.key, one.key): one for one in Challenge.objects.filter(round__cycle=cycle).select_related("round__cycle")}
    groups = {one.key: one for one in Group.objects.filter(cycle=cycle, key__in={one["group"] for one in asked})}
    judges = Person.objects.in_bulk({one["judge"] for one in asked})
    wanted: list[actions.Wanted] = []
    for number, one in enumerate(asked):
        task, group = tasks.get((one["round"], one["challenge"])), groups.get(one["group"])
        judge = judges.get(one["judge"])
        if task is None or group is None or judge is None:
            unknown = "challenge" if task is None else "group" if group is None else "judge"
            msg = _('{unknown} "{one}" is not known in this cycle', unknown=unknown, one=one[unknown])
            raise Invalid(msg, where=f"assignments.{number}.{unknown}")
        wanted.append(actions.Wanted(task, group, judge, one.get("panel", ""), f"assignments.{number}"))
    return wanted
