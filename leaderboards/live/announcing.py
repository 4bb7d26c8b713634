"""What the rest of the house says to the watchers of boards."""

from collections.abc import Iterable, Sequence

from leaderboards.live.bus import publish
from leaderboards.live.messages import FETCH, MOST_ROWS, Delta, Recheck, body, written
from leaderboards.models import Board
from leaderboards.queries import rows_of, standings, version_of


def announce(
    board_id: int, audience: str, *, since: int, version: int | None = None, gone: Sequence[str] | None = None, at: float = 0.0
) -> bool:
    """Tell everybody who watches this side what changed after `since`, up to `version` (None: up to now).

    `at`: when it was committed, in seconds since 1970. False if there is nothing to tell, or nobody could be told now.
    """
    board = Board.objects.filter(pk=board_id).first()
    if board is None:
        return False
    now = version_of(board, audience)
    version = now if version is None else min(version, now)
    if version <= since:
        return False
    # of a sorted set it is known whose number changed, not whom they passed
    rows = [] if board.sorted_set else rows_of(standings(board, audience).filter(changed_version__gt=since)[: MOST_ROWS + 1])
    whole = board.sorted_set or len(rows) > MOST_ROWS
    if whole:
        said = body(board.pk, board.key, since=FETCH, version=version)
    else:
        said = body(board.pk, board.key, since=since, version=version, rows=rows, gone=gone or ())
    return publish(Delta(board.pk, audience, since, version, at, written(said), whole).packed())


def recheck(board_ids: Iterable[int] | None = None, *, user_ids: Iterable[int] | None = None) -> bool:
    """Who may see these boards has changed, or what these users may see: every live process asks again for the sockets concerned.

    Call it after the commit. Nothing given: everybody is asked about. False if it could not be said now; the net catches it.
    """
    boards = None if board_ids is None else frozenset(board_ids)
    users = None if user_ids is None else frozenset(user_ids)
    if boards is None and users is None:
        return publish(Recheck(frozenset(), None).packed())
    asked = Recheck(boards or None, users or None)  # none named is no reason to ask anybody
    return publish(asked.packed()) if asked.boards or asked.users else False
