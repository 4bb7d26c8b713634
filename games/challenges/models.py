"""Challenges: projections of the Design, one row per (round, challenge)."""

from typing import ClassVar

from django.db import models


class Challenge(models.Model):
    """A task in a round. `spec` is its piece of the expanded Design: brief, form, rubric, format, caps."""

    round = models.ForeignKey("games.Round", models.CASCADE, related_name="challenges")
    key = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    format = models.CharField(max_length=12)
    division = models.CharField(max_length=100, blank=True)
    spec = models.JSONField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "key"], name="challenge_once_per_round")
        ]
        ordering: ClassVar[list[str]] = ["round", "number"]

    def __str__(self) -> str:
        return self.name
