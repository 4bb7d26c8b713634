"""What was won and how it is given, over the API."""

from typing import Any, Final

import django_filters
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.coaching.models import Booking, Slot
from games.coaching.rules import QUESTION
from games.errors import NotFound
from games.permissions import access_of, visible
from games.recognition import actions
from games.recognition.models import Grant, GrantPass
from leaderboards.describing import extend_schema

LONGEST: Final = 5000


class GrantSerializer(serializers.ModelSerializer[Grant]):
    """That something was won. Money is in whole cents; without `group` it is money that nobody won."""

    group_key = serializers.CharField(source="group.key", default=None, allow_null=True)

    class Meta:
        model = Grant
        fields = (
            *("id", "cycle", "award", "kind", "name", "group", "group_key", "board", "snapshot", "place"),
            *("amount_cents", "currency", "sessions", "state", "reason", "created_at", "changed_at"),
        )
        read_only_fields = fields


class WithProof(serializers.Serializer[Any]):
    """What shows it: a note, an address."""

    proof = serializers.CharField(default="", allow_blank=True, max_length=LONGEST)


class WithReason(serializers.Serializer[Any]):
    """Why: it stands in the record."""

    reason = serializers.CharField(max_length=LONGEST)


class PrizeBookingAsked(serializers.Serializer[Any]):
    """Which time of which expert, and what the group wants to talk about."""

    slot = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    question = serializers.CharField(max_length=QUESTION)


class PrizeBookingSerializer(serializers.ModelSerializer[Booking]):
    """A session that was booked from a prize. `counts` is false: it uses up no office hour. More of it: the bookings."""

    expert_name = serializers.CharField(source="slot.expert.name")
    starts_at = serializers.DateTimeField(source="slot.starts_at")

    class Meta:
        model = Booking
        fields = ("id", "cycle", "slot", "group", "expert_name", "starts_at", "question", "counts", "booked_at")
        read_only_fields = fields


class GrantPassSerializer(serializers.ModelSerializer[GrantPass]):
    """That an award passed a group by to the next. It keeps its place. `why`: it `has` another prize of the set, or `declined`."""

    group_key = serializers.CharField(source="group.key")

    class Meta:
        model = GrantPass
        fields = ("id", "cycle", "award", "group", "group_key", "place", "why", "at")
        read_only_fields = fields


class GrantFilter(django_filters.FilterSet):
    """Of one cycle, award, group."""

    class Meta:
        model = Grant
        fields = ("cycle", "award", "kind", "group", "state")


class Grants(ReadOnlyModelViewSet[Grant]):
    """What was won: seen by organizers at once, by the group once verified, by everybody once granted."""

    queryset = Grant.objects.select_related("group")
    serializer_class = GrantSerializer
    seen_as = "grant.view"
    permissions = dict.fromkeys(("verify", "grant", "deliver", "revoke", "follow"), "grant.move") | {
        "decline": "grant.decline",
        "book": "grant.book",
    }
    filterset_class = GrantFilter
    ordering = ("cycle_id", "award")

    def _moved(self, verb: Any, shape: type[serializers.Serializer[Any]] | None = None) -> Response:
        asked: dict[str, Any] = {}
        if shape is not None:
            form = shape(data=self.request.data)
            form.is_valid(raise_exception=True)
            asked = form.validated_data
        return Response(GrantSerializer(verb(self.get_object(), by=self.request.user, **asked)).data)

    @extend_schema(request=WithProof, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The rules were kept and the group is who it says. Nothing is granted before."""
        return self._moved(actions.verify, WithProof)

    @extend_schema(request=None, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def grant(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It is theirs: from now on everybody sees it."""
        return self._moved(actions.give_grant)

    @extend_schema(request=WithProof, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def deliver(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It was handed over: `proof` says how."""
        return self._moved(actions.deliver, WithProof)

    @extend_schema(request=WithReason, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The group does not take it: its captain says so, or an organizer for it. By its rules the award passes to the next."""
        return self._moved(actions.decline, WithReason)

    @extend_schema(request=PrizeBookingAsked, responses={201: PrizeBookingSerializer})
    @action(detail=True, methods=["post"])
    def book(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Book a session of a prize of coaching, beside the office hours."""
        grant, form = self.get_object(), PrizeBookingAsked(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        slot = visible(access_of(request), "slot.book", Slot.objects.filter(pk=asked["slot"], cycle=grant.cycle_id)).first()
        if slot is None:
            raise NotFound
        made = actions.book_prize(grant, slot=slot, question=asked["question"], by=request.user)
        told = Booking.objects.select_related("slot__expert", "group").get(pk=made.pk)
        return Response(PrizeBookingSerializer(told).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=WithReason, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def follow(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Taken back because the results say otherwise by now; what they give instead is nominated."""
        return self._moved(actions.follow_results, WithReason)

    @extend_schema(request=WithReason, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Taken back."""
        return self._moved(actions.revoke, WithReason)


class GrantPasses(ReadOnlyModelViewSet[GrantPass]):
    """Whom awards passed by to the next: seen by organizers at once, by everybody once the award is granted."""

    queryset = GrantPass.objects.select_related("group")
    serializer_class = GrantPassSerializer
    seen_as = "grant_pass.view"
    filterset_fields = ("cycle", "award", "group")
    ordering = ("cycle_id", "award", "id")
