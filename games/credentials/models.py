"""Credentials, the printed pages made of them, and the keys that signed them."""

import uuid
from typing import ClassVar

from django.db import models

from games.credentials.rules import CredentialState, SourceKind

LIVE = [CredentialState.ASKED.value, CredentialState.ISSUED.value]


class SigningKey(models.Model):
    """The public half of a key that credentials were signed with. It stays published after the key was changed; a stolen one is withdrawn.

    The private half is never stored: it comes from the environment.
    """

    kid = models.CharField(max_length=43, unique=True, help_text="RFC 7638 thumbprint of the public key.")
    public = models.CharField(max_length=43, help_text="The Ed25519 public key, base64url: `x` of its JWK.")
    since = models.DateTimeField(help_text="First signed with.")
    until = models.DateTimeField(null=True, blank=True, help_text="Replaced by another one; what it signed stays valid.")
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="Stolen or lost: nothing that it signed is believed any more."
    )
    reason = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.kid


class KeyStatement(models.Model):
    """That one key follows another: signed by both, so that whoever pinned either may trust the other (see docs/proof.md)."""

    before = models.CharField(max_length=43, help_text="RFC 7638 thumbprint of the key that ends.")
    after = models.CharField(max_length=43, help_text="Of the key that follows.")
    statement = models.TextField(help_text="Canonical JSON (RFC 8785), as it was signed.")
    signature_before = models.CharField(max_length=86, help_text="By the key that ends, Ed25519, base64url.")
    signature_after = models.CharField(max_length=86, help_text="By the key that follows.")
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["before", "after"], name="key_follows_once")
        ]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"


class Credential(models.Model):
    """That a group, or one of its members, won or earned something, as it was said and signed. What it says is never changed.

    `claim` is what it says (see rules/claims.py), `digest` the SHA-256 of its canonical JSON. A correction is another credential.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="Its name in addresses.")
    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="credentials")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="credentials")
    person = models.ForeignKey(
        "games.Person",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="credentials",
        help_text="A member who asked for one of their own. Empty: it is the group's.",
    )
    source = models.CharField(max_length=5, choices=[(s.value, s.value) for s in SourceKind])
    key = models.CharField(max_length=100, help_text="Key of the award or of the badge in the Design.")
    grant = models.ForeignKey(
        "games.Grant", models.SET_NULL, null=True, blank=True, related_name="credentials", help_text="The award it rests on."
    )
    name = models.CharField(max_length=300, blank=True, help_text="Whom it names, as they wished; empty once they left.")
    title = models.CharField(max_length=300, help_text="What was won.")
    wanted = models.JSONField(default=dict, blank=True, help_text="What was asked for beside the name: with_address.")
    claim = models.JSONField(default=dict, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(
        max_length=7, choices=[(s.value, s.value) for s in CredentialState], default=CredentialState.ASKED.value
    )
    token = models.TextField(blank=True, help_text="The signed badge: a compact JWT.")
    signed_with = models.ForeignKey(SigningKey, models.PROTECT, null=True, blank=True, related_name="credentials")
    status_list = models.PositiveIntegerField(null=True, blank=True, help_text="Number of the status list it stands in.")
    status_index = models.PositiveIntegerField(null=True, blank=True, help_text="Its bit there: set once it is taken back.")
    asked_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was taken back: everybody who verifies it reads this.")
    given_up = models.BooleanField(default=False, help_text="Taken back by whoever it names, who may ask for another one.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["cycle", "source", "key", "group"],
                condition=models.Q(person__isnull=True, state__in=LIVE),
                name="credential_of_group_once",
            ),
            models.UniqueConstraint(
                fields=["cycle", "source", "key", "group", "person"],
                condition=models.Q(person__isnull=False, state__in=LIVE),
                name="credential_of_person_once",
            ),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="credential_bit_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["cycle", "group"], name="credentials_of_group"),
            models.Index(fields=["state", "asked_at"], name="credentials_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.title} to {self.name}"


class Certificate(models.Model):
    """The printed page of a credential, made once by a worker: the same bytes whoever makes it again."""

    credential = models.OneToOneField(Credential, models.CASCADE, related_name="certificate")
    content = models.BinaryField(help_text="PDF.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content: a file that somebody shows is compared with it.")
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["digest"], name="certificate_by_digest")]

    def __str__(self) -> str:
        return f"certificate of {self.credential_id}"
