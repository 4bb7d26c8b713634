"""Series, cycles, numbered Designs, decisions."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from games.cycles.rules import CycleState, DecisionKind


class Series(models.Model):
    """A programme of successive cycles."""

    key = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    organization = models.ForeignKey("games.Organization", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.name


class Cycle(models.Model):
    """One run of a playbook. Its rules are the Design with the number `design_number`."""

    key = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="cycles")
    organization = models.ForeignKey("games.Organization", models.PROTECT, null=True, blank=True, related_name="+")
    predecessor = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="successors")
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in CycleState], default=CycleState.DRAFT.value)
    design_number = models.PositiveIntegerField(default=0)
    playbook = models.CharField(max_length=120, blank=True, help_text="Key and version it was launched from.")
    public = models.BooleanField(default=True, help_text="Off: only members find it.")
    imported = models.BooleanField(default=False)
    rehearsal = models.BooleanField(default=False, help_text="A dry run with invented people: labelled, never listed, removable.")
    embeddable = models.BooleanField(default=False, help_text="Other sites may show its public boards in a frame.")
    logo = models.FileField(upload_to="logos/", max_length=200, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True, help_text="When the retention rule of the Design was carried out.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.name


class Decision(models.Model):
    """A recorded choice. Rounds, boards and groups stand in it by key, as in decisions.csv; it never writes a place or a score."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="decisions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in DecisionKind])
    round = models.CharField(max_length=100, blank=True)
    board = models.CharField(max_length=100, blank=True)
    group = models.CharField(max_length=100, blank=True)
    other = models.CharField(max_length=100, blank=True)
    value = models.CharField(max_length=300, blank=True)
    question = models.CharField(max_length=500, blank=True)
    options = models.JSONField(default=list, blank=True)
    reason = models.TextField(blank=True)
    decider = models.CharField(max_length=300, blank=True, help_text="Name as it stands in the record.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(
        null=True, blank=True, help_text="Set when the round it belongs to is published: from then on public."
    )
    revoked_at = models.DateTimeField(null=True, blank=True, help_text="Taken back by a later decision; stays in the record.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "number"], name="decision_number_once")
        ]
        ordering: ClassVar[list[str]] = ["cycle", "number"]

    def __str__(self) -> str:
        return f"decision {self.number}: {self.kind}"


class Design(models.Model):
    """The immutable, numbered rules of a cycle, expanded. An amendment is a new row with its diff and its decision."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="designs")
    number = models.PositiveIntegerField()
    data = models.JSONField()
    digest = models.CharField(max_length=64)
    diff = models.JSONField(default=list, blank=True)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "number"], name="design_number_once")
        ]

    def __str__(self) -> str:
        return f"design {self.number} of {self.cycle_id}"
