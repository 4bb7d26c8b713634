"""What somebody is writing."""

from collections.abc import Collection

from django.db.models import QuerySet

from games.cycles.models import Cycle
from games.ideas.models import IdeaDraft


def drafts_of(cycle: Cycle, persons: Collection[int]) -> QuerySet[IdeaDraft]:
    """The drafts of these persons in a cycle, the last one written first."""
    rows = IdeaDraft.objects.filter(cycle=cycle, person__in=sorted(persons))
    return rows.select_related("idea", "group").order_by("-saved_at", "-pk")
