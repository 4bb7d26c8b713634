"""Lists of people invited at once, over the API: what each row would do, then the whole list or nothing."""

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups import actions
from games.groups.guests import Fate, Planned, plan_guests, roles_by_word
from games.journal.queries import db_now
from games.organizations.guests import MAX_BYTES, Guest, read_guests
from leaderboards.describing import extend_schema
from leaderboards.engine.language import gettext as _


class GuestsAsked(serializers.Serializer[Any]):
    """A list as text: lines like `Name <address>`, or a table with the columns name, email, role, team, division."""

    people = serializers.CharField(max_length=MAX_BYTES, trim_whitespace=False)
    role = serializers.CharField(max_length=100, help_text="Key of the role of rows that name none.")


class GuestShape(serializers.Serializer[Any]):
    """What a row of the list would do."""

    row = serializers.IntegerField()
    email = serializers.CharField()
    role = serializers.CharField()
    team = serializers.CharField()
    fate = serializers.ChoiceField(choices=[(one.value, one.value) for one in Fate])


class FaultShape(serializers.Serializer[Any]):
    """What stands in the way of a list."""

    where = serializers.CharField()
    message = serializers.CharField()


class GuestsPlan(serializers.Serializer[Any]):
    """What the list would do, row by row, and what stands in its way."""

    rows = GuestShape(many=True)
    problems = FaultShape(many=True)


class GuestsDone(serializers.Serializer[Any]):
    """Links mailed, places given, teams made."""

    mailed = serializers.IntegerField()
    placed = serializers.IntegerField()
    founded = serializers.IntegerField()


class GuestLists(GenericViewSet[Cycle]):
    """People in bulk."""

    queryset = Cycle.objects.all()
    serializer_class = GuestsDone  # asks about cycles, answers with what was done
    seen_as = "cycle.organize"
    permissions = {"guests": "cycle.organize", "guests_plan": "cycle.organize"}

    @extend_schema(request=GuestsAsked, responses={201: GuestsDone})
    @action(detail=True, methods=["post"])
    def guests(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Invite everybody in the list, or nobody: with one fault nothing is done, and every fault is listed."""
        cycle = self.get_object()
        guests, problems, role = self._read(cycle, request)
        if problems:
            raise actions.GuestsRefused(
                _("Nobody was invited. {problems}", problems=problems[0]), where=problems[0].where, problems=problems
            )
        done = actions.invite_guests(cycle, guests, role=role, by=request.user)
        return Response(GuestsDone(done._asdict()).data, status=201)

    @extend_schema(request=GuestsAsked, responses=GuestsPlan)
    @action(detail=True, methods=["post"], url_path="guests/plan")
    def guests_plan(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """What the list would do; nothing is done."""
        cycle = self.get_object()
        guests, problems, role = self._read(cycle, request)
        plan = plan_guests(cycle, guests, role=role, now=db_now())
        body = {"rows": [_row(one) for one in plan.rows], "problems": [*problems, *plan.problems]}
        return Response(GuestsPlan(body).data)

    def _read(self, cycle: Cycle, request: Request) -> tuple[list[Guest], list[Any], str]:
        asked = GuestsAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        guests, problems = read_guests(asked.validated_data["people"], roles_by_word(design_of(cycle)))
        return guests, problems, asked.validated_data["role"]


def _row(one: Planned) -> dict[str, Any]:
    role = one.role.key if one.role else one.guest.role
    return {"row": one.guest.row, "email": one.guest.email, "role": role, "team": one.team, "fate": one.fate.value}
