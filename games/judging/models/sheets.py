"""Sheets and marks: what judges wrote, what they wrote before, and marks that a human looks at first."""

from typing import ClassVar

from django.db import models

from games.judging.rules import MarkState, ReviewState, SheetState


class Sheet(models.Model):
    """One judge's marks on one entry, and at the same time the assignment: an assigned sheet is one still to be filled."""

    # without an index of its own: one below begins with it
    challenge = models.ForeignKey("games.Challenge", models.PROTECT, related_name="sheets", db_index=False)
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

    # without an index of its own: one below begins with it
    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="marks", db_index=False)
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


class PastSheet(models.Model):
    """A final sheet as it was before it was opened again. `marks`: criterion to [scaled value or null, state, comment]."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="past")
    revision = models.PositiveIntegerField()
    marks = models.JSONField(default=dict)
    comment = models.TextField(blank=True)
    final_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(help_text="Until when this was what counted.")
    reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sheet", "revision"], name="past_sheet_once")
        ]

    def __str__(self) -> str:
        return f"sheet {self.sheet_id} before revision {self.revision}"


class MarkReview(models.Model):
    """A mark far from what the others lead one to expect: a human looks first. Criterion "" is the whole sheet."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="reviews")
    criterion = models.CharField(max_length=100, blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="The sheet's revision that was looked at.")
    distance = models.IntegerField(help_text="Hundredths of the residual standard deviation.")
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in ReviewState], default=ReviewState.OPEN.value)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sheet", "criterion", "revision"], name="review_once_per_revision")
        ]

    def __str__(self) -> str:
        return f"review of sheet {self.sheet_id}: {self.state}"
