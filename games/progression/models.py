"""Rules that are being written, dry runs of them, and what teams bring along from the cycle before."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from games.progression.succeeding import CarriedKind


class Draft(models.Model):
    """Rules being written for a cycle, faults and all: of a draft cycle all of it, of a running one the amendment to come.

    `data` is what the rules would be, as far as they are written; times as typed. `revision` grows with each save, so that two
    devices do not overwrite each other. `carry`: what the next cycle takes along from the one before.
    """

    cycle = models.OneToOneField("games.Cycle", models.CASCADE, related_name="draft")
    data = models.JSONField(default=dict)
    carry = models.JSONField(default=list, blank=True)
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"draft of {self.cycle_id}, revision {self.revision}"


class Rehearsal(models.Model):
    """A dry run: `cycle` is played from first entry to last award by invented people. `done` of `steps` are done.

    Whoever takes a step holds it until `held_until`; a step is one transaction, so a process may die at any line.
    """

    cycle = models.OneToOneField("games.Cycle", models.CASCADE, related_name="dry_run")
    source = models.ForeignKey("games.Cycle", models.CASCADE, related_name="rehearsals", help_text="The cycle it tries out.")
    done = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"dry run {self.cycle_id} of {self.source_id}"


class Carried(models.Model):
    """What a team brought along from the cycle before, as the rules of the new one say. Written once, at the launch.

    `was` and `amount`: points before and after they faded, or the head start. `key`: the badge, or the number of what was taken
    or planned there. `test`: the test of change that a commitment became here.
    """

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="carried")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="carried", help_text="The team in the new cycle.")
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in CarriedKind])
    key = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=300, blank=True, help_text="What it was called there.")
    was = models.IntegerField(default=0)
    amount = models.IntegerField(default=0)
    test = models.ForeignKey("games.ChangeTest", models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "carried"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["group", "kind", "key"], name="carried_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.group_id}: {self.key or self.amount}"
