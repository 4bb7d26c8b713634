"""What is believed of entries and judges while votes come in, one step per vote (Crowd-BT: Chen et al., WSDM 2013).

Only for choosing the next pair, never a result: the order of votes matters here. Plain Python, for it runs where a judge waits.
"""

from collections.abc import Hashable, Iterable
from math import exp, lgamma, log
from typing import Final, NamedTuple

from leaderboards.engine.pairwise.verdicts import HALF

LEAST: Final = 1e-4  # a variance never shrinks further in one step
OF_JUDGES: Final = 0.1  # how much learning about a judge is worth beside learning about entries


class Belief(NamedTuple):
    """Of an entry: its strength is normal with this mean and variance."""

    mean: float = 0.0
    variance: float = 1.0


class Judge(NamedTuple):
    """Of a judge: the chance to vote as the strengths say is Beta(alpha, beta)."""

    alpha: float = 10.0
    beta: float = 1.0


BEGINNING: Final = Belief()
JUDGE: Final = Judge()


class Moved(NamedTuple):
    """After a vote: the judge, the winner, the loser."""

    judge: Judge
    winner: Belief
    loser: Belief


def step(winner: Belief, loser: Belief, judge: Judge = JUDGE, *, weight: float = 1.0) -> Moved:
    """What one vote of one judge changes. A `weight` below 1 moves the entries by that part only."""
    chance = _chance(winner, loser)
    with_judge = judge.alpha * chance / (judge.alpha * chance + judge.beta * (1 - chance))
    pull = weight * (with_judge - chance)
    bend = weight * (with_judge * (1 - with_judge) - chance * (1 - chance))
    return Moved(_told(winner, loser, judge), _pulled(winner, pull, bend), _pulled(loser, -pull, bend))


def _chance(one: Belief, other: Belief) -> float:
    """P(one beats other) by the means."""
    return 1 / (1 + exp(min(700.0, other.mean - one.mean)))


def _pulled(one: Belief, pull: float, bend: float) -> Belief:
    return Belief(one.mean + one.variance * pull, one.variance * max(1 + one.variance * bend, LEAST))


def surprise(winner: Belief, loser: Belief) -> float:
    """P(the winner beats the loser), with the variances taken into account to the second order."""
    chance = _chance(winner, loser)
    curve = chance * (1 - chance) * (1 - 2 * chance)
    return min(1.0, max(0.0, chance + 0.5 * (winner.variance + loser.variance) * curve))


def _told(winner: Belief, loser: Belief, judge: Judge) -> Judge:
    """The judge after the vote: the Beta with the mean and variance of the mixture."""
    right, (alpha, beta) = surprise(winner, loser), judge
    whole = alpha + beta
    agreed = (right * alpha + (1 - right) * beta) / whole
    mean = alpha * (right * (alpha + 1) + (1 - right) * beta) / (agreed * (whole + 1) * whole)
    square = alpha * (alpha + 1) * (right * (alpha + 2) + (1 - right) * beta) / (agreed * (whole + 2) * (whole + 1) * whole)
    spread = square - mean * mean
    return Judge((mean - square) * mean / spread, (mean - square) * (1 - mean) / spread)


def gain(one: Belief, other: Belief, judge: Judge = JUDGE) -> float:
    """Expected information from showing this pair to this judge: how far the beliefs are expected to move (Kullback-Leibler)."""
    alpha, beta = judge
    found = 0.0
    for winner, loser in ((one, other), (other, one)):
        right = surprise(winner, loser)
        likely = (right * alpha + (1 - right) * beta) / (alpha + beta)
        after = step(winner, loser, judge)
        moved = _normal_apart(after.winner, winner) + _normal_apart(after.loser, loser)
        found += likely * (moved + OF_JUDGES * _beta_apart(after.judge, judge))
    return found


def _normal_apart(after: Belief, before: Belief) -> float:
    ratio = after.variance / before.variance
    return (ratio - 1 - log(ratio) + (after.mean - before.mean) ** 2 / before.variance) / 2


def _beta_apart(after: Judge, before: Judge) -> float:
    first, second = after.alpha - before.alpha, after.beta - before.beta
    return (
        _log_beta(before)
        - _log_beta(after)
        + first * digamma(after.alpha)
        + second * digamma(after.beta)
        - (first + second) * digamma(after.alpha + after.beta)
    )


def _log_beta(one: Judge) -> float:
    return lgamma(one.alpha) + lgamma(one.beta) - lgamma(one.alpha + one.beta)


def digamma(value: float) -> float:
    """The derivative of ln(gamma) above 0: raised to 6 by its recurrence, then its asymptotic series, good to 1e-9."""
    found = 0.0
    while value < 6:  # noqa: PLR2004 where the series is good enough
        found -= 1 / value
        value += 1
    inverse = 1 / (value * value)
    series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse * (1 / 240 - inverse / 132))))
    return found + log(value) - 1 / (2 * value) - series


class Verdict[Key: Hashable](NamedTuple):
    """A vote as it counts here: who won (or was too close), and its weight."""

    winner: Key
    loser: Key
    tie: bool = False
    weight: float = 1.0


def replayed[Key: Hashable](verdicts: Iterable[Verdict[Key]]) -> dict[Key, Belief]:
    """The beliefs after these votes, in this order, from the beginning. A tie is half a step in each direction."""
    found: dict[Key, Belief] = {}
    for one in verdicts:
        winner, loser = found.get(one.winner, BEGINNING), found.get(one.loser, BEGINNING)
        found[one.winner], found[one.loser] = voted(winner, loser, tie=one.tie, weight=one.weight)
    return found


def voted(winner: Belief, loser: Belief, *, tie: bool = False, weight: float = 1.0) -> tuple[Belief, Belief]:
    """Both entries after a vote between them."""
    if not tie:
        moved = step(winner, loser, weight=weight)
        return moved.winner, moved.loser
    half = float(HALF) * weight
    first = step(winner, loser, weight=half)
    second = step(first.loser, first.winner, weight=half)
    return second.loser, second.winner
