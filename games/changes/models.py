"""Sets of corrections, each previewed and applied as one, and the appeals that lead to them."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from games.changes.rules import AppealState, ChangeKind, ChangeSetState


class Appeal(models.Model):
    """A group asks to look at its result again, within the window; an organizer answers."""

    round = models.ForeignKey("games.Round", models.CASCADE, related_name="appeals")
    challenge = models.ForeignKey("games.Challenge", models.CASCADE, null=True, blank=True, related_name="+")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="appeals")
    person = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField()
    state = models.CharField(max_length=9, choices=[(s.value, s.value) for s in AppealState], default=AppealState.OPEN.value)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["round", "challenge", "group"], condition=models.Q(state="open"), name="one_open_appeal"
            ),
            models.UniqueConstraint(
                fields=["round", "group"], condition=models.Q(state="open", challenge=None), name="one_open_appeal_of_a_round"
            ),
        ]

    def __str__(self) -> str:
        return f"appeal of {self.group_id}: {self.state}"


class ChangeSet(models.Model):
    """Corrections that are applied together or not at all. `preview` is what they would move; `stamp` the facts it was computed from."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="change_sets")
    number = models.PositiveIntegerField()
    reason = models.TextField()
    state = models.CharField(
        max_length=9, choices=[(s.value, s.value) for s in ChangeSetState], default=ChangeSetState.DRAFT.value
    )
    appeal = models.ForeignKey(Appeal, models.SET_NULL, null=True, blank=True, related_name="change_sets")
    preview = models.JSONField(default=dict, blank=True)
    stamp = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    previewed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_reason = models.TextField(blank=True)
    run = models.ForeignKey(
        "games.RecomputeRun", models.SET_NULL, null=True, blank=True, related_name="+", help_text="What publishes it."
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "number"], name="change_set_number")
        ]

    def __str__(self) -> str:
        return f"change set {self.number} of {self.cycle_id}: {self.state}"


class Change(models.Model):
    """One correction. `target` says what (plain ids and keys), `before` and `after` the values."""

    change_set = models.ForeignKey(ChangeSet, models.CASCADE, related_name="changes")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in ChangeKind])
    target = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["change_set", "position"], name="change_position")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"
