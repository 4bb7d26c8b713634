"""Rules that are being written, and dry runs of them."""

from django.conf import settings
from django.db import models


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
