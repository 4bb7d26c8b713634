"""Movement: how many places each group went up or down between two states of a board."""

from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from leaderboards.engine.outcome import Row


class Change(StrEnum):
    """What happened to a group between two states."""

    NEW = "new"
    UP = "up"
    DOWN = "down"
    SAME = "same"
    GONE = "gone"


class Movement(NamedTuple):
    """`places` is positive for up; None where there is no place before or now."""

    change: Change
    places: Fraction | None


def movements(before: Iterable[Row], after: Iterable[Row]) -> dict[str, Movement]:
    """The movement of every group of either state. Rows without place are compared as such: gaining a place is new, losing it is gone."""
    old = {row.group: row.place for row in before if row.place is not None}
    new = {row.group: row.place for row in after if row.place is not None}
    found = {group: _movement(old.get(group), place) for group, place in new.items()}
    found.update({group: Movement(Change.GONE, None) for group in old if group not in new})
    return found


def _movement(before: Fraction | None, now: Fraction) -> Movement:
    if before is None:
        return Movement(Change.NEW, None)
    places = before - now
    if places == 0:
        return Movement(Change.SAME, places)
    return Movement(Change.UP if places > 0 else Change.DOWN, places)
