"""Points in three stages: sealed acts → points, once each → totals, step by step. And a replay under other rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Max, Q, Sum
from django.db.models.functions import Greatest

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.journal.actions import record
from games.journal.queries import sealed
from games.journal.rules import Kind
from games.playbooks.schema import Design
from games.recognition.models import Points, PointsCursor, PointsTotal
from games.recognition.queries.acts import acts_of, ledger_for
from games.recognition.rules.points import Act, Award, NoPreview

BATCH: Final = 2000


@dataclass(frozen=True, slots=True)
class Preview:
    """A replay not shown yet: its generation, and each group whose total would change, as group id → (now, then)."""

    generation: int
    changes: dict[int, tuple[int, int]]


def cursor_of(cycle: Cycle) -> PointsCursor:
    """The cursor of a cycle, held until the transaction ends: points of a cycle are read by one at a time."""
    PointsCursor.objects.get_or_create(cycle=cycle)
    return PointsCursor.objects.select_for_update().get(cycle=cycle)


def give(cycle: Cycle, generation: int, acts: Sequence[Act], design: Design, number: int) -> list[Points]:
    """Write the points of these acts into a generation, and add them to its totals. The caller holds the cursor."""
    if not design.rules:
        return []
    ledger = ledger_for(cycle, generation, design, acts)
    written: dict[tuple[int, str, int | None], Points] = {}
    awards = [award for act in acts for award in ledger.read(act)]
    first = [award for award in awards if award.reverses is None]
    for wave in (first, [award for award in awards if award.reverses is not None]):
        rows = [_row(cycle, generation, number, award, written) for award in wave]
        for row in Points.objects.bulk_create(rows, batch_size=500):
            written[row.seal, row.rule, row.group_id] = row
    _add_to_totals(cycle, generation, list(written.values()))
    return list(written.values())


def _row(cycle: Cycle, generation: int, number: int, award: Award, written: dict[tuple[int, str, int | None], Points]) -> Points:
    """A row; a reversal points to what it takes back, given in this batch or before it."""
    reverses = None
    if award.reverses is not None:
        one = award.reverses
        reverses = written.get((one.seal, one.rule, one.group)) or Points.objects.get(
            Q(group_id=one.group), cycle=cycle, generation=generation, seal=one.seal, rule=one.rule, reverses=None
        )
    return Points(
        cycle=cycle,
        generation=generation,
        seal=award.seal,
        rule=award.rule,
        subject=award.subject,
        design_number=number,
        group_id=award.group,
        person_id=award.person,
        amount=award.amount,
        reverses=reverses,
        at=award.at,
    )


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


# --- Other rules ----------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def replay_points(cycle: Cycle, *, design_number: int | None = None) -> Preview:
    """Read the whole journal again under the rules of a Design (default: the present ones) into a new generation, not shown yet."""
    cursor = cursor_of(cycle)
    number = design_number or cycle.design_number
    _forget_preview(cycle, cursor)
    last = Points.objects.filter(cycle=cycle).aggregate(last=Max("generation"))["last"]
    cursor.preview_generation = max(last or 1, cursor.generation) + 1
    cursor.preview_design, cursor.preview_seal = number, 0
    _catch_up(cycle, cursor)
    cursor.save(update_fields=["preview_generation", "preview_design", "preview_seal"])
    now, then = _totals(cycle, cursor.generation), _totals(cycle, cursor.preview_generation)
    changed = {group: (now.get(group, 0), then.get(group, 0)) for group in sorted(now.keys() | then.keys())}
    return Preview(cursor.preview_generation, {group: pair for group, pair in changed.items() if pair[0] != pair[1]})


@transaction.atomic
def swap_points(cycle: Cycle, *, generation: int, by: Any) -> None:
    """Show the generation that was previewed, brought up to the cursor first. Raises NoPreview if it is not (or no more) the one."""
    cursor = cursor_of(cycle)
    if cursor.preview_generation is None or cursor.preview_generation != generation:
        message = f"There is no preview {generation} of these points: replay them first."
        raise NoPreview(message)
    _catch_up(cycle, cursor)
    cursor.generation = generation
    cursor.preview_generation, cursor.preview_design, cursor.preview_seal = None, None, 0
    cursor.save(update_fields=["generation", "preview_generation", "preview_design", "preview_seal"])
    payload = {"generation": generation, "seal": cursor.seal, "swapped": True}
    record(Kind.POINTS_CHANGED, cycle_id=cycle.pk, by=by, subject=f"cycle:{cycle.pk}", payload=payload)


def _catch_up(cycle: Cycle, cursor: PointsCursor) -> None:
    """Bring the preview up to where the generation shown has read."""
    generation, number = cursor.preview_generation or 0, cursor.preview_design or cycle.design_number
    design = design_of(cycle, number)
    while entries := list(sealed(cycle.pk, after=cursor.preview_seal).filter(seal__lte=cursor.seal)[:BATCH]):
        give(cycle, generation, acts_of(cycle, entries, design), design, number)
        cursor.preview_seal = entries[-1].seal or 0


def _forget_preview(cycle: Cycle, cursor: PointsCursor) -> None:
    """A preview nobody took was never valid: its rows may go, unlike points that counted."""
    if cursor.preview_generation is not None:
        rows = Points.objects.filter(cycle=cycle, generation=cursor.preview_generation)
        rows.filter(reverses__isnull=False).delete()
        rows.delete()
        PointsTotal.objects.filter(cycle=cycle, generation=cursor.preview_generation).delete()


def _totals(cycle: Cycle, generation: int) -> dict[int, int]:
    return dict(PointsTotal.objects.filter(cycle=cycle, generation=generation).values_list("group_id", "amount"))
