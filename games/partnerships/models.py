"""What teams proposed to each other and agreed: who goes on, and how credit is shared."""

from typing import ClassVar

from django.db import models

from games.partnerships.rules import AnswerState, PartnershipKind, PartnershipState

_MERGER, _JOINT = PartnershipKind.MERGER.value, PartnershipKind.JOINT.value


class Partnership(models.Model):
    """One team, the lead, goes on for several: as their common team from now on (a merger), or with one entry to a task (joint)."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="partnerships")
    number = models.PositiveIntegerField(help_text="Its name in addresses and files, from 1 in each cycle.")
    kind = models.CharField(max_length=6, choices=[(k.value, k.value) for k in PartnershipKind])
    lead = models.ForeignKey("games.Group", models.CASCADE, related_name="leads", help_text="The team that goes on.")
    challenge = models.ForeignKey(
        "games.Challenge",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="partnerships",
        help_text="The task of a joint entry.",
    )
    name = models.CharField(max_length=300, blank=True, help_text="What the team is called after a merger; empty: as before.")
    note = models.TextField(blank=True, help_text="Words of whoever proposed it, for the teams and organizers.")
    state = models.CharField(
        max_length=9, choices=[(s.value, s.value) for s in PartnershipState], default=PartnershipState.PROPOSED.value
    )
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "number"], name="partnership_number_once"),
            models.CheckConstraint(
                condition=models.Q(kind=_MERGER, challenge__isnull=True) | models.Q(kind=_JOINT, challenge__isnull=False),
                name="partnership_joint_has_task",
            ),
            models.CheckConstraint(
                condition=models.Q(state=PartnershipState.PROPOSED.value, settled_at__isnull=True)
                | ~models.Q(state=PartnershipState.PROPOSED.value) & models.Q(settled_at__isnull=False),
                name="partnership_settled_says_when",
            ),
            models.UniqueConstraint(
                fields=["challenge", "lead"],
                condition=models.Q(kind=_JOINT, state=PartnershipState.AGREED.value),
                name="one_joint_entry_of_lead",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["cycle", "state"], name="partnerships_of_cycle")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Partner(models.Model):
    """A team in a partnership, the lead among them: its part of the credit in basis points (10,000 together) and what it answered."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="partners")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="partnerships")
    basis_points = models.PositiveIntegerField()
    answer = models.CharField(max_length=8, choices=[(s.value, s.value) for s in AnswerState], default=AnswerState.ASKED.value)
    answered_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["partnership", "group"], name="partner_once"),
            models.CheckConstraint(
                condition=models.Q(basis_points__gte=1, basis_points__lte=9999), name="partner_has_part_of_whole"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["group", "answer"], name="partner_of_group")]

    def __str__(self) -> str:
        return f"{self.basis_points} to {self.group_id}"
