"""Acts after which somebody may see more or less of a cycle's boards than before: those who watch are asked about again, at once."""

from typing import Final

from games.journal.models import JournalEntry
from games.journal.rules import Kind
from leaderboards.live import recheck
from leaderboards.models import Board

SEEN_ANEW: Final = frozenset(
    {
        Kind.CYCLE_STATE_CHANGED,
        Kind.CYCLE_CHANGED,
        Kind.CYCLE_DISCARDED,
        Kind.CYCLE_PURGED,
        Kind.CYCLE_IMPORTED,
        Kind.DESIGN_AMENDED,
        Kind.DECISION_RECORDED,
        Kind.GLASS_BROKEN,
        Kind.ROUND_PUBLISHED,
        Kind.ROUND_WIDENED,
        Kind.MEMBER_LEFT,
        Kind.MEMBER_ROLE_CHANGED,
        Kind.GROUP_LEFT,
        Kind.GROUP_SETTLED,
        Kind.GROUP_MERGED,
        Kind.ACCOUNT_CHANGED,
    }
)


def ask_watchers_again(entry: JournalEntry) -> None:
    """Who may watch the boards of the cycle has changed; or what somebody may watch, where the act is about no cycle."""
    about, _, number = entry.subject.partition(":")
    if entry.cycle_id is not None:
        recheck(Board.objects.filter(scope=entry.cycle_id).values_list("pk", flat=True))
    elif about == "user" and number.isdigit():
        recheck(user_ids=[int(number)])
    else:
        recheck()
