"""A pulse: seal what was journalled, do what follows from it, hand out the runs that wait. Safe at any time, in any number."""

import logging
from collections.abc import Sequence
from typing import Final

from django.db import transaction

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.journal.actions import seal_pending
from games.journal.models import JournalEntry, Sealer
from games.journal.queries import db_now, sealed
from games.journal.rules import Kind
from games.recognition.actions import follow_ranks, read_all, recognizes
from games.results.actions import due_runs
from games.results.models import RecomputeRun
from games.results.rules import RunState
from leaderboards.kept import Kept
from worker.reactions import FLOW, Reaction, look_for_conflicts, refresh, refresh_points
from worker.telling import late
from worker.waking import publish

logger = logging.getLogger(__name__)
READER: Final = "reactions"
BATCH: Final = 500
ROUNDS: Final = 6
"""Of one pulse: sealing is one, reacting to a batch another. What a few acts start takes four to six."""
_first_unsealed: Final[Kept[JournalEntry, tuple[int]]] = Kept(
    lambda: JournalEntry.objects.filter(seal__isnull=True).values_list("pk")[:1]
)
_read_until: Final[Kept[Sealer, tuple[int]]] = Kept(lambda name: Sealer.objects.filter(name=name).values_list("seal"), str)
_reader_held: Final[Kept[Sealer, tuple[int]]] = Kept(
    lambda name: Sealer.objects.select_for_update(skip_locked=True).filter(name=name).values_list("seal"), str
)
_first_after: Final[Kept[JournalEntry, tuple[int]]] = Kept(lambda seal: sealed(after=seal).values_list("pk")[:1], int)
_entries_after: Final[Kept[JournalEntry, JournalEntry]] = Kept(lambda seal: sealed(after=seal)[:BATCH], int)
ONCE_PER_CYCLE: Final = (refresh, refresh_points, look_for_conflicts)


def pulse() -> None:
    """Seal, react, queue. Where acts come without end it stops after some rounds, so that what waits gets its turn, and another goes on."""
    while _some_rounds():
        hand_out()
        if publish("pulse"):
            return
    hand_out()


def _some_rounds() -> bool:
    """A few rounds of sealing and reacting; whether there may be more to do."""
    return all((_unsealed() and seal_pending()) or _read_batch() for _ in range(ROUNDS))


def _unsealed() -> bool:
    """Asked first, so that a quiet second writes nothing."""
    return bool(_first_unsealed())


def _read_batch() -> int:
    """React to the next sealed entries. Returns how many; 0 at the end, or while another worker is reading."""
    seen = _read_until(READER) or [(Sealer.objects.get_or_create(name=READER)[0].seal,)]
    if not _first_after(*seen[0]):
        return 0
    with transaction.atomic():
        readers = _reader_held(READER)
        entries = _entries_after(*readers[0]) if readers else []
        if not entries:
            return 0
        _react(entries)
        Sealer.objects.filter(name=READER).update(seal=entries[-1].seal)
    _recognize(entries)
    return len(entries)


def _react(entries: Sequence[JournalEntry]) -> None:
    known = {kind.value for kind in Kind}
    asked: set[tuple[Reaction, int | None]] = set()
    for entry in entries:
        for reaction in FLOW.get(Kind(entry.kind), ()) if entry.kind in known else ():
            once = (reaction, entry.cycle_id)
            if reaction in ONCE_PER_CYCLE and once in asked:
                continue
            asked.add(once)
            try:
                with transaction.atomic():
                    reaction(entry)
            except Exception:
                logger.exception("%s to %s #%s failed", getattr(reaction, "__name__", reaction), entry.kind, entry.pk)


def _recognize(entries: Sequence[JournalEntry]) -> None:
    """Points and the like in the cycles in which something happened. Each is a transaction of its own, and may be done again."""
    cycles = {entry.cycle_id for entry in entries if entry.cycle_id is not None and entry.kind != Kind.STANDINGS_CHANGED}
    for cycle in Cycle.objects.filter(pk__in=cycles, design_number__gt=0):
        if recognizes(design_of(cycle)):
            read_all(cycle)
            now = db_now()
            for entry in entries:
                if entry.cycle_id == cycle.pk:
                    late("totals", (now - entry.at).total_seconds())
            follow_ranks(cycle)


def hand_out() -> int:
    """Queue every run that somebody may take now, and those that will be due soon. Returns how many."""
    now = db_now()
    due = due_runs(now)
    for run in due:
        publish("work", run)
    soon = RecomputeRun.objects.filter(state=RunState.WAITING.value, not_before__gt=now).values_list("pk", "not_before")
    for run, moment in soon:
        if moment is not None:
            publish("work", run, countdown=(moment - now).total_seconds() + 0.01)
    return len(due)
