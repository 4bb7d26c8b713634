"""Bookings and notes over the API."""

from typing import Any, Final

import django_filters
from django.db.models import QuerySet
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.coaching import actions
from games.coaching.api import shapes
from games.coaching.models import Booking, SessionNote, Slot
from games.coaching.rules import Outcome
from games.errors import NotFound
from games.permissions import access_of, visible
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema

OUTCOMES: Final = {True: Outcome.HELD, False: Outcome.MISSED, None: Outcome.OPEN}


class BookingFilter(django_filters.FilterSet):
    """Of one cycle, group or slot; with one expert."""

    expert = django_filters.NumberFilter(field_name="slot__expert")

    class Meta:
        model = Booking
        fields = ("cycle", "group", "slot")


class Bookings(ReadOnlyModelViewSet[Booking]):
    """What one's own groups booked; as an expert what was booked with oneself, as organizer all."""

    queryset = Booking.objects.select_related("slot__expert", "group")
    serializer_class = shapes.BookingShape
    seen_as = "booking.view"
    permissions = {
        "cancel": "booking.change",
        "move": "booking.change",
        "settle": "booking.settle",
        "notes": "booking.note",
    }
    filterset_class = BookingFilter
    ordering = ("-booked_at", "-id")

    @extend_schema(request=None, responses=shapes.BookingShape)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The group does not come. In time it is given back; later it `counts`."""
        return self._answer(actions.cancel(self.get_object(), by=request.user))

    @extend_schema(request=shapes.SessionMoveAsked, responses=shapes.BookingShape)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Come to another slot instead, in time: a new booking, the old one is cancelled and given back."""
        booking, asked = self.get_object(), asked_for(shapes.SessionMoveAsked, request.data)
        rows = Slot.objects.filter(pk=asked["slot"], cycle=booking.cycle_id)
        slot = visible(access_of(request), "slot.book", rows).first()
        if slot is None:
            raise NotFound
        return self._answer(actions.move(booking, slot=slot, by=request.user))

    @extend_schema(request=shapes.OutcomeAsked, responses=shapes.BookingShape)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It took place, or the group did not come."""
        booking, asked = self.get_object(), asked_for(shapes.OutcomeAsked, request.data)
        return self._answer(actions.settle(booking, outcome=OUTCOMES[asked["held"]], by=request.user))

    @extend_schema(request=shapes.NoteAsked, responses={201: shapes.SessionNoteShape})
    @action(detail=True, methods=["post"])
    def notes(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Write something down about the session."""
        booking, asked = self.get_object(), asked_for(shapes.NoteAsked, request.data)
        made = actions.note(booking, by=request.user, **asked)
        return Response(shapes.SessionNoteShape(made).data, status=status.HTTP_201_CREATED)

    def _answer(self, booking: Booking) -> Response:
        return Response(shapes.BookingShape(self.queryset.get(pk=booking.pk)).data)


class SessionNotes(ReadOnlyModelViewSet[SessionNote]):
    """Notes on sessions: one's own, and those shared with one's group."""

    queryset = SessionNote.objects.all()
    serializer_class = shapes.SessionNoteShape
    seen_as = "session_note.view"
    filterset_fields = ("booking",)
    ordering = ("-at", "-id")

    def get_queryset(self) -> QuerySet[Any]:
        """With what it is about."""
        return super().get_queryset().select_related("booking")
