"""Boards, live standings, published snapshots. `scope` is whatever the caller ranks in (a cycle's id); this app knows nothing of games."""

from typing import Any, ClassVar, NoReturn

from django.db import models


class Board(models.Model):
    """A declared ranking. `spec` is its piece of the rules; `live` boards are shown as they change, others only when published."""

    scope = models.BigIntegerField()
    key = models.CharField(max_length=100)
    number = models.PositiveIntegerField(help_text="Order in the rules; the first is the main result.")
    name = models.CharField(max_length=300)
    spec = models.JSONField(default=dict)
    audience = models.CharField(
        max_length=10, default="public", help_text="public, judges or organizers: the widest audience it is for."
    )
    live = models.BooleanField(default=False)
    sorted_set = models.BooleanField(
        default=False,
        help_text="It has so many rows that its live ranks are kept as a sorted set: rows are written now and then.",
    )
    version = models.BigIntegerField(default=0, help_text="Goes up with every change of the public side.")
    restricted_version = models.BigIntegerField(
        default=0, help_text="The same for the restricted side: a frozen public side tells nothing of it."
    )
    dirty_since = models.DateTimeField(null=True, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    as_of = models.BigIntegerField(
        null=True, blank=True, help_text="How far the caller had read its journal for the live rows; empty where it did not say."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scope", "key"], name="board_key_once")
        ]
        ordering: ClassVar[list[str]] = ["scope", "number"]

    def __str__(self) -> str:
        return self.name


class Standing(models.Model):
    """A live row of a board for one audience ("public" sees the frozen one, "restricted" all). Numbers are number texts.

    `rank` orders rows for showing (1, 2, 3, …); `place` is what is shown and may be shared, fractional or empty.
    """

    # without an index of its own: one below begins with it
    board = models.ForeignKey(Board, models.CASCADE, related_name="standings", db_index=False)
    audience = models.CharField(max_length=10, default="public")
    entry = models.CharField(max_length=100, help_text="Key of the group.")
    line = models.PositiveIntegerField(default=0, help_text="A board of records may list a group more than once.")
    name = models.CharField(max_length=300)
    bracket = models.CharField(max_length=100, blank=True)
    rank = models.PositiveIntegerField()
    place = models.CharField(max_length=20, blank=True)
    previous_place = models.CharField(max_length=20, blank=True)
    score = models.CharField(max_length=100, blank=True)
    keys = models.JSONField(default=list, help_text="The order values, as in the board's order.")
    values = models.JSONField(default=dict, help_text="Per-round scores and other named values.")
    status = models.CharField(max_length=20, default="ranked")
    pending = models.PositiveIntegerField(default=0)
    changed_version = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["board", "audience", "entry", "line"], name="standing_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["board", "audience", "bracket", "rank"], name="standing_by_rank")
        ]

    def __str__(self) -> str:
        return f"{self.place or '-'} {self.name}"


class FrozenQuerySet(models.QuerySet["Snapshot"]):
    """Rows that are written once: no update, no delete."""

    def update(self, **kwargs: Any) -> NoReturn:  # noqa: ARG002 the signature of Django
        """Refused: a published state stays as it was."""
        raise TypeError(FROZEN)

    def delete(self) -> NoReturn:
        """Refused: a published state stays."""
        raise TypeError(FROZEN)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002 the signature of Django
        """Refused: a published state stays as it was."""
        raise TypeError(FROZEN)


FROZEN = "A published snapshot never changes: publish a correction with a reason instead."


class Snapshot(models.Model):
    """A published state: numbered, immutable, names as they were. A correction is a new one with a reason."""

    board = models.ForeignKey(Board, models.PROTECT, related_name="snapshots")
    audience = models.CharField(max_length=10, default="public")
    number = models.PositiveIntegerField()
    design_number = models.PositiveIntegerField()
    rows = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical rows, design number and previous digest.")
    previous_digest = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=36, blank=True)
    as_of = models.BigIntegerField(
        null=True, blank=True, help_text="How far the caller had read its journal for these rows; empty where it did not say."
    )

    objects = FrozenQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["board", "audience", "number"], name="snapshot_number_once")
        ]
        ordering: ClassVar[list[str]] = ["board", "audience", "number"]

    def __str__(self) -> str:
        return f"{self.board_id} snapshot {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new snapshot; a stored one is never saved again."""
        if not self._state.adding:
            raise TypeError(FROZEN)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002 the signature of Django
        """Refused: a published state stays."""
        raise TypeError(FROZEN)


class SnapshotProof(models.Model):
    """What makes a snapshot provable to strangers: a Merkle root over its rows, and a signed statement. Written once, with the snapshot.

    `statement` is kept as it was signed, to the byte (see docs/proof.md).
    """

    snapshot = models.OneToOneField(Snapshot, models.CASCADE, related_name="proof")
    root = models.CharField(max_length=64, help_text="Merkle root over the salted rows, hex.")
    size = models.PositiveIntegerField(help_text="How many rows.")
    secret = models.BinaryField(max_length=32, help_text="32 random bytes: the salt of each row follows from them. Never shown.")
    statement = models.TextField(help_text="Canonical JSON (RFC 8785), as it was signed.")
    kid = models.CharField(max_length=43, help_text="RFC 7638 thumbprint of the key that signed.")
    public = models.CharField(max_length=43, help_text="That Ed25519 key, base64url.")
    signature = models.CharField(max_length=86, help_text="Ed25519, base64url.")
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"proof of snapshot {self.snapshot_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new proof; a stored one is never saved again."""
        if not self._state.adding:
            raise TypeError(FROZEN)
        super().save(*args, **kwargs)
