"""Acts after which fewer people may see something of a board, or something else of it: what was ready is withdrawn with the commit."""

from typing import Final

from games.journal.models import JournalEntry
from games.journal.rules import Kind
from leaderboards import pages

NARROWS: Final = frozenset(
    {
        Kind.CYCLE_DISCARDED,
        Kind.CYCLE_STATE_CHANGED,
        Kind.CYCLE_CHANGED,
        Kind.CYCLE_PURGED,
        Kind.DESIGN_AMENDED,
        Kind.DECISION_RECORDED,
        Kind.GROUP_SETTLED,
        Kind.GROUP_LEFT,
        Kind.GROUP_RANK_HIDDEN,
        Kind.GROUP_MERGED,
        Kind.MEMBER_LEFT,
        Kind.SUBMISSION_WITHDRAWN,
        Kind.SUBMISSION_DISQUALIFIED,
        Kind.CHANGES_SETTLED,
        Kind.ACCOUNT_CHANGED,
    }
)
"""Rare acts, and rather too many than too few: the next reader asks the permissions again, and makes the answer anew."""

WIDENS: Final = frozenset(
    {Kind.CYCLE_LAUNCHED, Kind.CYCLE_IMPORTED, Kind.ROUND_PUBLISHED, Kind.ROUND_WIDENED, Kind.SNAPSHOT_PUBLISHED}
)
"""More is shown, or something newer: what was ready is given on while one reader makes the new one."""


def outdate(entry: JournalEntry) -> None:
    """Boards of the cycle."""
    if entry.cycle_id is not None:
        pages.outdate_in(entry.cycle_id)


def withdraw(entry: JournalEntry) -> None:
    """Boards of the cycle; of every cycle where the act was in none."""
    if entry.cycle_id is None:
        pages.withdraw_all()
    else:
        pages.withdraw_in(entry.cycle_id)
