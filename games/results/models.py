"""Scores of entries, recompute runs, and official results kept beside our own."""

from typing import ClassVar

from django.db import models

from games.results.rules import RunKind, RunState, Step


class ChallengeScore(models.Model):
    """What the engine computed for one group in one challenge: number texts by value name, and how the score came about."""

    challenge = models.ForeignKey("games.Challenge", models.CASCADE, related_name="scores")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="scores")
    status = models.CharField(max_length=20)
    score = models.CharField(max_length=100, blank=True, help_text="Number text; empty = unscored.")
    values = models.JSONField(default=dict)
    explanation = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "group"], name="score_once")
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.score or 'unscored'}"


class PanelAnalysis(models.Model):
    """How sure a panel's marks make us: severities, intervals, reliability, as plain JSON. `digest` names the marks it was made from."""

    challenge = models.ForeignKey("games.Challenge", models.CASCADE, related_name="analyses")
    panel = models.CharField(max_length=100)
    body = models.JSONField(default=dict)
    shown = models.JSONField(default=dict, blank=True, help_text="The body as it was when the round was published last.")
    digest = models.CharField(max_length=64, blank=True)
    computed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "panel"], name="analysis_once_per_panel")
        ]
        verbose_name_plural = "panel analyses"

    def __str__(self) -> str:
        return f"analysis of {self.challenge_id} {self.panel}"


class RecomputeRun(models.Model):
    """A row is the queue: claimed by a conditional UPDATE, leased, swept when the lease runs out."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in RunKind])
    round = models.ForeignKey("games.Round", models.CASCADE, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in RunState], default=RunState.WAITING.value)
    step = models.CharField(max_length=10, choices=[(s.value, s.value) for s in Step])
    publish = models.BooleanField(default=False, help_text="Go on to snapshot, awards and cut.")
    plan = models.JSONField(
        default=dict,
        blank=True,
        help_text="Awards and entrants as computed with the standings: later steps do what was computed then.",
    )
    expected = models.CharField(
        max_length=64, blank=True, help_text="Digest of the preview that was looked at: what is published must still be that."
    )
    not_before = models.DateTimeField(null=True, blank=True, help_text="Keeps refreshes of a cycle apart.")
    reason = models.TextField(blank=True)
    claimed_by = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    by = models.CharField(max_length=36, blank=True, help_text="Pseudonym of who asked.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["cycle", "kind"],
                condition=models.Q(state="waiting", kind="refresh"),
                name="one_waiting_refresh_per_cycle",
            ),
            models.UniqueConstraint(
                fields=["round"],
                condition=models.Q(state__in=["waiting", "running"], kind="settle"),
                name="one_open_settle_per_round",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state} at {self.step}"


class ExternalResult(models.Model):
    """A row of official.csv: somebody else's published result, shown beside ours and compared, never mixed in."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="external_results")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    group = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=100, blank=True)
    value = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["cycle", "kind", "key"], name="external_by_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.group} {self.name} {self.value}"


class SelfCheck(models.Model):
    """That this house looked whether everything it published still proves itself, and what it found. One row a night."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    snapshots = models.PositiveIntegerField(default=0, help_text="Whose digests, roots and signatures were checked.")
    recomputed = models.PositiveIntegerField(default=0, help_text="Boards of the sample computed anew from the facts.")
    faults = models.JSONField(default=list, help_text="What did not hold: [{cycle, board, number, what}].")

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"self-check of {self.started_at:%Y-%m-%d}: {len(self.faults)} faults"
