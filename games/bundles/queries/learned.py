"""What was measured and tried in a cycle, as rows. Whose the words were stays behind."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from games.bundles.learned_rows import ChangeTestRow, ObservationRow, ReadingRow, TakenRow
from games.bundles.queries.partners import partner_tables
from games.bundles.queries.shared import kept_ideas
from games.bundles.queries.suggested import suggestion_tables
from games.bundles.queries.talked import talk_tables
from games.bundles.tables import Table
from games.cycles.models import Cycle
from games.learning.models import ChangeTest, Observation, Reading, Taken
from games.learning.rules import number_of


def learned_tables(cycle: Cycle, groups: Mapping[int, str]) -> dict[str, Table[Any]]:
    """observations.csv, change_tests.csv, readings.csv, taken.csv, suggestions.csv, partners.csv, threads.csv and posts.csv of a cycle, by their names."""
    ideas = dict(kept_ideas(cycle, groups).values_list("pk", "number"))
    given = list(_given(cycle, groups, ideas))
    return {
        "observations": Table(list(_observations(cycle, groups))),
        "change_tests": Table(list(_tests(cycle, groups, ideas))),
        "readings": Table([row for _, row in given]),
        "taken": Table(list(_taken(cycle, groups, {pk: row.number for pk, row in given}))),
        **suggestion_tables(cycle, groups),
        **partner_tables(cycle, groups),
        **talk_tables(cycle, groups),
    }


def _observations(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[ObservationRow]:
    for one in Observation.objects.filter(cycle=cycle).order_by("pk"):
        if one.group_id is None or one.group_id in groups:
            group = groups[one.group_id] if one.group_id is not None else ""
            times = (one.at.astimezone(UTC), _utc(one.replaced_at))
            yield ObservationRow(one.measure, group, one.period, number_of(one.value), one.note, *times)


def _given(cycle: Cycle, groups: Mapping[int, str], ideas: Mapping[int, int]) -> Iterator[tuple[int, ReadingRow]]:
    """Id → row, numbered in the order in which they were given."""
    rows = Reading.objects.filter(round__cycle=cycle, group__in=groups).select_related("round", "submission__challenge")
    kept = (one for one in rows.order_by("pk") if one.idea_id in ideas or (one.submission and one.submission.group_id in groups))
    for number, one in enumerate(kept, 1):
        entry = one.submission
        work = (entry.challenge.key, groups[entry.group_id], entry.number) if entry else ("", "", 0)
        head = (number, one.round.key, groups[one.group_id], ideas.get(one.idea_id or 0, 0))
        yield one.pk, ReadingRow(*head, *work, _utc(one.read_at))


def _taken(cycle: Cycle, groups: Mapping[int, str], given: Mapping[int, int]) -> Iterator[TakenRow]:
    for one in Taken.objects.filter(cycle=cycle, group__in=groups).select_related("round").order_by("number"):
        words = (one.text, one.prediction, given.get(one.reading_id or 0, 0))
        yield TakenRow(one.number, one.round.key, groups[one.group_id], *words, one.at.astimezone(UTC))


def _tests(cycle: Cycle, groups: Mapping[int, str], ideas: Mapping[int, int]) -> Iterator[ChangeTestRow]:
    rows = ChangeTest.objects.filter(cycle=cycle, group__in=groups).select_related("round", "taken").order_by("number")
    for one in rows:
        yield ChangeTestRow(
            one.number,
            groups[one.group_id],
            ideas.get(one.idea_id or 0, 0),
            one.round.key if one.round else "",
            *(one.title, one.prediction, one.done, one.data, one.learned, one.state, one.act),
            *(one.created_at.astimezone(UTC), _utc(one.began_at), _utc(one.acted_at)),
            one.taken.number if one.taken else 0,
        )


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
