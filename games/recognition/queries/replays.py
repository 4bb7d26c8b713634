"""A board as the house showed it: at a seal of the journal, or at a moment, to everybody or to whoever reads the cycle whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from django.core.cache import cache

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import Conflict
from games.groups.models import Group
from games.groups.queries import withheld
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import PUBLIC_KINDS
from games.playbooks.schema import Design
from games.recognition.queries.moments import edition_at, points_at, read_until, seal_at
from games.results.queries.facts_then import design_number_at, facts_at
from games.results.queries.planning import finished_boards
from games.results.rules import known_facts, without_names
from leaderboards.actions import stored_rows
from leaderboards.computing import compute
from leaderboards.engine.language import gettext as _
from leaderboards.engine.names import is_live
from leaderboards.engine.spec import Source
from leaderboards.engine.words.boards import find_board
from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLIC, RowData, row_data, snapshot_rows

MOST: Final = 20_000
"""Groups of a board that is computed anew while somebody waits."""
KEEP: Final = 3600
SETTLED: Final = timedelta(minutes=1)
"""Older than this, a moment has no acts any more whose transactions are still open."""


class From(StrEnum):
    """What a board of the past is made of."""

    LEDGER = "ledger"  # points by acts up to the seal
    CLOCK = "clock"  # tries up to the moment, with the verdicts they had
    KNOWN = "known"  # everything known at the moment: marks as they were, votes, decisions
    PUBLISHED = "published"  # the version that was published last by then
    NOTHING = "nothing"  # nothing was published by then, or there was no such board


class TooLarge(Conflict):
    """A board of so many groups is not computed while somebody waits: its published versions are there."""

    code = "board_too_large"


@dataclass(frozen=True, slots=True)
class Replayed:
    """A board at a moment, under the rules `design_number`. `seal`: up to which entry of the journal, of a ledger; `snapshot`: the version.

    `brought`: the moment is before the cycle was brought here: what was brought counts from the times it carries.
    """

    source: From
    when: datetime
    rows: list[RowData]
    design_number: int
    seal: int | None = None
    snapshot: Snapshot | None = None
    brought: bool = False


def moment_of(cycle: Cycle, seal: int, *, whole: bool) -> datetime:
    """When the last act of a cycle up to a seal was done; when it began, before its first. Without `whole` of what the public feed tells."""
    rows = JournalEntry.objects.filter(cycle_id=cycle.pk, seal__lte=seal).order_by("-seal")
    told = rows if whole else rows.filter(kind__in=[kind.value for kind in PUBLIC_KINDS])
    return told.values_list("at", flat=True).first() or cycle.created_at


def board_at(board: Board, when: datetime, *, seal: int | None = None, side: str = PUBLIC) -> Replayed:
    """One side of a board as it stood at a moment; one of points after a seal, if it is said: `when` is its moment then.

    By the rules in force then. The public side of a board that is not live is what was published; of any other, names withheld now stay
    withheld. Whether somebody may see the restricted side the caller asks. Raises TooLarge. At most thirty-five statements, whatever the size.
    """
    cycle = Cycle.objects.get(pk=board.scope)
    number = design_number_at(cycle, when)
    design, brought = design_of(cycle, number), when < cycle.created_at
    spec = find_board(design, board.key)
    if spec is None:
        return Replayed(From.NOTHING, when, [], number, brought=brought)
    if side == PUBLIC and not is_live(design, spec):
        return replace(_published(board, when, number), brought=brought)
    if Group.objects.filter(cycle=cycle).count() > MOST:
        message = _("This board has more than {most} teams: look at its published versions.", most=MOST)
        raise TooLarge(message)
    ranks = spec.source is not Source.ROUNDS
    until = min(seal if seal is not None else seal_at(cycle, when), read_until(cycle)) if design.rules or ranks else None
    source = From.LEDGER if ranks else From.CLOCK if is_live(design, spec) else From.KNOWN
    rows = _kept_rows(cycle, design, board, when, until, side)
    return Replayed(source, when, rows, number, seal=until if ranks else None, brought=brought)


def _published(board: Board, when: datetime, number: int) -> Replayed:
    found = Snapshot.objects.filter(board=board, audience=PUBLIC, published_at__lte=when).order_by("-number").first()
    if found is None:
        return Replayed(From.NOTHING, when, [], number)
    return Replayed(From.PUBLISHED, when, snapshot_rows(found), found.design_number, snapshot=found)


def _kept_rows(cycle: Cycle, design: Design, board: Board, when: datetime, until: int | None, side: str) -> list[RowData]:
    """Computed once for a moment that is settled, as long as the board stays as it is, and the same groups keep their names to themselves."""
    hidden = withheld(cycle) if side == PUBLIC else None
    kept_back = sha256(repr(sorted((hidden or {}).items())).encode()).hexdigest()[:24]
    name = f"then:{board.pk}:{side}:{board.version}:{board.restricted_version}:{when.timestamp()}:{until}:{kept_back}"
    kept: list[RowData] | None = cache.get(name)
    if kept is None:
        kept = _rows(cycle, design, board, when, until, hidden)
        if when < db_now() - SETTLED:
            cache.set(name, kept, KEEP)
    return kept


def _rows(
    cycle: Cycle, design: Design, board: Board, when: datetime, until: int | None, hidden: Mapping[str, str] | None
) -> list[RowData]:
    """`hidden`: names that the public side withholds; None: the side of organizers."""
    points = () if until is None else points_at(cycle, until, edition=edition_at(cycle, when))
    then = facts_at(cycle, when, points=points)
    if hidden is not None:
        known = known_facts(design, then.facts, then.published)
        frozen = board.key not in finished_boards(design, then.published)
        shown = without_names(compute(design, known).board(board.key, frozen=frozen).rows, hidden)
    else:
        shown = compute(design, then.facts).board(board.key).rows
    lines: list[dict[str, Any]] = [
        {"entry": entry, "line": line, "previous_place": "", **row} for (entry, line), row in stored_rows(shown).items()
    ]
    return [row_data(one) for one in lines]
