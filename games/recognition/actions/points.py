"""Points in three stages: sealed acts → points, once each → totals, step by step."""

from collections.abc import Sequence
from datetime import datetime
from itertools import batched
from typing import Final

from django.db import connection, transaction

from games.cycles.models import Cycle
from games.playbooks.schema import Design
from games.recognition.actions.crediting import explain, read_acts
from games.recognition.actions.rows import write
from games.recognition.models import Points, PointsCursor, PointsTotal
from games.recognition.queries.acts import ledger_for
from games.recognition.queries.editions import Edition, shown_by
from games.recognition.rules.points import Act
from leaderboards.kept import Kept

BATCH: Final = 2000


def cursor_of(cycle: Cycle) -> PointsCursor:
    """The cursor of a cycle, held until the transaction ends: points of a cycle are read by one at a time."""
    held = _held(cycle.pk)
    if not held:
        PointsCursor.objects.get_or_create(cycle=cycle)
        held = _held(cycle.pk)
    return held[0]


_held: Final[Kept[PointsCursor, PointsCursor]] = Kept(
    lambda cycle: PointsCursor.objects.select_for_update().filter(cycle=cycle), int
)


def give(cycle: Cycle, edition: Edition, acts: Sequence[Act], design: Design, number: int) -> list[Points]:
    """Write the points of these acts into a generation, and add them to its totals. The caller holds the cursor."""
    if not design.recognition.points or not (design.rules or edition.rows(cycle).exists()):
        return []
    ledger = ledger_for(cycle, edition, design, acts)
    awards, book = read_acts(cycle, edition, design, ledger, acts)
    written = write(cycle, edition.number, number, awards)
    explain(cycle, edition, book)
    _add_to_totals(cycle, edition.number, written)
    return written


ADD: Final = """
INSERT INTO games_pointstotal AS t (cycle_id, generation, group_id, amount, last_at, seal) VALUES {rows}
ON CONFLICT (cycle_id, generation, group_id) DO UPDATE SET amount = t.amount + excluded.amount,
    last_at = {later}(t.last_at, excluded.last_at), seal = {later}(t.seal, excluded.seal)
"""
REBUILD: Final = """
INSERT INTO games_pointstotal (cycle_id, generation, group_id, amount, last_at, seal)
SELECT cycle_id, %s, group_id, sum(amount), max(at), max(seal) FROM games_points
WHERE cycle_id = %s AND (generation = %s{kept}) AND group_id IS NOT NULL GROUP BY cycle_id, group_id ORDER BY group_id
"""
"""In order of the groups: indexes grow at their ends, a third of the time of writing less than in the order of a hash."""
ROOM: Final = 64 * 1024
"""KiB for the sums: those of a million groups fit. Without room, PostgreSQL reads the points through an index, each from its own place."""
ROOMY: Final = "SELECT set_config('work_mem', GREATEST(pg_size_bytes(current_setting('work_mem')) / 1024, %s)::text, true)"
"""In this transaction; whoever gave it more keeps that."""
AT_ONCE: Final = 1000


def _add_to_totals(cycle: Cycle, generation: int, rows: Sequence[Points]) -> None:
    """What these rows change in the totals of their groups, in one statement for a thousand groups."""
    added: dict[int, tuple[int, datetime, int]] = {}
    for row in rows:
        if row.group_id is not None:
            amount, last, seal = added.get(row.group_id, (0, row.at, row.seal))
            added[row.group_id] = (amount + row.amount, max(last, row.at), max(seal, row.seal))
    moment = connection.ops.adapt_datetimefield_value
    later = "GREATEST" if connection.vendor == "postgresql" else "max"
    for some in batched(sorted(added.items()), AT_ONCE):  # in one order everywhere: no two writers wait for each other in a ring
        cells = [
            cell for group, (amount, last, seal) in some for cell in (cycle.pk, generation, group, amount, moment(last), seal)
        ]
        with connection.cursor() as cursor:
            cursor.execute(ADD.format(rows=", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(some)), later=later), cells)


@transaction.atomic
def rebuild_totals(cycle: Cycle, edition: Edition | None = None) -> int:
    """Write the totals anew from the points, by one SUM in the database. Returns how many groups have points."""
    cursor = cursor_of(cycle)
    number, kept = shown_by(cursor) if edition is None else edition
    totals = PointsTotal.objects.filter(cycle=cycle, generation=number)
    totals._raw_delete(totals.db)  # nothing hangs on a total
    cells: list[int | str] = [number, cycle.pk, number]
    for earlier, rules in kept.items():
        cells += [earlier, *sorted(rules)]
    with connection.cursor() as database:
        if connection.vendor == "postgresql":
            database.execute(ROOMY, [ROOM])
        marks = [", ".join(["%s"] * len(rules)) for rules in kept.values()]
        database.execute(REBUILD.format(kept="".join(f" OR generation = %s AND rule IN ({one})" for one in marks)), cells)
        return int(database.rowcount)
