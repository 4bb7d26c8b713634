"""What teams bring along into the next cycle: kinds of it, and how much of it is left. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from games.playbooks.schema.succession import Carry
from leaderboards.engine.fading import faded
from leaderboards.engine.numbers import Rounding


class CarriedKind(StrEnum):
    """What a team brings from the cycle before."""

    POINTS = "points"
    HANDICAP = "handicap"
    BADGE = "badge"
    COMMITMENT = "commitment"


@dataclass(frozen=True, slots=True)
class Beginning:
    """Points that a team begins with: `was` there, what is left of them, and its head start."""

    was: int
    points: int
    handicap: int

    @property
    def whole(self) -> int:
        """All of it."""
        return self.points + self.handicap


def beginnings(totals: Mapping[int, int], carry: Carry, days: Fraction) -> dict[int, Beginning]:
    """Team → what it begins with. `totals`: team → its points there; `days`: from the end of that cycle to the start of this one.

    Points: share * 2^(-days / half-life) of what it had. Head start: share of what it was behind the first, at most so much.
    Both are rounded down to whole points; nobody begins below zero.
    """
    best = max(totals.values(), default=0)
    return {team: Beginning(total, _left(total, carry, days), _head_start(best - total, carry)) for team, total in totals.items()}


def _left(total: int, carry: Carry, days: Fraction) -> int:
    if carry.points is None or total <= 0:
        return 0
    held = total * carry.points
    if carry.half_life is not None:
        held = faded(held, days, carry.half_life, Rounding.HALF_UP)
    return held.numerator // held.denominator


def _head_start(behind: int, carry: Carry) -> int:
    if carry.handicap is None or behind <= 0:
        return 0
    start = behind * carry.handicap
    whole = start.numerator // start.denominator
    return whole if carry.handicap_most is None else min(whole, carry.handicap_most)
