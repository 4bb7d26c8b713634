"""What was measured and tried in a cycle, as rows. Whose the words were stays behind."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from games.bundles.learned_rows import ChangeTestRow, ObservationRow
from games.bundles.queries.shared import kept_ideas
from games.bundles.tables import Table
from games.cycles.models import Cycle
from games.learning.models import ChangeTest, Observation
from games.learning.rules import number_of


def learned_tables(cycle: Cycle, groups: Mapping[int, str]) -> dict[str, Table[Any]]:
    """observations.csv and change_tests.csv of a cycle, by the names of their tables."""
    return {"observations": Table(list(_observations(cycle, groups))), "change_tests": Table(list(_tests(cycle, groups)))}


def _observations(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[ObservationRow]:
    for one in Observation.objects.filter(cycle=cycle).order_by("pk"):
        if one.group_id is None or one.group_id in groups:
            group = groups[one.group_id] if one.group_id is not None else ""
            times = (one.at.astimezone(UTC), _utc(one.replaced_at))
            yield ObservationRow(one.measure, group, one.period, number_of(one.value), one.note, *times)


def _tests(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[ChangeTestRow]:
    ideas = dict(kept_ideas(cycle, groups).values_list("pk", "number"))
    rows = ChangeTest.objects.filter(cycle=cycle, group__in=groups).select_related("round").order_by("number")
    for one in rows:
        yield ChangeTestRow(
            one.number,
            groups[one.group_id],
            ideas.get(one.idea_id or 0, 0),
            one.round.key if one.round else "",
            *(one.title, one.prediction, one.done, one.data, one.learned, one.state, one.act),
            *(one.created_at.astimezone(UTC), _utc(one.began_at), _utc(one.acted_at)),
        )


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
