"""Why points came back to those who were built upon: one row for each award of credit, one line for each idea it came to."""

from typing import ClassVar

from django.db import models


class Credit(models.Model):
    """What a row of points owes its being to: an award somebody else earned, by work that builds on an idea of the receiver."""

    points = models.OneToOneField("games.Points", models.CASCADE, primary_key=True, related_name="credit")
    award = models.ForeignKey("games.Points", models.CASCADE, related_name="minted", help_text="The award whose worth flowed on.")
    of = models.ForeignKey(
        "games.Idea", models.SET_NULL, null=True, blank=True, related_name="+", help_text="The newer idea, if it was about one."
    )
    exact = models.CharField(max_length=80, help_text="What came to the receiver before rounding and caps, as a fraction.")
    uncapped = models.PositiveIntegerField(help_text="Whole points before caps.")

    class Meta:
        verbose_name_plural = "credit"

    def __str__(self) -> str:
        return f"{self.exact} of {self.award_id}"


class CreditLine(models.Model):
    """A part of a `Credit`: what came to one idea of the receiver, and along which ways."""

    credit = models.ForeignKey(Credit, models.CASCADE, related_name="lines")
    to = models.ForeignKey("games.Idea", models.CASCADE, related_name="came_back")
    depth = models.PositiveSmallIntegerField(help_text="Steps that count between the two, the nearest way.")
    exact = models.CharField(max_length=80, help_text="A fraction.")
    ways = models.JSONField(
        default=list, help_text="Ideas between the newer one and this, way by way: lists of ids, newest first."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["credit", "to"], name="credit_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.exact} to {self.to_id}"
