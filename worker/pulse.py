"""A pulse: seal what was journalled, do what follows from it, hand out the runs that wait. Safe at any time, in any number."""

import logging
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Subquery
from django.db.models.functions import Coalesce

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.journal.actions import is_pending, seal_pending
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
from worker.waking import BURST, looking, publish, pulsed

logger = logging.getLogger(__name__)
READER: Final = "reactions"
BATCH: Final = 500
ROUNDS: Final = 6
"""Of one pulse: sealing is one, reacting to a batch another. What a few acts start takes four to six."""
_reader_held: Final[Kept[Sealer, tuple[int]]] = Kept(
    lambda name: Sealer.objects.select_for_update(skip_locked=True).filter(name=name).values_list("seal"), str
)
_first_unread: Final[Kept[JournalEntry, tuple[int]]] = Kept(
    lambda name: (
        JournalEntry.objects.filter(seal__gt=Coalesce(Subquery(Sealer.objects.filter(name=name).values("seal")), 0))
        .order_by("seal")
        .values_list("pk")[:1]
    ),
    str,
)
_entries_after: Final[Kept[JournalEntry, JournalEntry]] = Kept(lambda seal: sealed(after=seal)[:BATCH], int)
ONCE_PER_CYCLE: Final = (refresh, refresh_points, look_for_conflicts)


def pulse() -> None:
    """Seal, react, queue. Where acts come without end it stops after some rounds, so that what waits gets its turn, and another goes on."""
    while True:
        with looking():
            more = _some_rounds()
        pulsed()
        if not more:
            break
        if publish("pulse"):
            return
    if is_pending() or _unread():  # it came at the last moment, and asked for no pulse as this one still ran
        publish("pulse", countdown=BURST)
    hand_out()


def _some_rounds() -> bool:
    """A few rounds of sealing and reacting; whether there may be more to do."""
    return all(seal_pending() or _read_batch() for _ in range(ROUNDS))


def _begun() -> list[tuple[int]]:
    """Where reading begins in a house where nobody has read yet; empty where somebody holds it."""
    return [(0,)] if Sealer.objects.get_or_create(name=READER)[1] else []


def _unread() -> bool:
    return bool(_first_unread(READER))


def _read_batch() -> int:
    """React to the next sealed entries. Returns how many; 0 at the end, or while another worker is reading."""
    if not _unread():
        return 0
    with transaction.atomic():
        readers = _reader_held(READER) or _begun()
        entries = _entries_after(*readers[0]) if readers else []
        if not entries:
            return 0
        _react(entries)
        Sealer.objects.filter(name=READER).update(seal=entries[-1].seal)
    hand_out(anew=False)  # a refresh reads for itself what is recognized here
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


def hand_out(*, anew: bool = True) -> int:
    """Queue every run that somebody may take now, and those that will be due soon. Returns how many are due.

    Not `anew`: what this process queued a moment ago is left to the message that is on its way.
    """
    now, tick = db_now(), time.monotonic()
    due = due_runs(now)
    for run in due:
        if anew or tick - _said.get((run, None), -LOST) >= LOST:
            _said[run, None] = tick
            publish("work", run)
    for run, moment in _soon(now):
        if moment is not None and (run, moment) not in _said:
            _said[run, moment] = tick  # should that message be lost, it is queued when it is due
            publish("work", run, countdown=(moment - now).total_seconds() + 0.01)
    while len(_said) > MOST_SAID:
        del _said[next(iter(_said))]
    return len(due)


_soon: Final[Kept[RecomputeRun, tuple[int, datetime | None]]] = Kept(
    lambda now: RecomputeRun.objects.filter(state=RunState.WAITING.value, not_before__gt=now).values_list("pk", "not_before"),
    datetime,
)
_said: Final[dict[tuple[int, datetime | None], float]] = {}
MOST_SAID: Final = 1000
LOST: Final = 1.0
"""Seconds after which a message that did nothing is taken for lost."""
