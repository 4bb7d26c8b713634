"""The hall of a cycle as rows: whose table is where, who speaks when. Which judge stands at a table now is of no other day."""

from collections.abc import Iterator, Mapping
from datetime import UTC

from games.bundles.rows import PitchRow, StandRow
from games.cycles.models import Cycle
from games.judging.models import Pitch, Stand


def stand_rows(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[StandRow]:
    """Every table."""
    for one in Stand.objects.filter(round__cycle=cycle, group__in=groups).select_related("round").order_by("round", "number"):
        absent = one.absent_at.astimezone(UTC) if one.absent_at else None
        yield StandRow(one.round.key, one.number, groups[one.group_id], one.location, absent)


def pitch_rows(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[PitchRow]:
    """Every pitch."""
    rows = Pitch.objects.filter(round__cycle=cycle, group__in=groups).select_related("round")
    for one in rows.order_by("round", "starts_at", "pk"):
        place = (one.round.key, groups[one.group_id], one.panel, one.room)
        yield PitchRow(*place, one.starts_at.astimezone(UTC), one.minutes)
