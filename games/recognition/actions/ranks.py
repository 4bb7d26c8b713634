"""Sorted sets of ranks follow the totals: changed groups are put where they belong, a lost set is filled again, rows are written now and then.

All of it may be done again and by two workers at once: a set says how far it was filled, and refuses what starts elsewhere.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from redis.exceptions import RedisError

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.recognition.actions.ranked_rows import write_rows
from games.recognition.models import PointsTotal
from games.recognition.queries.ranks import Source, is_large, kept_boards, members, plain_boards, some_members, source_of, unnamed
from games.results.queries import boards_of
from leaderboards import ranked
from leaderboards.models import Board
from leaderboards.queries import AUDIENCES
from leaderboards.ranked import Applied, State

logger = logging.getLogger(__name__)

MANY: Final = 5000
"""So many changed groups are not put one by one: the set is filled anew beside."""
WRITTEN_EVERY: Final = timedelta(seconds=60)
TRIES: Final = 3
WHO_IS_IN: Final = frozenset({Kind.GROUP_REGISTERED.value, Kind.GROUP_SETTLED.value})
"""Acts after which one group may be on the board, or not."""
EVERYBODY: Final = frozenset(
    kind.value for kind in (Kind.GROUP_LEFT, Kind.GROUP_RANK_HIDDEN, Kind.GROUP_MERGED, Kind.DECISION_RECORDED)
)
"""Acts after which anybody may stand elsewhere."""


def choose_sets(cycle: Cycle) -> list[Board]:
    """Which boards are kept as sorted sets by now: those by points alone, in a cycle with many groups. Returns them."""
    plain = set(plain_boards(cycle)) if is_large(cycle) else set()
    boards = list(boards_of(cycle))
    for board in boards:
        wanted = board.key in plain and not source_of(cycle, board).divided
        if board.sorted_set != wanted:
            board.sorted_set = wanted
            Board.objects.filter(pk=board.pk).update(sorted_set=wanted)
    return [board for board in boards if board.sorted_set]


def follow_ranks(cycle: Cycle, boards: Sequence[Board] | None = None) -> int:
    """Bring the sorted sets of a cycle up to its totals, as far as they are committed. Returns how many boards moved."""
    moved = 0
    for board in kept_boards(cycle) if boards is None else boards:
        try:
            moved += _follow(cycle, board)
        except (RedisError, OSError) as error:
            logger.warning("ranks of board %s wait: %s", board.pk, error)
    return moved


def _follow(cycle: Cycle, board: Board) -> bool:
    for _ in range(TRIES):
        source, state = source_of(cycle, board), ranked.state(board.pk)
        if source.divided:
            Board.objects.filter(pk=board.pk).update(sorted_set=False)
            return False
        board.refresh_from_db(fields=["version", "restricted_version"])
        if state is None or not _same_rules(state, source):
            return _build(cycle, board, source)
        if state.at == source.at:
            return _tell(cycle, board, state.version, 0)
        groups = _changed_groups(source, _seal(state))
        if groups is None or len(groups) > MANY:
            return _build(cycle, board, source)
        there, away = some_members(source, board, groups)
        version = max(board.version, state.version) + (1 if there or away else 0)
        done = ranked.apply(board.pk, there, gone=away, since=state.at, until=source.at, version=version)
        if done is Applied.DONE:
            return _tell(cycle, board, version, len(there), away)
    return False  # others were quicker every time: what they put is at least as new


def _same_rules(state: State, source: Source) -> bool:
    """The same generation of points under the same rules."""
    return state.at.rpartition(":")[0] == source.at.rpartition(":")[0] and _seal(state) <= source.seal


def _seal(state: State) -> int:
    return int(state.at.rpartition(":")[2])


def _changed_groups(source: Source, since: int) -> list[int] | None:
    """Ids of the groups to look at again after a seal; None: everybody."""
    acts = JournalEntry.objects.filter(cycle_id=source.cycle.pk, seal__gt=since, kind__in=WHO_IS_IN | EVERYBODY)
    told = list(acts.values_list("kind", "group_id")[: MANY + 1])
    if any(kind in EVERYBODY or group is None for kind, group in told) or len(told) > MANY:
        return None
    totals = PointsTotal.objects.filter(cycle=source.cycle, generation=source.generation, seal__gt=since)
    return sorted({group for _, group in told if group} | set(totals.values_list("group_id", flat=True)[: MANY + 1]))


def _build(cycle: Cycle, board: Board, source: Source) -> bool:
    version = board.version + 1
    instead = unnamed(cycle)
    everybody = members(source, board)
    if not ranked.build(board.pk, everybody, at=source.at, version=version, values=source.values, unnamed=instead):
        return False  # somebody builds it at this moment
    return _tell(cycle, board, version, -1)


@transaction.atomic
def _tell(cycle: Cycle, board: Board, version: int, rows: int, gone: Sequence[str] = ()) -> bool:
    """The board stands at a version: journalled once, whoever comes first. False if that was told already."""
    step = version - board.version
    if step <= 0:
        return False
    now = db_now()
    moved = Board.objects.filter(pk=board.pk, version=board.version).update(
        version=F("version") + step, restricted_version=F("restricted_version") + step, dirty_since=None
    )
    if moved != 1:
        return False
    for audience in AUDIENCES:
        since = board.version if audience == AUDIENCES[0] else board.restricted_version
        hidden = unnamed(cycle) if gone and audience == AUDIENCES[0] else {}
        payload = {
            "board": board.key,
            "audience": audience,
            "from": since,
            "version": since + step,
            "rows": max(rows, 0),
            "gone": [hidden[key][0] if key in hidden else key for key in gone],
        }
        record(Kind.STANDINGS_CHANGED, cycle_id=cycle.pk, subject=f"board:{board.pk}", payload=payload, at=now)
    return True


def keep_up_ranks() -> int:
    """The clock: sets that are lost or behind are brought up to date, rows that are old are written. Returns how many boards it looked at."""
    boards = list(Board.objects.filter(sorted_set=True).order_by("scope", "number"))
    cycles = {one.pk: one for one in Cycle.objects.filter(pk__in={board.scope for board in boards})}
    for board in boards:
        cycle = cycles.get(board.scope)
        if cycle is None:
            continue
        follow_ranks(cycle, [board])
        if board.refreshed_at is None or board.refreshed_at < db_now() - WRITTEN_EVERY:
            write_rows(cycle, board)
    return len(boards)


def write_standings(cycle: Cycle) -> None:
    """Rows of the boards that are kept as sorted sets, as they stand now: before they are published, exported or verified."""
    for board in kept_boards(cycle):
        write_rows(cycle, board, exactly=True)


def ranks_only(cycle: Cycle) -> bool:
    """Whether every board of the cycle is kept as a sorted set and nothing in it is scored: then there is nothing to recompute."""
    return not boards_of(cycle).filter(sorted_set=False).exists() and not design_of(cycle).challenges
