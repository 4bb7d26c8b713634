"""Who reads whose work between two rounds: dealt around a ring, so that everybody reads and is read alike. Pure."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from games.errors import Conflict, Invalid

MOST_TAKEN: Final = 20
"""So much a group takes from one study: what it will really try."""


class StudyState(StrEnum):
    """planned → on → over, by the clock alone."""

    PLANNED = "planned"
    ON = "on"
    OVER = "over"


class StudyRefused(Conflict):
    """There is no study after this round, or it is not on, or there is nothing to read yet."""

    code = "study_refused"


class TakenInvalid(Invalid):
    """What is taken cannot be written down as it is."""

    code = "taken_invalid"


def study_state(begins: datetime, ends: datetime, now: datetime) -> StudyState:
    """An end belongs to what follows: at the end itself the study is over."""
    if now < begins:
        return StudyState.PLANNED
    return StudyState.ON if now < ends else StudyState.OVER


def dealt(readers: Iterable[int], sources: Iterable[int], reads: int, *, seed: str) -> dict[int, tuple[int, ...]]:
    """Reader → the groups whose work it reads: `reads` of them, or all others if there are fewer; never its own.

    Groups stand in a ring that the seed orders. Who has work in it reads the next ones around, so each is read equally often, and two
    read each other only where a ring of fewer than 2 * reads + 1 leaves no other way. Who has none takes up where the last one stopped.
    """
    ring = sorted(set(sources), key=lambda one: sha256(f"{seed}:{one}".encode()).digest())
    place = {group: number for number, group in enumerate(ring)}
    found: dict[int, tuple[int, ...]] = {}
    stopped = 0
    for group in sorted(set(readers)):
        if group in place:
            count = min(reads, len(ring) - 1)
            start = place[group] + 1
        else:
            count, start = min(reads, len(ring)), stopped
            stopped += count
        found[group] = tuple(ring[(start + step) % len(ring)] for step in range(count))
    return found
