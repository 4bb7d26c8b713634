"""Groups, memberships, registration."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from games.groups.rules import GroupState, JoinState, RegistrationState


class Group(models.Model):
    """Any set of people in a cycle; `kind` is a label (team, node, section, …). `columns` keeps the other cells of groups.csv."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="groups")
    key = models.CharField(max_length=100)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=60, default="team")
    division = models.CharField(max_length=100, blank=True)
    columns = models.JSONField(default=dict, blank=True)
    organization = models.ForeignKey("games.Organization", models.SET_NULL, null=True, blank=True, related_name="+")
    predecessor = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="successors", help_text="The same team in the cycle before."
    )
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in GroupState], default=GroupState.ACTIVE.value)
    merged_into = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="merged",
        help_text="The team that goes on for it, after a merger.",
    )
    invite_code = models.CharField(max_length=32, blank=True)
    rank_hidden = models.BooleanField(default=False, help_text="Its captain asked that public boards do not name it.")
    unnamed = models.CharField(
        max_length=40, blank=True, help_text="What public boards call it while it is hidden: a key that tells nothing."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "key"], name="group_key_once"),
            models.UniqueConstraint("cycle", "division", Lower("name"), name="group_name_once_per_division"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["invite_code"], name="group_by_invite")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Person × group × capabilities; without a group it holds for the whole cycle (organizers, judges)."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Group, models.CASCADE, null=True, blank=True, related_name="memberships")
    person = models.ForeignKey("games.Person", models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=100, help_text="Key of a role in the Design; its capabilities are copied here.")
    capabilities = models.JSONField(default=list)
    affiliation = models.CharField(max_length=200, blank=True)
    invited_by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["group", "person"], condition=models.Q(until__isnull=True), name="one_membership_per_group"
            ),
            models.UniqueConstraint(
                fields=["cycle", "person", "role"],
                condition=models.Q(until__isnull=True, group__isnull=True),
                name="one_cycle_wide_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} as {self.role}"


class Registration(models.Model):
    """A group's way into the cycle: answers, what was accepted in which version, and the outcome."""

    group = models.OneToOneField(Group, models.CASCADE, related_name="registration")
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in RegistrationState], default=RegistrationState.PENDING.value
    )
    answers = models.JSONField(default=dict, blank=True)
    terms_version = models.CharField(max_length=40, blank=True)
    licence_version = models.CharField(max_length=40, blank=True)
    age_confirmed = models.BooleanField(default=False)
    reason = models.TextField(blank=True, help_text="The rule that refused it, cited.")
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"registration of {self.group_id}: {self.state}"


class RegistrationFile(models.Model):
    """A file that answers a question of the registration, stored under a random name; for the group itself and organizers."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="files")
    field = models.CharField(max_length=100)
    name = models.CharField(max_length=255, help_text="As it was named by whoever sent it.")
    file = models.FileField(upload_to="registrations/", max_length=200)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class JoinRequest(models.Model):
    """Somebody asks to join a group."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="join_requests")
    person = models.ForeignKey("games.Person", models.CASCADE, related_name="+")
    message = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in JoinState], default=JoinState.ASKED.value)
    asked_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["group", "person"], condition=models.Q(state="asked"), name="one_open_join_request")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} asks to join {self.group_id}"
