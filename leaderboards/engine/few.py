"""What few votes say: a mean drawn towards that of everybody, the least that a share may be.

For boards whose entries have very different numbers of votes, such as ideas; no official ranking is made of these.
"""

from fractions import Fraction
from math import sqrt
from typing import Final

LIKE: Final = 3
"""How many votes the mean of everybody weighs: the noise of one vote against how different entries are."""
SURE: Final = 1.96
"""Standard deviations: 95 in a hundred."""


def drawn_in(mean: Fraction, votes: int, everybody: Fraction, like: int = LIKE) -> Fraction:
    """The mean of so many votes, drawn towards `everybody`: the fewer there are the further."""
    return (votes * mean + like * everybody) / (votes + like)


def least_share(liked: int, votes: int, sure: float = SURE) -> float:
    """Wilson's lower bound of the share that liked it; 0 without votes."""
    if not votes:
        return 0.0
    share, square = liked / votes, sure * sure
    spread = sure * sqrt(share * (1 - share) / votes + square / (4 * votes * votes))
    return (share + square / (2 * votes) - spread) / (1 + square / votes)
