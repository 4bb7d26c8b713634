"""Judging without marks: comparisons in pairs, ranked lists, ballots of an audience."""

from typing import ClassVar

from django.db import models


class Vote(models.Model):
    """A beats B, for pairwise challenges. An empty outcome: no verdict yet (`at` empty: the pair is shown), or skipped (`at` given)."""

    challenge = models.ForeignKey("games.Challenge", models.PROTECT, related_name="votes")
    judge = models.ForeignKey("games.Person", models.PROTECT, related_name="+")
    a = models.ForeignKey("games.Group", models.PROTECT, related_name="+")
    b = models.ForeignKey("games.Group", models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=4, blank=True)
    count = models.PositiveIntegerField(default=1)
    asked_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True, help_text="Taken back: kept, and counts no more.")
    ranking = models.ForeignKey(
        "games.RankedList", models.CASCADE, null=True, blank=True, related_name="votes", help_text="The list that implies it."
    )

    def __str__(self) -> str:
        return f"{self.a_id} or {self.b_id}: {self.outcome or 'open'}"


class RankedList(models.Model):
    """Three to six entries put in order by one judge: it implies a vote on each of their pairs. `groups`: ids, best first."""

    challenge = models.ForeignKey("games.Challenge", models.PROTECT, related_name="ranked_lists")
    judge = models.ForeignKey("games.Person", models.PROTECT, related_name="+")
    groups = models.JSONField(default=list)
    at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"list {self.pk} of {self.judge_id}"


class PairEntry(models.Model):
    """How often an entry was shown in pairs, and where it stands by and by: only for choosing the next pair, never a result."""

    challenge = models.ForeignKey("games.Challenge", models.CASCADE, related_name="pair_entries")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="+")
    views = models.PositiveIntegerField(default=0)
    votes = models.PositiveIntegerField(default=0)
    strength = models.FloatField(default=0.0)
    variance = models.FloatField(default=1.0)
    draw = models.PositiveIntegerField(default=0, help_text="A random number: entries seen equally often come in no fixed order.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "group"], name="pair_entry_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["challenge", "views", "draw"], name="least_seen")]

    def __str__(self) -> str:
        return f"{self.group_id}: seen {self.views} times"


class Ballot(models.Model):
    """One verified person's vote for one entry, on an audience panel."""

    challenge = models.ForeignKey("games.Challenge", models.PROTECT, related_name="ballots")
    panel = models.CharField(max_length=100)
    person = models.ForeignKey("games.Person", models.PROTECT, related_name="+")
    group = models.ForeignKey("games.Group", models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    flag = models.TextField(blank=True, help_text="Why somebody should look: too fast, too many from one place.")
    settled_at = models.DateTimeField(null=True, blank=True, help_text="An organizer looked, and let it count.")
    refused_at = models.DateTimeField(null=True, blank=True, help_text="An organizer found that it does not count.")
    reason = models.TextField(blank=True, help_text="Why it was let count, or refused.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "panel", "person", "group"], name="ballot_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.group_id}"
