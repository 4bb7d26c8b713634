"""Rules of points that were tried on the real journal become the rules of the cycle, and the points read under them are shown: both or neither."""

from typing import Any

from django.db import transaction

from games.cycles.models import Cycle
from games.cycles.models import Design as DesignRow
from games.cycles.queries import design_of
from games.progression.actions.designs import amend
from games.recognition.actions import swap_points
from games.recognition.models import Points, PointsCursor
from games.recognition.rules import NoPreview
from leaderboards.engine.language import gettext as _


@transaction.atomic
def put_in_force(cycle: Cycle, *, generation: int, reason: str, by: Any) -> DesignRow:
    """Amend the rules of points by decision, and swap. Raises what `amend` and `swap_points` raise, NoPreview when nothing is on trial."""
    held = Cycle.objects.select_for_update(of=("self",), no_key=True).get(pk=cycle.pk)
    trial = PointsCursor.objects.filter(cycle=held, preview_generation=generation).first()
    if trial is None or trial.preview_rules is None:
        raise NoPreview(_("No rules of points are on trial here: try some first."))
    row = amend(held, design=design_of(held).data() | {"rules": trial.preview_rules}, by=by, reason=reason)
    swap_points(held, generation=generation, by=by)
    written = Points.objects.filter(cycle=held, generation=generation, seal__gt=0)
    written.exclude(design_number=row.number).update(design_number=row.number)
    cycle.refresh_from_db()
    return row
