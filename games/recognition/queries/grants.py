"""Reads of grants."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from games.cycles.models import Cycle
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.recognition.models import Grant
from games.recognition.rules.grants import GrantState


def grants_of(cycle: Cycle) -> QuerySet[Grant]:
    """Everything won in a cycle, in order of the awards' keys and places."""
    return Grant.objects.filter(cycle=cycle).select_related("group").order_by("award", "pk")


def won_by(groups: Collection[int]) -> QuerySet[Grant]:
    """What these groups have won, the newest first, with its cycle and group."""
    won = [GrantState.GRANTED.value, GrantState.DELIVERED.value]
    rows = Grant.objects.filter(group__in=groups, state__in=won).select_related("cycle", "group")
    return rows.order_by("-changed_at", "-pk")


def differences_of(cycle: Cycle) -> dict[int, dict[str, Any]]:
    """Id of a grant → what its last difference said {was, now}, for grants that the results no longer agree with. One statement."""
    acts = JournalEntry.objects.filter(cycle_id=cycle.pk, kind=Kind.GRANT_CHANGED.value).order_by("pk")
    said: dict[int, dict[str, Any]] = {}
    for subject, payload in acts.values_list("subject", "payload"):
        pk = int(subject.partition(":")[2])
        if payload.get("differs"):
            said[pk] = {"was": payload["was"], "now": payload["now"]}
        elif "to" in payload:
            said.pop(pk, None)  # somebody has looked at it since, and moved it
    return said
