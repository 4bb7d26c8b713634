"""Points in three stages: journal → points → totals."""

from typing import ClassVar

from django.db import models


class Points(models.Model):
    """One award of points or its reversal. Written once, in sealed order, by the pure rule; never by hand."""

    # without an index of its own: one below begins with it
    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="points", db_index=False)
    generation = models.PositiveIntegerField(
        default=1, help_text="A change of rules replays into a new generation, then they are swapped."
    )
    seal = models.BigIntegerField(help_text="The journal entry that earned it.")
    rule = models.CharField(max_length=100)
    subject = models.CharField(
        max_length=80, blank=True, help_text="What the act was about: it earns once until it is taken back."
    )
    design_number = models.PositiveIntegerField()
    group = models.ForeignKey("games.Group", models.CASCADE, null=True, blank=True, related_name="points")
    person = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    partner = models.BigIntegerField(
        null=True, blank=True, help_text="Id of the other team of the act: who was helped, who took it up."
    )
    day = models.DateField(null=True, blank=True, help_text="Whose caps it counts for: a day of the cycle's time zone.")
    repeats = models.PositiveIntegerField(default=0, help_text="How often the same partner had counted for this rule before.")
    amount = models.IntegerField()
    reverses = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "points"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["cycle", "generation", "seal", "rule", "group"],
                condition=models.Q(partner__isnull=True, reverses__isnull=True),
                name="points_once_per_act",
            ),
            models.UniqueConstraint(
                fields=["cycle", "generation", "seal", "rule", "group", "partner"],
                condition=models.Q(partner__isnull=False, reverses__isnull=True),
                name="points_once_per_partner",
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=models.Q(reverses__isnull=False), name="points_taken_back_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["cycle", "generation", "group"], name="points_by_group"),
            models.Index(fields=["cycle", "generation", "subject"], name="points_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+d} by {self.rule}"


class PointsTotal(models.Model):
    """Sum of a group's points in one generation; kept up step by step, rebuilt by one SUM.

    Everything in it follows from the points, which have their cycle and group checked by the database; checked again for every total,
    a rebuild would take twice as long.
    """

    # without an index of its own: one below begins with it
    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    generation = models.PositiveIntegerField(default=1)
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="+", db_constraint=False)
    amount = models.IntegerField(default=0)
    last_at = models.DateTimeField(null=True, blank=True)
    seal = models.BigIntegerField(default=0, help_text="The last journal entry that changed it.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "generation", "group"], name="points_total_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["cycle", "generation", "seal"], name="points_total_by_seal")
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.amount}"


class PointsCursor(models.Model):
    """How far points have read the sealed journal of a cycle, and which generation is shown."""

    cycle = models.OneToOneField("games.Cycle", models.CASCADE, related_name="+", primary_key=True)
    generation = models.PositiveIntegerField(default=1)
    seal = models.BigIntegerField(default=0)
    kept = models.TextField(
        blank=True, default="", help_text="Rows of earlier generations that count in this one, as lines generation:rule."
    )
    steady = models.JSONField(
        default=dict, blank=True, help_text="Rules under which all of the journal was read, as {key: how it reads}."
    )
    preview_generation = models.PositiveIntegerField(
        null=True, blank=True, help_text="Replayed under other rules, not shown yet."
    )
    preview_kept = models.TextField(blank=True, default="", help_text="The same as `kept`, of the preview.")
    preview_seal = models.BigIntegerField(default=0)
    preview_design = models.PositiveIntegerField(null=True, blank=True)
    preview_rules = models.JSONField(
        null=True, blank=True, help_text="Rules on trial, which no Design has yet. Empty: those of preview_design."
    )
    preview_until = models.BigIntegerField(
        default=0, help_text="How far the shown points had read when the preview was asked for: progress."
    )
    preview_at = models.DateTimeField(null=True, blank=True, help_text="When it was asked for.")
    preview_held_until = models.DateTimeField(null=True, blank=True, help_text="A worker reads for it until then.")

    def __str__(self) -> str:
        return f"generation {self.generation} up to {self.seal}"
