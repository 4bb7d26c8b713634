"""A board as it was: at a seal of the journal, or at a moment. What cannot be rebuilt is what was published by then, and says so."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.core.cache import cache

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import Conflict
from games.groups.models import Group
from games.groups.queries import withheld
from games.journal.models import JournalEntry
from games.journal.rules import PUBLIC_KINDS
from games.playbooks.schema import Design
from games.recognition.queries.moments import points_at, read_until, seal_at
from games.results.queries import published_rounds
from games.results.queries.facts import facts_of
from games.results.queries.planning import finished_boards
from games.results.rules import known_facts, without_names
from games.rounds.models import Round
from leaderboards.actions import stored_rows
from leaderboards.computing import compute, is_statistical
from leaderboards.engine.facts import Attempts, Facts
from leaderboards.engine.language import gettext as _
from leaderboards.engine.names import challenges_of
from leaderboards.engine.spec import LIVE_FORMATS, Source, board_rounds
from leaderboards.engine.words.boards import find_board
from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLIC, RowData, row_data, snapshot_rows

MOST: Final = 20_000
"""Groups of a board that is computed anew while somebody waits."""
KEEP: Final = 3600


class From(StrEnum):
    """What a board of the past is made of."""

    LEDGER = "ledger"  # points by acts up to the seal, under the rules of now
    CLOCK = "clock"  # tries up to the moment, with the verdicts of now
    PUBLISHED = "published"  # what was published by then
    NOTHING = "nothing"  # nothing was published by then, and nothing can be rebuilt


class TooLarge(Conflict):
    """A board of so many groups is not computed while somebody waits: its published versions are there."""

    code = "board_too_large"


@dataclass(frozen=True, slots=True)
class Replayed:
    """A board at a moment. `seal`: up to which entry of the journal, of a ledger; `snapshot`: the version, of what was published."""

    source: From
    when: datetime
    rows: list[RowData]
    seal: int | None = None
    snapshot: Snapshot | None = None


def how(board: Board, design: Design) -> From:
    """From what a board of the past can be had: a live one is rebuilt from its points or its tries, another one is what was published."""
    spec = find_board(design, board.key)
    if spec is None or not board.live:
        return From.PUBLISHED
    if spec.source is not Source.ROUNDS:
        return From.LEDGER
    tasks = [task for one in board_rounds(design, spec) for task in challenges_of(design, one.key, spec)]
    timed = bool(tasks) and all(task.format in LIVE_FORMATS for task in tasks) and not is_statistical(design)
    return From.CLOCK if timed else From.PUBLISHED


def moment_of(cycle: Cycle, seal: int, *, whole: bool) -> datetime:
    """When the last act of a cycle up to a seal was done; when it began, before its first. Without `whole` of what the public feed tells."""
    rows = JournalEntry.objects.filter(cycle_id=cycle.pk, seal__lte=seal).order_by("-seal")
    told = rows if whole else rows.filter(kind__in=[kind.value for kind in PUBLIC_KINDS])
    return told.values_list("at", flat=True).first() or cycle.created_at


def board_at(board: Board, when: datetime, *, seal: int | None = None) -> Replayed:
    """The public side of a board as it stood at a moment, or after a seal. Raises TooLarge."""
    cycle = Cycle.objects.get(pk=board.scope)
    design = design_of(cycle)
    source = how(board, design)
    if source is not From.PUBLISHED and Group.objects.filter(cycle=cycle).count() > MOST:
        message = _("This board has more than {most} teams: look at its published versions.", most=MOST)
        raise TooLarge(message)
    if source is From.LEDGER:
        until = min(seal if seal is not None else seal_at(cycle, when), read_until(cycle))
        return Replayed(source, when, _ledger(cycle, design, board, until), seal=until)
    if source is From.CLOCK:
        return Replayed(source, when, _clock(cycle, design, board, when))
    published = Snapshot.objects.filter(board=board, audience=PUBLIC, published_at__lte=when).order_by("-number").first()
    if published is None:
        return Replayed(From.NOTHING, when, [])
    return Replayed(source, when, snapshot_rows(published), snapshot=published)


def _ledger(cycle: Cycle, design: Design, board: Board, seal: int) -> list[RowData]:
    """A board of points from the ledger alone: what rounds gave is no part of it."""
    found = facts_of(cycle, points=points_at(cycle, seal))
    alone = Facts(groups=found.groups, decisions=found.decisions, points=found.points)
    return _rows(cycle, design, board, alone, frozen=False)


def _clock(cycle: Cycle, design: Design, board: Board, when: datetime) -> list[RowData]:
    """A contest from the tries made by then; what a freeze hides now it hides here."""
    name = f"replayed:{board.pk}:{board.version}:{int(when.timestamp())}"
    kept: list[RowData] | None = cache.get(name)
    if kept is not None:
        return kept
    whole = facts_of(cycle)
    begun = {one.key: one.opened_at or one.opens_at for one in Round.objects.filter(cycle=cycle)}
    tried = Attempts(
        one
        for one in whole.attempts
        if (start := begun.get(one.round)) is not None and start + timedelta(milliseconds=one.at_ms) <= when
    )
    out = published_rounds(cycle)
    then = known_facts(design, replace(whole, attempts=tried), out)
    rows = _rows(cycle, design, board, then, frozen=board.key not in finished_boards(design, out))
    cache.set(name, rows, KEEP)
    return rows


def _rows(cycle: Cycle, design: Design, board: Board, found: Facts, *, frozen: bool) -> list[RowData]:
    computed = compute(design, found).board(board.key, frozen=frozen).rows
    stored = stored_rows(without_names(computed, withheld(cycle)))
    lines: list[dict[str, Any]] = [
        {"entry": entry, "line": line, "previous_place": "", **row} for (entry, line), row in stored.items()
    ]
    return [row_data(one) for one in lines]
