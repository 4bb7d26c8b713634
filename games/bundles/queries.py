"""Reads of bundles: who may add to a series."""

from typing import Any

from games.cycles.models import Series
from games.groups.models import Membership
from games.playbooks.rules import Capability


def steers_series(user: Any, series: Series) -> bool:
    """Whether the user organizes one of its cycles."""
    held = Membership.objects.filter(cycle__series=series, group__isnull=True, until__isnull=True, person__user_id=user.pk)
    return any(Capability.ORGANIZE.value in one for one in held.values_list("capabilities", flat=True))
