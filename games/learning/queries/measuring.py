"""Reads of observations: the newest measured value of a cycle's aim, and all of them with what they replaced."""

from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery

from games.cycles.models import Cycle
from games.learning.models import Observation
from games.learning.rules import AIM


def latest_of(cycles: Iterable[Cycle | int]) -> dict[int, Observation]:
    """Cycle → the newest value of its aim that stands. One statement for any number of cycles; nothing was measured: not there."""
    whole = Observation.objects.filter(measure=AIM, group__isnull=True, replaced_at__isnull=True)
    newest = whole.filter(cycle=OuterRef("cycle")).order_by("-period", "-pk").values("pk")[:1]
    rows = whole.filter(cycle__in=[getattr(one, "pk", one) for one in cycles], pk=Subquery(newest))
    return {one.cycle_id: one for one in rows}


def observations_of(cycle: Cycle) -> QuerySet[Observation]:
    """Every value of the aim of the whole cycle, the newest day first, replaced ones after what replaced them."""
    rows = Observation.objects.filter(cycle=cycle, measure=AIM, group__isnull=True).select_related("by")
    return rows.order_by("-period", "-at", "-pk")
