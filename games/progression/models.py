"""Entrants: who is in a round, and why."""

from typing import ClassVar

from django.db import models


class Entrant(models.Model):
    """A group in a round. `via`: all (first round or no cut), cut, wildcard, invited."""

    round = models.ForeignKey("games.Round", models.CASCADE, related_name="entrants")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="entries")
    via = models.CharField(max_length=10, choices=[(v, v) for v in ("all", "cut", "wildcard", "invited")], default="all")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "group"], name="entrant_once")
        ]

    def __str__(self) -> str:
        return f"{self.group_id} in {self.round_id}"
