"""What people suggest to change in the rules of their own cycle, and who else wants it."""

from typing import ClassVar

from django.db import models

from games.suggestions.rules import SuggestionState


class Suggestion(models.Model):
    """An improvement of a cycle's own rules. Accepted it waits for the gate; applied it names the Design that it became.

    `change`: what is to be set, as [{path, value}], or empty while it is words only. `diff`: what that changes, as everybody may read it.
    `ruling`: what organizers accepted instead, in the same shape, where it is not what was suggested.
    """

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="suggestions")
    number = models.PositiveIntegerField(help_text="Its name in addresses and files, from 1 in each cycle.")
    author = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="suggestions")
    group = models.ForeignKey("games.Group", models.SET_NULL, null=True, blank=True, related_name="suggestions")
    named = models.BooleanField(default=True, help_text="Whether its author wants to be named to everybody.")
    title = models.CharField(max_length=200)
    why = models.TextField()
    change = models.JSONField(default=list, blank=True)
    diff = models.JSONField(default=list, blank=True)
    state = models.CharField(
        max_length=9, choices=[(s.value, s.value) for s in SuggestionState], default=SuggestionState.OPEN.value
    )
    at = models.DateTimeField()
    ruling = models.JSONField(default=list, blank=True)
    answer = models.TextField(blank=True, help_text="What organizers said when they decided.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    decider = models.CharField(max_length=300, blank=True, help_text="Name as it stands in the record.")
    applied_at = models.DateTimeField(null=True, blank=True)
    design_number = models.PositiveIntegerField(null=True, blank=True, help_text="The version of the rules it became.")
    decision = models.ForeignKey("games.Decision", models.SET_NULL, null=True, blank=True, related_name="+")
    stuck = models.TextField(blank=True, help_text="Why it could not be applied when the gate was passed.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "number"], name="suggestion_number_once"),
            models.CheckConstraint(
                condition=models.Q(design_number__isnull=True, applied_at__isnull=True)
                | models.Q(design_number__isnull=False, applied_at__isnull=False, state=SuggestionState.ACCEPTED.value),
                name="suggestion_applied_once_accepted",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["cycle", "state", "-at"], name="suggestions_of_cycle")]

    def __str__(self) -> str:
        return self.title

    @property
    def waits(self) -> bool:
        """Accepted, and no rule yet."""
        return self.state == SuggestionState.ACCEPTED.value and self.design_number is None


class Support(models.Model):
    """Somebody else wants it too: once each, and never their own."""

    suggestion = models.ForeignKey(Suggestion, models.CASCADE, related_name="supports")
    person = models.ForeignKey("games.Person", models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["suggestion", "person"], name="support_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} supports {self.suggestion_id}"
