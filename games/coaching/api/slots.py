"""Times that are offered, booked and taken back, over the API."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.coaching import actions
from games.coaching.api import shapes
from games.coaching.models import Booking, Slot
from games.coaching.queries import experts_of, hours_of, period_of, used_by
from games.coaching.rules import Span
from games.cycles.models import Cycle
from games.errors import NotFound
from games.groups.models import Group
from games.journal.queries import db_now
from games.organizations.models import Person
from games.permissions import access_of, visible
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema


class Slots(ReadOnlyModelViewSet[Slot]):
    """What experts offer in one's cycles."""

    queryset = Slot.objects.select_related("expert", "cycle")
    serializer_class = shapes.OfficeHourShape
    seen_as = "slot.view"
    permissions = {"withdraw": "slot.withdraw", "bookings": "slot.book"}
    filterset_fields = ("cycle", "expert")
    ordering = ("starts_at", "id")

    def get_serializer_context(self) -> dict[str, Any]:
        """Who reads: where it is tells only whoever offers it."""
        return {**super().get_serializer_context(), "access": access_of(self.request)}

    @extend_schema(request=None, responses=shapes.ConcernedShape)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take the offer back: the groups that booked it (`count`) are told, and have their office hour again."""
        return Response({"count": actions.withdraw_slot(self.get_object(), by=request.user)})

    @extend_schema(request=shapes.BookingAsked, responses={201: shapes.BookingShape})
    @action(detail=True, methods=["post"])
    def bookings(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Book it for a group of yours. Over the quota that every group has: 409 `over_quota`; the last place gone: 409 `slot_full`."""
        slot, asked = self.get_object(), asked_for(shapes.BookingAsked, request.data)
        rows = Group.objects.filter(pk=asked["group"], cycle=slot.cycle_id)
        group = visible(access_of(request), "group.submit", rows).first()
        if group is None:
            raise NotFound
        made = actions.book(slot, group=group, question=asked["question"], by=request.user)
        return Response(shapes.BookingShape(_whole(made)).data, status=status.HTTP_201_CREATED)


def _whole(booking: Booking) -> Booking:
    return Booking.objects.select_related("slot__expert", "group").get(pk=booking.pk)


class CycleHours(GenericViewSet[Cycle]):
    """Experts, and organizers for them, offer times; organizers nudge."""

    queryset = Cycle.objects.all()
    serializer_class = shapes.OfficeHourShape  # type: ignore[assignment]  # asks about cycles, answers with slots
    seen_as = "cycle.view"
    permissions = {"slots": "cycle.office_hours", "nudge": "cycle.organize"}

    @extend_schema(request=shapes.OfferAsked, responses={201: shapes.OfficeHourShape(many=True)})
    @action(detail=True, methods=["post"])
    def slots(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Offer times with an expert: yourself, or as an organizer any expert of the cycle."""
        cycle, asked, access = self.get_object(), asked_for(shapes.OfferAsked, request.data), access_of(request)
        expert = _expert(cycle, asked.pop("expert", None), access)
        spans = [Span(one["starts_at"], one["starts_at"] + timedelta(minutes=one["minutes"])) for one in asked.pop("times")]
        made = actions.offer(cycle, expert=expert, spans=spans, by=request.user, **asked)
        shape = shapes.OfficeHourShape(made, many=True, context={"access": access})
        return Response(shape.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=shapes.ConcernedShape)
    @action(detail=True, methods=["post"], url_path="nudge-hours")
    def nudge(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Tell the groups that have booked none that they may, as every other. At most every two days."""
        return Response({"count": actions.nudge(self.get_object(), by=request.user)})


def _expert(cycle: Cycle, number: int | None, access: Any) -> Person:
    """The expert named, for organizers; else whoever asks, if they are one."""
    rows: QuerySet[Person] = experts_of(cycle)
    if number is None or not access.organizes(cycle.pk):
        rows = rows.filter(pk__in=access.persons)
    found = rows.first() if number is None else rows.filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


class GroupHours(GenericViewSet[Group]):
    """How much of its quota a group has used."""

    queryset = Group.objects.select_related("cycle")
    serializer_class = shapes.HoursShape  # asks about groups, answers with their quota
    seen_as = "group.view"
    permissions = {"hours": "group.rhythm"}

    @extend_schema(responses=shapes.HoursShape)
    @action(detail=True, methods=["get"], url_path="office-hours")
    def hours(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The quota now: for the cycle, or the round that is on. 409 where the rules have no office hours."""
        group = self.get_object()
        rules = hours_of(group.cycle)
        told = {"quota": rules.quota, "per": rules.per, "cancel_hours": rules.cancel_hours}
        return Response(told | {"used": used_by(group, period_of(group.cycle, db_now()))})
