"""Playbooks posted to this instance. Those of the library are files beside this one."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Playbook(models.Model):
    """A preset as data: a Design whose times are offsets. A changed playbook is a new version; running cycles keep theirs."""

    key = models.SlugField(max_length=100)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    source = models.CharField(max_length=20, default="library", choices=[("library", "library"), ("posted", "posted")])
    data = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key", "version"], name="playbook_version_once")
        ]
        ordering: ClassVar[list[str]] = ["key", "-version"]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"
