"""Reads of grants."""

from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from games.coaching.queries import asks_for_hours, hours_of
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.recognition.models import Grant, GrantPass, GrantSession
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


def sessions_used(grants: Collection[int]) -> dict[int, int]:
    """Id of a grant → how many of its sessions are booked, or were cancelled too late to be given back."""
    rows = GrantSession.objects.filter(grant__in=grants).select_related("booking__slot", "booking__cycle")
    used: Counter[int] = Counter()
    free: dict[int, int] = {}  # the rules are read once for each cycle, however many are booked
    for row in rows:
        booking = row.booking
        if booking.cycle_id not in free:
            free[booking.cycle_id] = _cancel_hours(booking.cycle)
        until = booking.slot.starts_at - timedelta(hours=free[booking.cycle_id])
        used[row.grant_id] += booking.cancelled_at is None or booking.cancelled_at > until
    return dict(used)


def _cancel_hours(cycle: Cycle) -> int:
    return hours_of(cycle).cancel_hours if asks_for_hours(design_of(cycle)) else 0


def passes_of(cycle: Cycle) -> QuerySet[GrantPass]:
    """Whom awards passed by in a cycle, best places first as far as they are numbers."""
    return GrantPass.objects.filter(cycle=cycle).select_related("group").order_by("award", "pk")


def told_awards(cycle: Cycle) -> set[str]:
    """The awards of which something was given: whom they passed by everybody may know."""
    given = [GrantState.GRANTED.value, GrantState.DELIVERED.value]
    return set(Grant.objects.filter(cycle=cycle, state__in=given).values_list("award", flat=True))
