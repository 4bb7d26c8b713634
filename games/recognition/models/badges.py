"""What the game keeps beside the points: badges earned, quests finished, goals reached, and how far each is on the way."""

from typing import ClassVar

from django.db import models


class EarnedBadge(models.Model):
    """That a group (or, where the badge is for persons, a member of it) earned a badge, and when. What was earned stays.

    `badge` is the key in the Design; `design_number` names the rules that held then, so its name and its criteria can be told later.
    """

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="badges_earned")
    badge = models.CharField(max_length=100)
    group = models.ForeignKey("games.Group", models.CASCADE, null=True, blank=True, related_name="badges_earned")
    person = models.ForeignKey(
        "games.Person", models.CASCADE, null=True, blank=True, related_name="+", help_text="Only for badges of persons."
    )
    reached = models.IntegerField(default=1, help_text="How far it went at that moment: acts, days, partners, points, ...")
    design_number = models.PositiveIntegerField()
    seal = models.BigIntegerField(help_text="The journal entry that earned it; below zero: brought in with a bundle.")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["cycle", "badge", "group"], condition=models.Q(person__isnull=True), name="badge_once_per_group"
            ),
            models.UniqueConstraint(
                fields=["cycle", "badge", "person"], condition=models.Q(person__isnull=False), name="badge_once_per_person"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["cycle", "at"], name="badges_by_time")]

    def __str__(self) -> str:
        return f"{self.badge} of {self.group_id}"


class Tally(models.Model):
    """How far a group (or a person) is with one thing that is counted. Kept up step by step; no history is read again."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="+")
    key = models.CharField(max_length=230, help_text="What is counted, as badge:KEY, quest:KEY:STEP or goal:KEY.")
    group = models.ForeignKey("games.Group", models.CASCADE, null=True, blank=True, related_name="+")
    person = models.ForeignKey("games.Person", models.CASCADE, null=True, blank=True, related_name="+")
    number = models.IntegerField(default=0)
    brought = models.IntegerField(
        default=0, help_text="How much of it was brought in with a bundle: no journal tells of it here."
    )
    since = models.DateTimeField(help_text="The first act counted.")
    last_at = models.DateTimeField(help_text="The last act counted.")

    class Meta:
        verbose_name_plural = "tallies"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["cycle", "key", "group"], condition=models.Q(person__isnull=True), name="tally_once_per_group"
            ),
            models.UniqueConstraint(
                fields=["cycle", "key", "person"], condition=models.Q(person__isnull=False), name="tally_once_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.group_id}: {self.number}"


class TallyMark(models.Model):
    """One thing counted (an entry, a day, a partner, ...), so that it counts once."""

    tally = models.ForeignKey(Tally, models.CASCADE, related_name="marks")
    value = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["tally", "value"], name="tally_mark_once")
        ]

    def __str__(self) -> str:
        return self.value


class GroupWeek(models.Model):
    """What a group did in one week, for its streak and its league. Weeks begin on Monday, in the time zone of the cycle."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="+")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="+")
    week = models.DateField(help_text="Its Monday.")
    acts = models.PositiveIntegerField(default=0, help_text="Acts that count for the streak.")
    early = models.PositiveIntegerField(default=0, help_text="Those of them in time to make good the week before.")
    points = models.IntegerField(default=0, help_text="Points given in that week, less what was taken back.")
    brought_acts = models.PositiveIntegerField(default=0, help_text="Of these, brought in with a bundle.")
    brought_early = models.PositiveIntegerField(default=0)
    brought_points = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "group", "week"], name="group_week_once")
        ]

    def __str__(self) -> str:
        return f"{self.group_id} in the week of {self.week}: {self.acts}"


class QuestFinished(models.Model):
    """That a group finished a quest, and when."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="+")
    quest = models.CharField(max_length=100)
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="+")
    seal = models.BigIntegerField(help_text="The journal entry that finished it; below zero: brought in with a bundle.")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "quests finished"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "quest", "group"], name="quest_once")
        ]

    def __str__(self) -> str:
        return f"{self.quest} by {self.group_id}"


class GoalReached(models.Model):
    """That all groups together reached a shared goal. The bonus is credited to each of them, once."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="+")
    goal = models.CharField(max_length=100)
    groups = models.PositiveIntegerField(help_text="How many groups were credited.")
    seal = models.BigIntegerField(help_text="The journal entry that reached it; below zero: brought in with a bundle.")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "goals reached"
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["cycle", "goal"], name="goal_once")]

    def __str__(self) -> str:
        return f"{self.goal}: {self.groups} groups"
