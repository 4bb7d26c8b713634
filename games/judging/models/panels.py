"""Panels: who may mark at all, who must not mark whom, planned assignments, calibration."""

from typing import ClassVar

from django.db import models

from games.judging.rules import CalibrationState, ConflictKind, ConflictSource, PlanState


class Panelist(models.Model):
    """A judge on a panel of a challenge: who may mark at all."""

    challenge = models.ForeignKey("games.Challenge", models.CASCADE, related_name="panelists")
    panel = models.CharField(max_length=100)
    person = models.ForeignKey("games.Person", models.PROTECT, related_name="+")
    topics = models.JSONField(default=list, blank=True, help_text="What the judge knows well: keys of topics.")
    languages = models.JSONField(default=list, blank=True, help_text="What the judge reads: codes such as en. Empty: any.")
    max_load = models.PositiveIntegerField(null=True, blank=True, help_text="Sheets at most; empty: no limit.")
    chair = models.BooleanField(default=False, help_text="Leads deliberations of this panel.")
    peer = models.BooleanField(default=False, help_text="Judges as a member of a team, on a panel of peers, and nothing else.")
    left_at = models.DateTimeField(null=True, blank=True, help_text="Dropped out: gets nothing new.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "panel", "person"], name="panelist_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.panel}"


class ConflictOfInterest(models.Model):
    """This judge must not mark this group."""

    person = models.ForeignKey("games.Person", models.CASCADE, related_name="+")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="conflicts")
    kind = models.CharField(
        max_length=12, choices=[(k.value, k.value) for k in ConflictKind], default=ConflictKind.DECLARED.value
    )
    source = models.CharField(
        max_length=9, choices=[(s.value, s.value) for s in ConflictSource], default=ConflictSource.ORGANIZER.value
    )
    reason = models.TextField(blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True, help_text="An organizer found that there is none.")
    lifted_reason = models.TextField(blank=True)
    declared_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "group"], name="conflict_once")
        ]
        verbose_name_plural = "conflicts of interest"

    def __str__(self) -> str:
        return f"{self.person_id} not for {self.group_id}"


class Concern(models.Model):
    """A team says in its own words who should not judge it: an organizer names the judges who are meant, or answers why not."""

    group = models.ForeignKey("games.Group", models.CASCADE, related_name="concerns")
    words = models.TextField()
    person = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who said so.")
    said_at = models.DateTimeField(auto_now_add=True)
    answer = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"concern {self.pk} of {self.group_id}"


class AssignmentPlan(models.Model):
    """Who would judge what, worked out by a worker and looked at before it counts. `asked` and `found` are plain JSON."""

    challenge = models.ForeignKey("games.Challenge", models.CASCADE, related_name="assignment_plans")
    panel = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in PlanState], default=PlanState.WAITING.value)
    asked = models.JSONField(default=dict)
    found = models.JSONField(default=dict)
    by = models.CharField(max_length=36, blank=True, help_text="Pseudonym of who asked.")
    says = models.CharField(max_length=200, blank=True, help_text="What is being worked on.")
    percent = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["challenge", "panel", "-id"], name="plans_of_a_panel")]

    def __str__(self) -> str:
        return f"plan for {self.challenge_id} {self.panel}: {self.state}"


class Calibration(models.Model):
    """All judges of a panel mark the same anchor entries first; the others open when it is done."""

    challenge = models.ForeignKey("games.Challenge", models.CASCADE, related_name="calibrations")
    panel = models.CharField(max_length=100)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in CalibrationState], default=CalibrationState.MARKING.value
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    discussed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "panel"], name="calibration_once_per_panel")
        ]

    def __str__(self) -> str:
        return f"calibration of {self.challenge_id} {self.panel}: {self.state}"


class Anchor(models.Model):
    """An entry that every judge of the panel marks: it shows how they differ, and links their marks."""

    calibration = models.ForeignKey(Calibration, models.CASCADE, related_name="anchors")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["calibration", "group"], name="anchor_once")
        ]

    def __str__(self) -> str:
        return f"anchor {self.group_id}"
