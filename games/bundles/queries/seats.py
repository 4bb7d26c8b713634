"""Who sits on which panel, what is still to be marked, who must not mark whom: rows of a bundle, for organizers."""

from collections.abc import Iterator, Mapping

from games.bundles.rows import AssignmentRow, ConflictRow
from games.judging.models import ConflictOfInterest, Panelist, Sheet
from games.judging.rules import OPEN_SHEETS
from games.judging.rules.seats import BETWEEN

type Units = Mapping[int, tuple[str, str]]


def assignment_rows(units: Units, groups: Mapping[int, str], people: Mapping[int, str]) -> Iterator[AssignmentRow]:
    """Seats on panels with what is known of the judges, and sheets that are still open."""
    for one in Panelist.objects.filter(challenge__in=units).order_by("pk"):
        yield AssignmentRow(
            *units[one.challenge_id],
            "",
            people[one.person_id],
            one.panel,
            topics=BETWEEN.join(one.topics),
            languages=BETWEEN.join(one.languages),
            max_load=one.max_load or 0,
            chair="yes" if one.chair else "",
            left=one.left_at,
        )
    waiting = Sheet.objects.filter(challenge__in=units, group__in=groups, state__in=[one.value for one in OPEN_SHEETS])
    for sheet in waiting.order_by("pk"):
        yield AssignmentRow(*units[sheet.challenge_id], groups[sheet.group_id], people[sheet.judge_id], sheet.panel)


def conflict_rows(groups: Mapping[int, str], people: Mapping[int, str]) -> Iterator[ConflictRow]:
    """Conflicts of interest, lifted ones too: they are not found again."""
    for one in ConflictOfInterest.objects.filter(group__in=groups, person__in=people).order_by("pk"):
        said = (one.reason, one.kind, one.source, one.lifted_at, one.lifted_reason)
        yield ConflictRow(people[one.person_id], groups[one.group_id], *said)
