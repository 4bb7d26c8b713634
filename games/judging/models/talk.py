"""What is said about marks: deliberations among judges, and answers of the teams to their feedback."""

from typing import ClassVar

from django.db import models

from games.judging.rules import DeliberationState, ReplyKind


class Deliberation(models.Model):
    """Judges talk about one entry (or, without a group, about their calibration); the chair decides. `before`, `after`: the marks.

    `before` and `after` map a judge's id to {criterion: scaled value or null}.
    """

    challenge = models.ForeignKey("games.Challenge", models.CASCADE, related_name="deliberations")
    panel = models.CharField(max_length=100)
    group = models.ForeignKey("games.Group", models.CASCADE, null=True, blank=True, related_name="+")
    state = models.CharField(
        max_length=6, choices=[(s.value, s.value) for s in DeliberationState], default=DeliberationState.OPEN.value
    )
    why = models.TextField(blank=True)
    tie = models.JSONField(
        default=dict, blank=True, help_text="The tie at a cut it belongs to: board, to, slots, groups, inside; empty: one entry."
    )
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    outcome = models.TextField(blank=True, help_text="What the chair decided, and why.")
    decided_by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["challenge", "panel", "group"], condition=models.Q(state="open"), name="one_open_deliberation"
            ),
            models.UniqueConstraint(
                fields=["challenge", "panel"], condition=models.Q(state="open", group=None), name="one_open_calibration_talk"
            ),
        ]

    def __str__(self) -> str:
        return f"deliberation on {self.group_id}: {self.state}"


class Remark(models.Model):
    """Something said in a deliberation."""

    deliberation = models.ForeignKey(Deliberation, models.CASCADE, related_name="remarks")
    person = models.ForeignKey("games.Person", models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"remark of {self.person_id}"


class FeedbackReply(models.Model):
    """A team's thanks, its one question, the judge's answer, or what the team did with the feedback."""

    sheet = models.ForeignKey("games.Sheet", models.CASCADE, related_name="replies")
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in ReplyKind])
    person = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    version = models.ForeignKey(
        "games.Version", models.SET_NULL, null=True, blank=True, related_name="+", help_text="Where it was used."
    )
    text = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sheet", "kind"], condition=~models.Q(kind="used"), name="reply_once_per_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} to sheet {self.sheet_id}"
