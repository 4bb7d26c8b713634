"""Times that experts offer, what groups booked of them, and notes about a session."""

from typing import ClassVar

from django.db import models

from games.coaching.rules import Outcome


class Slot(models.Model):
    """A time an expert offers. Withdrawn ones stay for the record. `taken` never exceeds `seats`: the database refuses it."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="slots")
    number = models.PositiveIntegerField(help_text="Its name in addresses and files, from 1 in each cycle.")
    expert = models.ForeignKey("games.Person", models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    seats = models.PositiveSmallIntegerField(default=1, help_text="How many groups come at once.")
    taken = models.PositiveSmallIntegerField(default=0, help_text="How many bookings of it stand.")
    place = models.CharField(max_length=300, blank=True, help_text="A link or a room; seen by whoever booked.")
    topics = models.CharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    offered_at = models.DateTimeField()
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "number"], name="slot_number_once"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="slot_ends_after_it_starts"),
            models.CheckConstraint(condition=models.Q(taken__lte=models.F("seats")), name="slot_not_overbooked"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["cycle", "starts_at"], name="slots_of_cycle"),
            models.Index(fields=["expert", "starts_at"], name="slots_of_expert"),
        ]

    def __str__(self) -> str:
        return f"slot {self.number} at {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


class Booking(models.Model):
    """A group comes to a slot. `counts`: it uses up one of the group's office hours.

    Cancelled in time it counts no more; what an award gives beside the quota never counts.
    """

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="bookings")
    slot = models.ForeignKey(Slot, models.CASCADE, related_name="bookings")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="bookings")
    round = models.ForeignKey(
        "games.Round", models.SET_NULL, null=True, blank=True, related_name="+", help_text="The round whose quota it uses."
    )
    question = models.TextField(help_text="What the group wants to talk about.")
    counts = models.BooleanField(default=True, help_text="It uses up one of the office hours every group has.")
    booked_at = models.DateTimeField()
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=6, choices=[(o.value, o.name.lower()) for o in Outcome], blank=True, default="")
    outcome_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["slot", "group"], condition=models.Q(cancelled_at__isnull=True), name="slot_booked_once_by_group"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="") | models.Q(cancelled_at__isnull=True), name="cancelled_booking_has_no_outcome"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["group", "booked_at"], name="bookings_of_group")]

    def __str__(self) -> str:
        return f"{self.group_id} in slot {self.slot_id}"


class SessionNote(models.Model):
    """What an expert writes down about a session: for themselves, or shared with the group."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="notes")
    author = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField()
    shared = models.BooleanField(default=False, help_text="The group reads it, and organizers.")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"note on {self.booking_id}"
