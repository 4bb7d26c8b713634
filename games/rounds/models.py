"""Rounds, extensions, entrants. A round's planned times are projections of the Design, written by `apply_design` alone."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from games.playbooks.rules import Visibility
from games.rounds.rules import Clock


class Round(models.Model):
    """A timebox. `number` is its order in time, from 1."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="rounds")
    key = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    design_number = models.PositiveIntegerField(help_text="The rules it runs under; frozen when it opens.")
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    judging_closes_at = models.DateTimeField(null=True, blank=True)
    extended_to = models.DateTimeField(null=True, blank=True)
    gated = models.BooleanField(default=False)
    passed_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    visibility = models.CharField(
        max_length=10, choices=[(v.value, v.value) for v in Visibility], default=Visibility.SEALED.value
    )
    widens_at = models.DateTimeField(
        null=True, blank=True, help_text="When its rules show more of it next, once it is published; empty: at no known time."
    )
    settled_state = models.CharField(
        max_length=10, default="planned", help_text="The state whose side effects were done; the clock task moves it."
    )

    # Filled by `queries.with_state`.
    state: str
    ends_at: datetime | None

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "key"], name="round_key_once"),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True)
                | models.Q(closes_at__isnull=True)
                | models.Q(closes_at__gt=models.F("opens_at")),
                name="round_closes_after_it_opens",
            ),
        ]
        ordering: ClassVar[list[str]] = ["cycle", "number"]

    def __str__(self) -> str:
        return self.name

    @property
    def clock(self) -> Clock:
        """The times that decide the state."""
        return Clock(
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            extended_to=self.extended_to,
            gated=self.gated,
            passed_at=self.passed_at,
            opened_at=self.opened_at,
            locked_at=self.locked_at,
            closed_at=self.closed_at,
        )


class Extension(models.Model):
    """More time for one group, with the reason."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="extensions")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="+")
    until = models.DateTimeField()
    reason = models.TextField()
    decision = models.ForeignKey("games.Decision", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "group"], name="one_extension_per_group")
        ]

    def __str__(self) -> str:
        return f"{self.group_id} until {self.until:%Y-%m-%d %H:%M}"


class Entrant(models.Model):
    """A group in a round. `via`: all (no cut before it), cut, wildcard, invited. Written by `progression` when a cut is taken."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="entrants")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="entries")
    via = models.CharField(max_length=10, choices=[(v, v) for v in ("all", "cut", "wildcard", "invited")], default="all")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "group"], name="entrant_once")
        ]

    def __str__(self) -> str:
        return f"{self.group_id} in {self.round_id}"
