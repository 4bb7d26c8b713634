"""The outbox: every mail is a row first, then sent by the worker."""

from typing import ClassVar

from django.db import models
from django.utils.timezone import now

from games.notices.rules import MessageState


class Message(models.Model):
    """A mail to one address. `key` makes telling the same thing twice impossible."""

    to = models.EmailField()
    person = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    cycle = models.ForeignKey("games.Cycle", models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in MessageState], default=MessageState.QUEUED.value)
    tries = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=now, help_text="Not tried before; a worker that sends it moves it on, as its lease.")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "due_at"], name="outbox")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}: {self.state}"
