"""Ballots of an audience: each says 1 for an entry. Per entry they become one mark, the number of votes or the share of the voters."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Final

from leaderboards.engine.numbers import total
from leaderboards.engine.outcome import Fate, UsedMark
from leaderboards.engine.sheets import Marks
from leaderboards.engine.spec import ChallengeSpec, Fold, Panel

AUDIENCE: Final = "audience"
"""The name under which all voters together stand as one judge."""


def count_ballots(challenge: ChallengeSpec, marks: Mapping[str, Marks], entered: Collection[str]) -> None:
    """Put the count in the place of the single ballots, on every panel that the audience votes on.

    `entered`: groups that could be voted for; without a vote they have 0, as soon as anybody has voted at all. `combine` sum: the votes;
    mean: votes / voters, so that an audience of any size weighs the same. Fewer voters than the quorum: no value for anybody.
    """
    for panel in challenge.judges_panels:
        if panel.who == AUDIENCE:
            for criterion in challenge.marked_criteria:
                if challenge.panel_of(criterion) == panel.key:
                    _count(panel, criterion.key, marks, entered)


def _count(panel: Panel, key: str, marks: Mapping[str, Marks], entered: Collection[str]) -> None:
    voters = {mark.judge for row in marks.values() for mark in row[key] if mark.used is not None}
    enough = len(voters) >= max(1, panel.quorum)
    for group, row in marks.items():
        votes = [mark.used for mark in row[key] if mark.used is not None]
        if not enough or (not votes and group not in entered):
            row[key] = []
            continue
        value = total(votes) if votes else Fraction(0)
        used = value if panel.combine is Fold.SUM else value / len(voters)
        row[key] = [UsedMark(AUDIENCE, Fraction(len(votes)), used, Fate.COUNTED)]
