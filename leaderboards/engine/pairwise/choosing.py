"""Which pair, or short list, a judge is asked about next. Pure: the dice are given.

At first entries are shown equally often, drawn by lot; then, among those seen least, by what a vote on them would tell. A judge keeps one
entry of the pair before, so that only one is new to them. No pair is shown to a judge twice.
"""

from collections.abc import Callable, Collection, Sequence
from math import ceil
from typing import Final, NamedTuple

from leaderboards.engine.pairwise.beliefs import BEGINNING, Belief, gain

FIRST_VIEWS: Final = 4
EPSILON: Final = 0.25
LEAST_SEEN: Final = 3  # a third
SHORTEST, LONGEST = 3, 6

type Dice = Callable[[], float]
"""A number from 0 up to, not including, 1."""
type Met = Collection[frozenset[int]]
"""The pairs that this judge has seen."""


class Candidate(NamedTuple):
    """An entry that this judge may compare. `draw`: a random number, which orders entries seen equally often."""

    key: int
    views: int = 0
    draw: int = 0
    belief: Belief = BEGINNING


def next_pair(candidates: Sequence[Candidate], *, before: Collection[int], met: Met, dice: Dice) -> tuple[int, int] | None:
    """The next pair for a judge, left and right by lot; None if they have met all. `before`: the entries of their last pair."""
    ordered = sorted(candidates, key=lambda one: (one.views, one.draw, one.key))
    kept = [one for one in ordered if one.key in before]
    for anchor in [*kept, *(one for one in ordered if one.key not in before)]:
        open_ = [one for one in ordered if one.key != anchor.key and frozenset((anchor.key, one.key)) not in met]
        fresh = [one for one in open_ if one.key not in before] or open_
        if fresh:
            chosen = _chosen(anchor, fresh, calm=ordered[0].views < FIRST_VIEWS, dice=dice)
            return (anchor.key, chosen.key) if dice() < 0.5 else (chosen.key, anchor.key)  # noqa: PLR2004 a coin
    return None


def _chosen(anchor: Candidate, fresh: Sequence[Candidate], *, calm: bool, dice: Dice) -> Candidate:
    """The least seen; once all were seen, among the third seen least the one that would tell most, now and then any of them."""
    if calm:
        return fresh[0]
    third = fresh[: max(2, ceil(len(fresh) / LEAST_SEEN))]
    if dice() < EPSILON:
        return third[int(dice() * len(third))]
    return max(third, key=lambda one: gain(anchor.belief, one.belief))


def next_list(
    candidates: Sequence[Candidate], *, size: int, before: Collection[int], met: Met, dice: Dice
) -> tuple[int, ...] | None:
    """So many entries to put in order, none of whose pairs this judge has met, one of the pair or list before among them where possible.

    Fewer if there are not so many, None if there are not even three. In an order drawn by lot.
    """
    ordered = sorted(candidates, key=lambda one: (one.views, one.draw, one.key))
    kept = [one for one in ordered if one.key in before]
    for anchor in [*kept, *(one for one in ordered if one.key not in before)]:
        found = [anchor.key]
        for one in [one for one in ordered if one.key not in before]:
            if len(found) < size and one.key != anchor.key and all(frozenset((one.key, other)) not in met for other in found):
                found.append(one.key)
        if len(found) >= SHORTEST:
            return tuple(sorted(found, key=lambda _: dice()))
    return None
