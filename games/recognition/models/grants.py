"""What was won."""

from typing import ClassVar

from django.db import models

from games.recognition.rules.grants import GrantState
from leaderboards.engine.outcome import PassWhy


class Grant(models.Model):
    """That something was won: medal, money in cents, coaching, badge, certificate, celebration."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="grants")
    award = models.CharField(max_length=100)
    kind = models.CharField(max_length=30)
    name = models.CharField(max_length=300)
    group = models.ForeignKey(
        "games.Group", models.PROTECT, null=True, blank=True, related_name="grants", help_text="Empty: money nobody won."
    )
    board = models.CharField(max_length=100, blank=True)
    snapshot = models.PositiveIntegerField(null=True, blank=True, help_text="Number of the board's snapshot it rests on.")
    place = models.CharField(max_length=20, blank=True)
    amount_cents = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in GrantState], default=GrantState.NOMINATED.value)
    reason = models.TextField(blank=True)
    proof = models.TextField(blank=True)
    proof_file = models.FileField(
        upload_to="proofs/", max_length=200, blank=True, help_text="For the group, organizers and sponsors."
    )
    proof_name = models.CharField(max_length=255, blank=True, help_text="As the file was named by whoever sent it.")
    sessions = models.PositiveSmallIntegerField(default=0, help_text="Coaching: how many sessions with experts it is worth.")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "award", "group"], condition=~models.Q(state="revoked"), name="grant_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} to {self.group_id}"


class GrantSession(models.Model):
    """A session with an expert that a group books from a prize, beside its office hours. A cancelled booking is no longer one of its sessions."""

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="booked")
    booking = models.OneToOneField("games.Booking", models.CASCADE, related_name="prize")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"booking {self.booking_id} of grant {self.grant_id}"


class GrantPass(models.Model):
    """That an award passed a group by to the next: the group keeps its place. Follows the results, as nominations do."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="grant_passes")
    award = models.CharField(max_length=100)
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="grant_passes")
    place = models.CharField(max_length=20, blank=True, help_text="Which it keeps.")
    why = models.CharField(max_length=8, choices=[(w.value, w.value) for w in PassWhy])
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "award", "group"], name="award_passes_a_group_once")
        ]

    def __str__(self) -> str:
        return f"{self.award} passed {self.group_id} by"
