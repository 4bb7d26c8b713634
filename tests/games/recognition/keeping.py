"""What is in a generation of points, told apart from where its rows were written."""

from typing import Any

from games.cycles.models import Cycle
from games.recognition.models import PointsCursor, PointsTotal
from games.recognition.queries.editions import Edition, previewed_by

type Cells = list[tuple[Any, ...]]


def tried(cycle: Cycle) -> Edition:
    """The generation that is previewed."""
    return previewed_by(PointsCursor.objects.get(cycle=cycle))


def rows_of(cycle: Cycle, edition: Edition) -> Cells:
    """Every award and reversal, but for the row it is in and the number of the rules it was read under."""
    rows = edition.rows(cycle).select_related("reverses")
    return sorted(
        (
            one.seal, one.rule, one.subject, one.group_id or 0, one.person_id or 0, one.partner or 0, str(one.day), one.repeats,
            one.amount, one.reverses.seal if one.reverses is not None else 0, one.at,
        )
        for one in rows
    )  # fmt: skip


def totals_of(cycle: Cycle, edition: Edition) -> Cells:
    """The total of each group, with when and by which entry it changed last."""
    rows = PointsTotal.objects.filter(cycle=cycle, generation=edition.number)
    return sorted(rows.values_list("group_id", "amount", "last_at", "seal"))


def read_from_nothing(cycle: Cycle) -> None:
    """Forget under which rules the journal was read: the next replay keeps nothing."""
    PointsCursor.objects.filter(cycle=cycle).update(steady={})
