"""Activity beside learning, what teams give to each other, and flags for people to look at."""

from typing import ClassVar

from django.db import models

from games.recognition.rules.watching import ExchangeKind, FlagKind, FlagState


class LearningWeek(models.Model):
    """What a team did in one week, and what it learned by. Weeks begin on Monday, in the time zone of the cycle."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="+")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="+")
    week = models.DateField(help_text="Its Monday.")
    acts = models.PositiveIntegerField(default=0, help_text="Everything its members did.")
    tests = models.PositiveIntegerField(default=0, help_text="Tests of change it finished.")
    adoptions = models.PositiveIntegerField(default=0, help_text="Ideas of others that it adopted or built upon.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "group", "week"], name="learning_week_once")
        ]

    def __str__(self) -> str:
        return f"{self.group_id} in the week of {self.week}: {self.acts} acts, {self.tests} tests"


class Exchange(models.Model):
    """How often one team gave something to another: thanks, a mark that it helped, taking up or adopting an idea."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="+")
    giver = models.ForeignKey("games.Group", models.CASCADE, related_name="+")
    receiver = models.ForeignKey("games.Group", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in ExchangeKind])
    count = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "giver", "receiver", "kind"], name="exchange_once"),
            models.CheckConstraint(condition=~models.Q(giver=models.F("receiver")), name="exchange_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} to {self.receiver_id}: {self.count} {self.kind}"


class WatchFlag(models.Model):
    """Something somebody should look at: two teams, or a ring, that give mostly to each other; activity up, learning flat.

    It changes nothing by itself. Who looked, what they decided and why stands in it.
    """

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="watch_flags")
    number = models.PositiveIntegerField(help_text="Its name in addresses, from 1 in each cycle.")
    kind = models.CharField(max_length=6, choices=[(k.value, k.value) for k in FlagKind])
    key = models.CharField(max_length=120, help_text="What it is about: group ids, or a group and a week.")
    groups = models.ManyToManyField("games.Group", related_name="+", help_text="The teams it is about.")
    facts = models.JSONField(default=dict, help_text="The numbers behind it.")
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="When it was last found.")
    state = models.CharField(max_length=9, choices=[(s.value, s.value) for s in FlagState], default=FlagState.OPEN.value)
    reason = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "number"], name="watch_flag_number_once"),
            models.UniqueConstraint(
                fields=["cycle", "kind", "key"], condition=models.Q(state="open"), name="one_open_watch_flag"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["cycle", "state"], name="watch_flags_of_cycle")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
