"""Office hours as the API tells them, and what is sent."""

from typing import Any

from rest_framework import serializers

from games.coaching.models import Booking, SessionNote, Slot
from games.coaching.rules import LONGEST, MOST_OFFERED, MOST_SEATS, NOTE, PLACE, QUESTION, SHORTEST, TOPICS
from games.permissions import Access


class IdField(serializers.IntegerField):
    """Id of a row, in the bounds that a database knows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **options)


class OfficeHourShape(serializers.ModelSerializer[Slot]):
    """A time that is offered. `place` is for its expert and organizers; who booked reads it in the booking."""

    expert_name = serializers.CharField(source="expert.name")
    place = serializers.SerializerMethodField()

    class Meta:
        model = Slot
        fields = (
            *("id", "cycle", "number", "expert", "expert_name", "starts_at", "ends_at"),
            *("seats", "taken", "place", "topics", "withdrawn_at"),
        )
        read_only_fields = fields

    def get_place(self, slot: Slot) -> str:
        """Where it is, for whoever offers it."""
        access: Access | None = self.context.get("access")
        own = access is not None and (slot.expert_id in access.persons or access.reads(slot.cycle_id))
        return slot.place if own else ""


class BookingShape(serializers.ModelSerializer[Booking]):
    """A group comes to a slot. `counts`: it uses one of the group's office hours; `round`: in which round, where each has its own."""

    group_key = serializers.CharField(source="group.key")
    expert_name = serializers.CharField(source="slot.expert.name")
    starts_at = serializers.DateTimeField(source="slot.starts_at")
    ends_at = serializers.DateTimeField(source="slot.ends_at")
    place = serializers.CharField(source="slot.place")
    outcome = serializers.CharField(help_text="held, missed (the group did not come), or empty: nobody has said")

    class Meta:
        model = Booking
        fields = (
            *("id", "cycle", "slot", "group", "group_key", "expert_name", "starts_at", "ends_at", "place", "round"),
            *("question", "counts", "booked_at", "cancelled_at", "outcome", "outcome_at"),
        )
        read_only_fields = fields


class SessionNoteShape(serializers.ModelSerializer[SessionNote]):
    """What an expert wrote down; shared: the group and organizers read it."""

    class Meta:
        model = SessionNote
        fields = ("id", "booking", "text", "shared", "at")
        read_only_fields = fields


class SpanAsked(serializers.Serializer[Any]):
    """When it begins, and how long it takes."""

    starts_at = serializers.DateTimeField()
    minutes = serializers.IntegerField(
        min_value=int(SHORTEST.total_seconds() // 60), max_value=int(LONGEST.total_seconds() // 60)
    )


class OfferAsked(serializers.Serializer[Any]):
    """Times with an expert. `expert` (a person's id) may be left out by the expert."""

    expert = IdField(required=False, allow_null=True)
    times = serializers.ListField(child=SpanAsked(), min_length=1, max_length=MOST_OFFERED)
    seats = serializers.IntegerField(min_value=1, max_value=MOST_SEATS, default=1)
    place = serializers.CharField(required=False, allow_blank=True, max_length=PLACE)
    topics = serializers.CharField(required=False, allow_blank=True, max_length=TOPICS)


class BookingAsked(serializers.Serializer[Any]):
    """Which group comes, and what it wants to talk about."""

    group = IdField()
    question = serializers.CharField(max_length=QUESTION)


class SessionMoveAsked(serializers.Serializer[Any]):
    """The slot to come to instead."""

    slot = IdField()


class OutcomeAsked(serializers.Serializer[Any]):
    """Whether it took place; false: the group did not come; null takes back what was said."""

    held = serializers.BooleanField(allow_null=True)


class NoteAsked(serializers.Serializer[Any]):
    """Words; shared with the group, or for oneself."""

    text = serializers.CharField(max_length=NOTE)
    shared = serializers.BooleanField(default=False)


class HoursShape(serializers.Serializer[Any]):
    """How many office hours a group may book (in this round, where `per` is round), and how many of them it has used."""

    quota = serializers.IntegerField()
    per = serializers.CharField()
    cancel_hours = serializers.IntegerField()
    used = serializers.IntegerField()


class ConcernedShape(serializers.Serializer[Any]):
    """How many it concerned."""

    count = serializers.IntegerField()
