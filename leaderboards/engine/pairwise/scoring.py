"""From the votes of a task to its scores: what the pipeline asks for."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from leaderboards.engine.attempts import Tried
from leaderboards.engine.facts import Vote
from leaderboards.engine.numbers import ONE, ZERO
from leaderboards.engine.outcome import Unscored
from leaderboards.engine.pairwise.bradley_terry import Fit, fit, quantized
from leaderboards.engine.pairwise.verdicts import comparisons
from leaderboards.engine.spec import ChallengeSpec

CHUNK: Final = 500


def score_pairs(challenge: ChallengeSpec, votes: Sequence[Vote], groups: Sequence[str]) -> dict[str, Tried]:
    """Every group by the votes on those that take part; without a comparison, or with fewer than the quorum, no score.

    The score is the strength (counted from `reference`, if that group has one), or with a `scale` the share of comparisons an entry would
    win against all others, times the scale. Values: strength, expected (that share), compared, won.
    """
    if not any(one.outcome for one in votes):
        return {group: _without(Fraction(0)) for group in groups}
    found = fit(comparisons(votes, groups))
    expected = expected_shares(found, challenge.scale or ONE)
    zero = found.strengths.get(challenge.reference or "", ZERO)
    quorum = challenge.judges_panels[0].quorum
    scored = {}
    for group in groups:
        compared = found.compared.get(group, ZERO)
        if not compared or compared < quorum:
            scored[group] = _without(compared)
            continue
        strength = found.strengths[group] - zero
        values: dict[str, Fraction | None] = {
            "strength": strength,
            "expected": expected[group],
            "compared": compared,
            "won": found.won[group],
        }
        scored[group] = Tried(strength if challenge.scale is None else expected[group], values, None, full=False, pending=0)
    return scored


def _without(compared: Fraction) -> Tried:
    values: dict[str, Fraction | None] = {"strength": None, "expected": None, "compared": compared, "won": None}
    return Tried(None, values, Unscored.QUORUM if compared else Unscored.NO_MARKS, full=False, pending=0)


def expected_shares(found: Fit, scale: Fraction) -> Mapping[str, Fraction]:
    """For each entry the mean of its chances against all others, times `scale`. From the quantized strengths: what is shown is enough."""
    if len(found.keys) < 2:  # noqa: PLR2004 nobody to win against
        return dict.fromkeys(found.keys, ZERO)
    import numpy as np  # noqa: PLC0415 heavy: never loaded by a web process
    from scipy.special import expit  # noqa: PLC0415 as above

    strengths = np.asarray([float(found.strengths[key]) for key in found.keys])
    sums = np.concatenate(
        [expit(strengths[at : at + CHUNK, None] - strengths[None, :]).sum(axis=1) for at in range(0, len(strengths), CHUNK)]
    )
    shares = (sums - 0.5) / (len(strengths) - 1) * float(scale)
    return {key: quantized(float(share)) for key, share in zip(found.keys, shares, strict=True)}
