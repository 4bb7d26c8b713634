"""Ratings over a row of contests, worked out from where something changed: what was kept of the contests before is taken as it is.

The state after a contest follows from this contest and all before it, so its name does too: a correction, or a contest that comes in late,
gives other names to the states from there on, and to none before. Whatever is kept under a name is right, or nothing is kept.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from typing import Final, NamedTuple

from leaderboards.engine.rating import BETA, CAUTION, DECIMALS, DRIFT, LEAST, NEWCOMER, Rating, rated

FIRST: Final = repr((BETA, DRIFT, LEAST, CAUTION, DECIMALS))
"""Where every row begins: with other constants nothing that was kept counts."""


class Step(NamedTuple):
    """What a contest did to a team: its rating after it, and by how much the cautious rating moved."""

    after: Rating
    moved: Fraction


type Steps = dict[str, Step]
"""By team, of those who had a place in the contest."""


def names_of(contests: Iterable[str]) -> list[str]:
    """A name for the state after each contest, in order. `contests`: what each of them is, as a text that changes when its places do."""
    found, before = [], FIRST
    for one in contests:
        before = sha256(f"{before}\n{one}".encode()).hexdigest()
        found.append(before)
    return found


def replayed(
    names: Sequence[str], kept: Mapping[str, Steps], places: Callable[[str], Mapping[str, Fraction]]
) -> tuple[list[Steps], dict[str, Steps]]:
    """What each contest did, in order, and those of it that were worked out now, by name: to be kept.

    `kept` may have any of them, or none. `places` is asked for the contests that it has not; 1 is first, equals share.
    """
    ratings: dict[str, Rating] = {}
    found: list[Steps] = []
    new: dict[str, Steps] = {}
    for name in names:
        steps = kept.get(name)
        if steps is None:
            after = rated(ratings, places(name))
            steps = new[name] = {
                team: Step(one, one.cautious - ratings.get(team, NEWCOMER).cautious) for team, one in after.items()
            }
        ratings |= {team: step.after for team, step in steps.items()}
        found.append(steps)
    return found, new
