"""Small wins, cheers for them, and how far each team had come: what the next win is told against."""

from typing import ClassVar

from django.db import models

from games.recognition.rules.wins import WinKind


class Win(models.Model):
    """Something a team can be glad of, found in the sealed journal on the day it happened. Written by the reader alone.

    It is seen with what it is about (an idea, an attempt, a board), never further. Who else was part of it is named to those who may
    read the test or the idea that tells so.
    """

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="wins")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="wins")
    kind = models.CharField(max_length=13, choices=[(k.value, k.value) for k in WinKind])
    key = models.CharField(max_length=230, help_text="What makes it once for its group.")
    seal = models.BigIntegerField(help_text="The journal entry that tells it; below zero: brought in with a bundle.")
    at = models.DateTimeField()
    reached = models.BigIntegerField(null=True, blank=True, help_text="Weeks, days, place or measured value, as the kind says.")
    before = models.BigIntegerField(null=True, blank=True, help_text="What it was until then.")
    idea = models.ForeignKey("games.Idea", models.CASCADE, null=True, blank=True, related_name="+")
    built = models.ForeignKey(
        "games.Idea", models.CASCADE, null=True, blank=True, related_name="+", help_text="The idea that builds on it."
    )
    test = models.ForeignKey("games.ChangeTest", models.CASCADE, null=True, blank=True, related_name="+")
    attempt = models.ForeignKey("games.Attempt", models.CASCADE, null=True, blank=True, related_name="+")
    board = models.ForeignKey("leaderboards.Board", models.CASCADE, null=True, blank=True, related_name="+")
    partner = models.ForeignKey(
        "games.Group", models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who adopted it or built on it."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "group", "kind", "key"], name="win_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["cycle", "-at"], name="wins_of_cycle"),
            models.Index(fields=["group", "-at"], name="wins_of_group"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.group_id}"


class Cheer(models.Model):
    """One cheer of a person for a win of another team. `group`: as whose member."""

    win = models.ForeignKey(Win, models.CASCADE, related_name="cheers")
    person = models.ForeignKey("games.Person", models.CASCADE, related_name="cheers")
    group = models.ForeignKey("games.Group", models.CASCADE, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["win", "person"], name="cheer_win_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} cheers {self.win_id}"


class WinProgress(models.Model):
    """How far a team has come with one thing: its tests, a board, a task. `base`: before the last publication, for its correction."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="+")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="+")
    what = models.CharField(max_length=210, help_text="tests, board:KEY or task:ROUND/CHALLENGE.")
    state = models.JSONField(default=dict)
    base = models.JSONField(default=dict)
    mark = models.CharField(max_length=200, blank=True, help_text="The last publication: the rounds it was about.")

    class Meta:
        verbose_name_plural = "win progress"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "group", "what"], name="win_progress_once")
        ]

    def __str__(self) -> str:
        return f"{self.what} of {self.group_id}"
