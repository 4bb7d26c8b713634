"""Recognition reads the sealed journal of a cycle, once, in order: points, and whatever else is recognized in what was done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import sealed
from games.journal.rules import Kind
from games.playbooks.schema import Design
from games.recognition.actions.game import read_game
from games.recognition.actions.points import BATCH, cursor_of, give
from games.recognition.actions.watching import keep_watch
from games.recognition.actions.wins import find_wins
from games.recognition.models import Points
from games.recognition.queries.acts import acts_of
from games.recognition.queries.editions import shown_by
from games.recognition.rules.game import game_of
from games.recognition.rules.keeping import readings, same
from games.recognition.rules.points import Act
from leaderboards.kept import Kept


@dataclass(frozen=True, slots=True)
class Batch:
    """What was read: the sealed entries in order, each as the rules see it, and the points that they earned (of the generation shown)."""

    cycle: Cycle
    design: Design
    entries: Sequence[JournalEntry]
    acts: Sequence[Act]
    points: Sequence[Points]


def _play(batch: Batch) -> None:
    read_game(batch.cycle, batch.design, batch.entries, batch.acts, batch.points)


def _wins(batch: Batch) -> None:
    find_wins(batch.cycle, batch.design, batch.entries, batch.acts)


def _watch(batch: Batch) -> None:
    keep_watch(batch.cycle, batch.entries, batch.acts)


READERS: Final[tuple[Callable[[Batch], None], ...]] = (_play, _wins, _watch)
"""What reads each batch beside the points, in this order, in the same transaction."""


def recognizes(design: Design) -> bool:
    """Whether a cycle of these rules has anything to recognize in its journal."""
    return bool(design.rules or game_of(design).on or design.recognition.wins)


def read_all(cycle: Cycle) -> None:
    """Read what is sealed by now, batch by batch: one that was not full was the last."""
    while read_journal(cycle) >= BATCH:
        pass


_entries: Final[Kept[JournalEntry, JournalEntry]] = Kept(lambda seal, cycle: sealed(cycle, after=seal)[:BATCH], int, int)


@transaction.atomic
def read_journal(cycle: Cycle) -> int:
    """Read the next sealed entries after the cursor: points first, then every reader. Returns how many were read, 0 at the end."""
    cursor = cursor_of(cycle)
    before = cursor.seal
    entries = _entries(before, cycle.pk)[:BATCH]
    if not entries:
        return 0
    design = design_of(cycle)
    acts = acts_of(cycle, entries, design)
    given = give(cycle, shown_by(cursor), acts, design, cycle.design_number)
    batch = Batch(cycle, design, entries, acts, given)
    for reader in READERS:
        reader(batch)
    cursor.seal = entries[-1].seal or cursor.seal
    cursor.steady = readings(design) if before == 0 else same(cursor.steady, readings(design))
    cursor.save(update_fields=["seal", "steady"])
    if given:
        groups = sorted({row.group_id for row in given if row.group_id is not None})
        payload = {"generation": cursor.generation, "after": before, "seal": cursor.seal, "groups": groups}
        record(Kind.POINTS_CHANGED, cycle_id=cycle.pk, subject=f"cycle:{cycle.pk}", payload=payload)
    return len(entries)
