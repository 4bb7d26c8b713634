"""Looking around in every cycle that runs: flags for people, never for a machine to act on."""

import logging
from typing import Final

from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.recognition.actions.watching import raise_flags

logger = logging.getLogger(__name__)
UNDER_WAY: Final = (CycleState.RUNNING.value, CycleState.AWARDING.value)


def look_around() -> int:
    """Raise what somebody should look at. A cycle that fails stops no other. Returns how many flags are new."""
    found = 0
    for cycle in Cycle.objects.filter(state__in=UNDER_WAY, rehearsal=False, design_number__gt=0).order_by("pk"):
        try:
            found += len(raise_flags(cycle))
        except Exception:
            logger.exception("looking around in %s failed", cycle.key)
    return found
