"""What was won."""

from typing import ClassVar

from django.db import models

from games.recognition.rules.grants import GrantState


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
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "award", "group"], condition=~models.Q(state="revoked"), name="grant_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} to {self.group_id}"
