"""What everybody may read of an analysis is what was published: it follows its round into the open, and what is marked anew waits."""

from collections.abc import Collection

from django.db.models import F

from games.cycles.models import Cycle
from games.results.models import PanelAnalysis


def show_analyses(cycle: Cycle, keys: Collection[str]) -> int:
    """These rounds are published, once more or for the first time: their analyses are shown as they are now. One statement."""
    return PanelAnalysis.objects.filter(challenge__round__cycle=cycle, challenge__round__key__in=keys).update(shown=F("body"))


def show_first(cycle: Cycle) -> int:
    """Analyses that come to be after their round was published (an import, an older cycle): shown at once. One statement."""
    rows = PanelAnalysis.objects.filter(challenge__round__cycle=cycle, challenge__round__published_at__isnull=False, shown={})
    return rows.update(shown=F("body"))
