"""Tests of change and observations; what teams are given to study between rounds, and what they take from it."""

from typing import ClassVar

from django.db import models

from games.learning.rules import Act, ChangeState


class ChangeTest(models.Model):
    """A group tries a change: prediction, what was done, data, what was learned, and what it did then. Of an idea, or its own change."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="change_tests")
    number = models.PositiveIntegerField(help_text="Its name in addresses and files, from 1 in each cycle.")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="change_tests")
    idea = models.ForeignKey("games.Idea", models.CASCADE, null=True, blank=True, related_name="change_tests")
    round = models.ForeignKey("games.Round", models.SET_NULL, null=True, blank=True, related_name="+")
    taken = models.ForeignKey(
        "games.Taken", models.SET_NULL, null=True, blank=True, related_name="change_tests", help_text="What it was taken from."
    )
    title = models.CharField(max_length=200)
    prediction = models.TextField(blank=True)
    done = models.TextField(blank=True)
    data = models.TextField(blank=True)
    learned = models.TextField(blank=True)
    state = models.CharField(max_length=7, choices=[(s.value, s.value) for s in ChangeState], default=ChangeState.PLANNED.value)
    act = models.CharField(max_length=7, choices=[(a.value, a.value) for a in Act], blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    acted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "number"], name="change_test_number_once"),
            models.CheckConstraint(
                condition=models.Q(state="acted") & ~models.Q(act="") | ~models.Q(state="acted") & models.Q(act=""),
                name="change_test_acted_says_how",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["idea", "group", "acted_at"], name="change_test_of_idea")]

    def __str__(self) -> str:
        return self.title


class Observation(models.Model):
    """One measured value of a measure (`aim`: the cycle's own), for a group or the whole cycle, on a date.

    `value` is in millionths. A correction is a new row; the old one keeps who replaced it, and when.
    """

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="observations")
    measure = models.CharField(max_length=100, default="aim")
    group = models.ForeignKey("games.Group", models.CASCADE, null=True, blank=True, related_name="observations")
    period = models.DateField()
    value = models.BigIntegerField()
    note = models.TextField(blank=True, help_text="Where the number comes from.")
    at = models.DateTimeField()
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["cycle", "measure", "group", "period"],
                condition=models.Q(replaced_at__isnull=True, group__isnull=False),
                name="one_observation_of_group",
            ),
            models.UniqueConstraint(
                fields=["cycle", "measure", "period"],
                condition=models.Q(replaced_at__isnull=True, group__isnull=True),
                name="one_observation_of_cycle",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} on {self.period}"


class Reading(models.Model):
    """An entry or idea of another group, given to a group to study after a round. Reading it earns nothing."""

    round = models.ForeignKey("games.Round", models.CASCADE, related_name="readings", help_text="The round that is studied.")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="readings", help_text="Who reads.")
    submission = models.ForeignKey("games.Submission", models.CASCADE, null=True, blank=True, related_name="+")
    idea = models.ForeignKey("games.Idea", models.CASCADE, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(submission__isnull=True, idea__isnull=False)
                | models.Q(submission__isnull=False, idea__isnull=True),
                name="reading_of_one_thing",
            ),
            models.UniqueConstraint(fields=["round", "group", "submission"], name="reading_of_entry_once"),
            models.UniqueConstraint(fields=["round", "group", "idea"], name="reading_of_idea_once"),
        ]

    def __str__(self) -> str:
        return f"reading of {self.group_id} after {self.round_id}"


class Taken(models.Model):
    """What a group takes from what it studied: what it will try (`text`), and what it expects of it. The next round's hypothesis."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="taken")
    number = models.PositiveIntegerField(help_text="Its name in addresses and files, from 1 in each cycle.")
    round = models.ForeignKey("games.Round", models.CASCADE, related_name="taken", help_text="The round that was studied.")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="taken")
    reading = models.ForeignKey(Reading, models.SET_NULL, null=True, blank=True, related_name="taken")
    text = models.CharField(max_length=200, help_text="What the group will try.")
    prediction = models.TextField(blank=True, help_text="What it expects of it.")
    at = models.DateTimeField()
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "number"], name="taken_number_once")
        ]

    def __str__(self) -> str:
        return self.text
