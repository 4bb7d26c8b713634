"""In the hall: tables of an expo, the order of pitches."""

from typing import ClassVar

from django.db import models


class Stand(models.Model):
    """A group's table at an expo. Busy while a judge stands there."""

    round = models.ForeignKey("games.Round", models.CASCADE, related_name="stands")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    location = models.CharField(max_length=200, blank=True)
    absent_at = models.DateTimeField(null=True, blank=True, help_text="Nobody was at the table.")
    busy_with = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    busy_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "group"], name="stand_once_per_group"),
            models.UniqueConstraint(fields=["round", "number"], name="stand_number_once"),
        ]

    def __str__(self) -> str:
        return f"table {self.number}"


class Pitch(models.Model):
    """When and where a group speaks before a panel."""

    round = models.ForeignKey("games.Round", models.CASCADE, related_name="pitches")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="+")
    panel = models.CharField(max_length=100)
    room = models.CharField(max_length=100, blank=True)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "group", "panel"], name="pitch_once"),
            models.UniqueConstraint(fields=["round", "room", "starts_at"], name="room_holds_one_pitch"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} at {self.starts_at:%H:%M}"
