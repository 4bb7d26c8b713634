"""Groups that ask another for help, what came of it, and groups that do not want to be asked."""

from typing import ClassVar

from django.db import models

from games.peers.rules import PeerState


class PeerAsk(models.Model):
    """A group asks another, of another organization, that does better at the same task. Accepted it is an edge of the network."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="peer_asks")
    number = models.PositiveIntegerField(help_text="Its name in addresses and files, from 1 in each cycle.")
    asker = models.ForeignKey("games.Group", models.CASCADE, related_name="peer_asks")
    asked = models.ForeignKey("games.Group", models.CASCADE, related_name="peer_asked")
    challenge = models.ForeignKey(
        "games.Challenge", models.SET_NULL, null=True, blank=True, related_name="+", help_text="The task both took part in."
    )
    reason = models.CharField(max_length=300, blank=True, help_text="Why the two were matched, as it was told then.")
    words = models.TextField(help_text="What the asking group wants to learn.")
    state = models.CharField(max_length=9, choices=[(s.value, s.value) for s in PeerState], default=PeerState.ASKED.value)
    answer = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    answered_by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "number"], name="peer_ask_number_once"),
            models.UniqueConstraint(
                fields=["asker", "asked"],
                condition=models.Q(state__in=[PeerState.ASKED.value, PeerState.ACCEPTED.value]),
                name="peers_asked_once",
            ),
            models.CheckConstraint(condition=~models.Q(asker=models.F("asked")), name="peers_are_two"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["cycle", "state"], name="peer_asks_of_cycle")]

    def __str__(self) -> str:
        return f"{self.asker_id} asks {self.asked_id}"


class PeerOptOut(models.Model):
    """A group that does not want to be found by others, or asked."""

    group = models.OneToOneField("games.Group", models.CASCADE, related_name="peer_opt_out")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.group_id} stands aside"
