"""Points in three stages: sealed acts → points, once each → totals, step by step."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, Max, Sum
from django.db.models.functions import Greatest

from games.cycles.models import Cycle
from games.playbooks.schema import Design
from games.recognition.actions.crediting import explain, read_acts
from games.recognition.actions.rows import write
from games.recognition.models import Points, PointsCursor, PointsTotal
from games.recognition.queries.acts import ledger_for
from games.recognition.rules.points import Act

BATCH: Final = 2000


def cursor_of(cycle: Cycle) -> PointsCursor:
    """The cursor of a cycle, held until the transaction ends: points of a cycle are read by one at a time."""
    PointsCursor.objects.get_or_create(cycle=cycle)
    return PointsCursor.objects.select_for_update().get(cycle=cycle)


def give(cycle: Cycle, generation: int, acts: Sequence[Act], design: Design, number: int) -> list[Points]:
    """Write the points of these acts into a generation, and add them to its totals. The caller holds the cursor."""
    if not design.rules or not design.recognition.points:
        return []
    ledger = ledger_for(cycle, generation, design, acts)
    awards, book = read_acts(cycle, generation, design, ledger, acts)
    written = write(cycle, generation, number, awards)
    explain(cycle, generation, book)
    _add_to_totals(cycle, generation, written)
    return written


def _add_to_totals(cycle: Cycle, generation: int, rows: Sequence[Points]) -> None:
    added: dict[int, tuple[int, datetime]] = {}
    for row in rows:
        if row.group_id is not None:
            amount, last = added.get(row.group_id, (0, row.at))
            added[row.group_id] = (amount + row.amount, max(last, row.at))
    there = dict(PointsTotal.objects.filter(cycle=cycle, generation=generation, group__in=added).values_list("group_id", "pk"))
    for group, (amount, last) in added.items():
        if group in there:
            PointsTotal.objects.filter(pk=there[group]).update(amount=F("amount") + amount, last_at=Greatest("last_at", last))
    new = [group for group in added if group not in there]
    PointsTotal.objects.bulk_create(
        PointsTotal(cycle=cycle, generation=generation, group_id=group, amount=added[group][0], last_at=added[group][1])
        for group in new
    )


@transaction.atomic
def rebuild_totals(cycle: Cycle, generation: int | None = None) -> int:
    """Write the totals anew from the points, by one SUM. Returns how many groups have points."""
    cursor = cursor_of(cycle)
    shown = cursor.generation if generation is None else generation
    rows = Points.objects.filter(cycle=cycle, generation=shown, group__isnull=False).values("group_id")
    sums = rows.order_by("group_id").annotate(total=Sum("amount"), last=Max("at"))
    PointsTotal.objects.filter(cycle=cycle, generation=shown).delete()
    totals = [
        PointsTotal(cycle=cycle, generation=shown, group_id=row["group_id"], amount=row["total"], last_at=row["last"])
        for row in sums
    ]
    return len(PointsTotal.objects.bulk_create(totals, batch_size=500))
