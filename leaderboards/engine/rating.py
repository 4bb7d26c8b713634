"""Ratings over contests with any number of teams: Weng and Lin (2011), algorithm 4, for the Plackett-Luce model.

What is known of a team is a mean and a standard deviation. Each contest moves the mean towards what the places say, more where less is
known, and makes the deviation smaller. The order in which teams are given never matters; the order of contests does.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import exp, sqrt
from typing import Final, NamedTuple

from leaderboards.engine.numbers import Rounding, rounded

BETA: Final = 25 / 6
"""How much a team's result differs from one contest to the next."""
DRIFT: Final = 25 / 300
"""What a team may have changed since its last contest: so much deviation comes in before each."""
LEAST: Final = 1e-4
"""At most so small a part of the variance is left after one contest."""
DECIMALS: Final = 6
CAUTION: Final = 3


class Rating(NamedTuple):
    """A mean and a standard deviation. Of a newcomer nothing is known: the cautious rating is 0."""

    mean: float = 25.0
    deviation: float = 25 / 3

    @property
    def cautious(self) -> Fraction:
        """The mean less three deviations, to six decimals: what ranks."""
        return rounded(Fraction(self.mean - CAUTION * self.deviation), DECIMALS, Rounding.HALF_EVEN)


NEWCOMER: Final = Rating()


def rated(before: Mapping[str, Rating], places: Mapping[str, Fraction]) -> dict[str, Rating]:
    """The ratings of all teams that had a place in a contest, after it (oracle O-OS). `places`: 1 is first, equals share.

    Teams without a place are left out; fewer than two tell nothing. Teams are taken by place and name, so sums are the same every time.
    """
    held = {team: before.get(team, NEWCOMER) for team in sorted(places, key=lambda one: (places[one], one))}
    if len(held) < 2:  # noqa: PLR2004 nobody to compare with
        return held
    held = {team: Rating(one.mean, sqrt(one.deviation**2 + DRIFT**2)) for team, one in held.items()}
    spread = sqrt(sum(one.deviation**2 + BETA**2 for one in held.values()))
    strengths = {team: exp(one.mean / spread) for team, one in held.items()}
    levels = [_level(place, places, strengths) for place in sorted(set(places.values()))]
    return {team: _moved(one, spread, *_told(strengths[team], places[team], levels)) for team, one in held.items()}


class _Level(NamedTuple):
    """A place: how many came there, and the strength of all who might have been taken for each of them, the first taken first."""

    place: Fraction
    teams: int
    open: tuple[float, ...]


def _level(place: Fraction, places: Mapping[str, Fraction], strengths: Mapping[str, float]) -> _Level:
    equal = [strength for team, strength in strengths.items() if places[team] == place]
    below = sum(strength for team, strength in strengths.items() if places[team] >= place)
    return _Level(place, len(equal), tuple(below - taken / len(equal) * sum(equal) for taken in range(len(equal))))


def _told(strength: float, place: Fraction, levels: Iterable[_Level]) -> tuple[float, float]:
    """How far the result of a team lies above what was expected, and how much it tells.

    Equal places by Efron's approximation: of those who share a place each was half taken when the other was. (Sharing out one
    term among them, as other implementations do, can leave two first with no more than the third.)
    """
    above, told = 1.0, 0.0
    for level in levels:
        if level.place > place:
            break
        for taken, there in enumerate(level.open):
            share = strength / there
            above -= share * (1 - taken / level.teams) if level.place == place else share
            told += share * (1 - share) / level.teams
    return above, told


def _moved(one: Rating, spread: float, above: float, told: float) -> Rating:
    variance = one.deviation**2
    left = 1 - variance / spread**2 * (one.deviation / spread) * told
    return Rating(one.mean + variance / spread * above, sqrt(variance * max(left, LEAST)))
