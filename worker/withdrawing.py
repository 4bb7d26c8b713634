"""Acts after which fewer people may see something of a board, or something else of it, or somebody another side: told with the commit."""

from typing import Final

from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.organizations.models import Person
from leaderboards import pages, readers

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

PARTS: Final = frozenset({Kind.MEMBER_JOINED, Kind.MEMBER_ROLE_CHANGED, Kind.PERSON_CLAIMED})
"""Somebody's part in a cycle is another: they may see another side of its boards than they were given before."""


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


def ask_reader_again(entry: JournalEntry) -> None:
    """Whoever bears the account of the person."""
    about, _, number = entry.subject.partition(":")
    if about == "person" and number.isdigit():
        readers.changed(Person.objects.filter(pk=int(number), user__isnull=False).values_list("user_id", flat=True))
