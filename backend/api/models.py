"""What the API remembers of its own: the answers to requests that carried an Idempotency-Key."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class IdempotencyRecord(models.Model):
    """One keyed POST. Without `status` its work is still going on, or died with its process; `claimed_at` tells which."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    path = models.CharField(max_length=500)
    key = models.CharField(max_length=200)
    body_hash = models.CharField(max_length=64, help_text="SHA-256 of the parsed body.")
    claimed_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    body = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "path", "key"], name="api_idempotency_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["claimed_at"], name="api_idempotency_claimed")]

    def __str__(self) -> str:
        return f"{self.key} on {self.path}"
