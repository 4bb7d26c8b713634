"""Reads of badges."""

from dataclasses import dataclass

from django.db.models import Count

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.journal.models import JournalEntry
from games.playbooks.schema import Badge, Receiver
from games.recognition.queries.points import totals_of


@dataclass(frozen=True, slots=True)
class Earned:
    """A badge that a group has earned, with how far it went: acts counted, or points."""

    badge: Badge
    group: int
    reached: int


def badges_of(cycle: Cycle) -> list[Earned]:
    """The badges of groups, as the sealed journal and the totals say now: nobody hands them out. Badges of persons are not shown here."""
    badges = [one for one in design_of(cycle).badges if one.receiver is Receiver.GROUP]
    kinds = {one.event for one in badges if one.event is not None}
    counted: dict[str, dict[int, int]] = {}
    if kinds:
        acts = JournalEntry.objects.filter(cycle_id=cycle.pk, kind__in=kinds, seal__isnull=False, group_id__isnull=False)
        for kind, group, acts_done in acts.values_list("kind", "group_id").annotate(number=Count("pk")).order_by("group_id"):
            counted.setdefault(kind, {})[group or 0] = acts_done
    points = dict(totals_of(cycle).values_list("group_id", "amount")) if any(one.points for one in badges) else {}
    earned = []
    for badge in badges:
        reached = counted.get(badge.event, {}) if badge.event is not None else points
        wanted = badge.count if badge.event is not None else badge.points or 0
        earned += [Earned(badge, group, amount) for group, amount in reached.items() if amount >= wanted]
    return earned
