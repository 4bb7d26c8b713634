"""The outbox (every mail is a row first, then sent by the worker), notices on the page, wishes about both, announcements."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.timezone import now

from games.notices.rules import Audience, MessageState, Pace, Topic


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


class Notice(models.Model):
    """Something a person is told on the page. `key` makes telling the same thing twice impossible."""

    person = models.ForeignKey("games.Person", models.CASCADE, related_name="notices")
    cycle = models.ForeignKey("games.Cycle", models.CASCADE, null=True, blank=True, related_name="+")
    topic = models.CharField(max_length=12, choices=[(t.value, t.value) for t in Topic])
    key = models.CharField(max_length=200, unique=True)
    text = models.CharField(max_length=300)
    path = models.CharField(max_length=500, blank=True, help_text="Where it leads, without the host.")
    created_at = models.DateTimeField(default=now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "-created_at"], name="notices_of_person")]

    def __str__(self) -> str:
        return self.text


class NoticeWish(models.Model):
    """How a user wants to hear of a topic by mail: at once, in a daily digest, or not. Without a row: at once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_wishes")
    topic = models.CharField(max_length=12, choices=[(t.value, t.value) for t in Topic])
    pace = models.CharField(max_length=8, choices=[(p.value, p.value) for p in Pace], default=Pace.NOW.value)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "topic"], name="one_wish_per_topic")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.topic} {self.pace}"


class Announcement(models.Model):
    """What organizers tell everybody in a cycle, or only its teams or its judges. Taken back, it stays in the record."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="announcements")
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, help_text="Markdown.")
    audience = models.CharField(max_length=10, choices=[(a.value, a.value) for a in Audience], default=Audience.PUBLIC.value)
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.title
