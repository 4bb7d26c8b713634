"""The journal and its seal."""

from typing import Any, ClassVar, NoReturn

from django.db import models


class JournalEntry(models.Model):
    """One act. Written once; `seal`, `previous_hash` and `hash` are filled by the sealer alone.

    `payload` holds ids, keys and numbers, never names or free text. `actor` is a pseudonym, empty for anonymous acts.
    Readers go by `seal`, never by `id`: ids commit out of order.
    """

    kind = models.CharField(max_length=60)
    cycle_id = models.BigIntegerField(null=True, blank=True)
    actor = models.UUIDField(null=True, blank=True)
    group_id = models.BigIntegerField(null=True, blank=True)
    subject = models.CharField(max_length=80, blank=True, help_text="What it is about, as kind:id.")
    payload = models.JSONField(default=dict)
    channel = models.CharField(max_length=20, default="web")
    key = models.CharField(max_length=200, null=True, blank=True, unique=True, help_text="Idempotency: one entry per key.")
    at = models.DateTimeField()
    seal = models.BigIntegerField(null=True, blank=True, unique=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["cycle_id", "seal"], name="journal_by_cycle"),
            models.Index(fields=["id"], condition=models.Q(seal__isnull=True), name="journal_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.seal or '-'}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002 the signature of Django
        """Journal entries stay; a wrong one is answered by a reversal."""
        message = "Journal entries are never deleted: record a reversal instead."
        raise TypeError(message)


class Sealer(models.Model):
    """One row: the last seal given out, and who holds the claim until when."""

    name = models.CharField(max_length=20, primary_key=True, default="journal")
    seal = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    claimed_by = models.CharField(max_length=64, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"sealed up to {self.seal}"
