"""Submissions in versions, uploads, attempts."""

from typing import ClassVar

from django.db import models

from games.submissions.rules import SubmissionState


class Submission(models.Model):
    """A group's answer to a challenge. `draft` is what is being written; a version is what was handed in."""

    # without an index of its own: one below begins with it
    challenge = models.ForeignKey("games.Challenge", models.PROTECT, related_name="submissions", db_index=False)
    group = models.ForeignKey("games.Group", models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField(default=1, help_text="Several per group and challenge may be allowed.")
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in SubmissionState], default=SubmissionState.DRAFT.value
    )
    draft = models.JSONField(default=dict, blank=True)
    draft_note = models.TextField(blank=True, help_text="What we changed and why, for the next version.")
    draft_saved_at = models.DateTimeField(null=True, blank=True)
    draft_by = models.ForeignKey(
        "games.Person", models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who saved the draft last."
    )
    pinned = models.ForeignKey(
        "games.Version", models.PROTECT, null=True, blank=True, related_name="+", help_text="The version that counts."
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "group", "number"], name="submission_number_once")
        ]

    def __str__(self) -> str:
        return f"submission {self.number} of {self.group_id}"


class Version(models.Model):
    """What was handed in, once and for all. `fields` are the numbers scoring uses, scaled by the Design's mark_decimals."""

    # without an index of its own: one below begins with it
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    data = models.JSONField(default=dict)
    fields = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True, help_text="What we changed and why.")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(help_text="Server time.")
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["submission", "number"], name="version_number_once")
        ]
        ordering: ClassVar[list[str]] = ["submission", "number"]

    def __str__(self) -> str:
        return f"version {self.number}"


class Upload(models.Model):
    """A file of an entry, stored under a random name, served only by the checked view."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="uploads")
    field = models.CharField(max_length=100)
    name = models.CharField(max_length=255, help_text="As the entrant named it.")
    file = models.FileField(upload_to="uploads/", max_length=200)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.name


class Attempt(models.Model):
    """One try at a challenge with format attempts, measured or automatic. Never rewritten: a re-judgement is a new verdict by decision.

    `elapsed_ms` counts from the opening of the round. `value` is scaled by mark_decimals. An empty verdict is pending.
    """

    # without an index of its own: one below begins with it
    challenge = models.ForeignKey("games.Challenge", models.PROTECT, related_name="attempts", db_index=False)
    group = models.ForeignKey("games.Group", models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(null=True, blank=True)
    elapsed_ms = models.BigIntegerField()
    verdict = models.CharField(max_length=20, blank=True)
    value = models.BigIntegerField(null=True, blank=True)
    answer = models.TextField(blank=True)
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "group", "number"], name="attempt_number_once")
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.group_id}: {self.verdict or 'pending'}"
