"""Watchfulness: activity beside learning, and who is thanked by whom. What is found is a flag for people, never a punishment. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from games.errors import Conflict, Invalid


class ExchangeKind(StrEnum):
    """What one team gives to another: thanks and cheers, a mark that its words helped, taking up an idea, adopting it."""

    THANKS = "thanks"
    CHEER = "cheer"
    HELPED = "helped"
    BUILT = "built"
    ADOPTED = "adopted"


class FlagKind(StrEnum):
    """Why somebody should look."""

    PAIR = "pair"
    RING = "ring"
    MOTION = "motion"


class FlagState(StrEnum):
    """open → dismissed, or acted on: by a person, with a reason."""

    OPEN = "open"
    DISMISSED = "dismissed"
    ACTED = "acted"


SETTLED: Final = frozenset({FlagState.DISMISSED, FlagState.ACTED})


class FlagSettled(Conflict):
    """Somebody has looked at it already."""

    code = "flag_settled"


class LookReasonMissing(Invalid):
    """A look stands in the record with a reason."""

    code = "reason_missing"


# --- Motion without learning ----------------------------------------------------------------------------------------------------------

MORE: Final = Fraction(3, 2)
"""Activity is up when it is at least so many times what it was."""
LEAST_BEFORE: Final = 3
"""With fewer acts a week before, a rise says nothing."""
WEEKS_BEFORE: Final = 3


@dataclass(frozen=True, slots=True)
class Week:
    """What a team did in the week of this Monday: every act, finished tests, ideas of others adopted or built upon."""

    monday: date
    acts: int = 0
    tests: int = 0
    adoptions: int = 0

    @property
    def learned(self) -> int:
        """Tests and adoptions together."""
        return self.tests + self.adoptions


@dataclass(frozen=True, slots=True)
class Motion:
    """Activity rose in `week` from so many acts a week to so many, and learning did not follow."""

    week: date
    acts_before: Fraction
    acts: int
    learned_before: Fraction
    learned: int


def motion_in(weeks: Sequence[Week]) -> Motion | None:
    """Whether the last of these whole weeks, one after the other and the oldest first, has motion without learning.

    Compared with the mean of up to three weeks before it: activity up by half or more, tests and adoptions not up at all.
    """
    *before, last = weeks[-(WEEKS_BEFORE + 1) :] if weeks else [Week(date.min)]
    if not before:
        return None
    acts = Fraction(sum(one.acts for one in before), len(before))
    learned = Fraction(sum(one.learned for one in before), len(before))
    if acts < LEAST_BEFORE or last.acts < MORE * acts or last.learned > learned:
        return None
    return Motion(last.monday, acts, last.acts, learned, last.learned)


# --- A flag that was looked at --------------------------------------------------------------------------------------------------------

AGAIN: Final = 2


def says_more(settled: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether what is found now is more than what somebody looked at: twice as many exchanges. Else the look stands."""
    return int(now.get("exchanges", 0)) >= AGAIN * max(1, int(settled.get("exchanges", 0)))
