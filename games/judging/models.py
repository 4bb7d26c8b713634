"""Panelists, conflicts, sheets, marks, votes."""

from typing import ClassVar

from django.db import models

from games.judging.rules import MarkState, SheetState


class Panelist(models.Model):
    """A judge on a panel of a challenge: who may mark at all."""

    challenge = models.ForeignKey("games.Challenge", models.CASCADE, related_name="panelists")
    panel = models.CharField(max_length=100)
    person = models.ForeignKey("games.Person", models.PROTECT, related_name="+")

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
    reason = models.TextField(blank=True)
    declared_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "group"], name="conflict_once")
        ]
        verbose_name_plural = "conflicts of interest"

    def __str__(self) -> str:
        return f"{self.person_id} not for {self.group_id}"


class Sheet(models.Model):
    """One judge's marks on one entry, and at the same time the assignment: an assigned sheet is one still to be filled."""

    challenge = models.ForeignKey("games.Challenge", models.PROTECT, related_name="sheets")
    group = models.ForeignKey("games.Group", models.PROTECT, related_name="sheets")
    panel = models.CharField(max_length=100)
    judge = models.ForeignKey("games.Person", models.PROTECT, related_name="sheets")
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in SheetState], default=SheetState.ASSIGNED.value)
    version = models.ForeignKey(
        "games.Version", models.PROTECT, null=True, blank=True, related_name="+", help_text="What was judged."
    )
    design_number = models.PositiveIntegerField(default=0)
    comment = models.TextField(blank=True, help_text="Feedback to the entrant.")
    note = models.TextField(blank=True, help_text="The judge's own note, seen by nobody else.")
    reason = models.TextField(blank=True, help_text="Why recused, or why reopened.")
    flag = models.TextField(blank=True, help_text="What the judge asks the organizers to look at.")
    flagged_at = models.DateTimeField(null=True, blank=True)
    flag_answer = models.TextField(blank=True, help_text="What the organizers answered.")
    flag_answered_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(
        default=0, help_text="Counts the saves: a page that saves names the one it started from."
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)
    final_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "group", "panel", "judge"], name="sheet_once_per_judge")
        ]

    def __str__(self) -> str:
        return f"sheet of {self.judge_id} on {self.group_id}: {self.state}"


class Mark(models.Model):
    """One value on one criterion, scaled by the Design's mark_decimals. An absent mark has no value, and is never zero."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="marks")
    criterion = models.CharField(max_length=100)
    value = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=8, blank=True, choices=[(s.value, s.value) for s in MarkState if s.value])
    comment = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sheet", "criterion"], name="mark_once_per_sheet")
        ]

    def __str__(self) -> str:
        return f"{self.criterion} = {self.value}"


class Vote(models.Model):
    """A beats B, for pairwise challenges. An empty outcome: no verdict."""

    challenge = models.ForeignKey("games.Challenge", models.PROTECT, related_name="votes")
    judge = models.ForeignKey("games.Person", models.PROTECT, related_name="+")
    a = models.ForeignKey("games.Group", models.PROTECT, related_name="+")
    b = models.ForeignKey("games.Group", models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=4, blank=True)
    count = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.a_id} or {self.b_id}: {self.outcome or 'open'}"
