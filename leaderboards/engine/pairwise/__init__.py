"""Judging in pairs: from votes (A or B, too close, a short list in order) to strengths, and which pair to ask about next.

`verdicts` reads votes; `bradley_terry` fits strengths to all of them at once; `scoring` gives the pipeline its scores; `analysis` and
`stopping` say how sure they are and whether more is worth asking; `beliefs` and `choosing` pick the next pair, in plain Python, for a
web process has no numpy.
"""

from leaderboards.engine.pairwise.analysis import Analysis, EntryAnalysis, JudgeAnalysis, analyse
from leaderboards.engine.pairwise.beliefs import BEGINNING, JUDGE, Belief, Judge, gain, replayed, step
from leaderboards.engine.pairwise.bradley_terry import RIDGE, Fit, fit
from leaderboards.engine.pairwise.choosing import Candidate, next_list, next_pair
from leaderboards.engine.pairwise.scoring import score_pairs
from leaderboards.engine.pairwise.stopping import Advice, Boundary, Pace
from leaderboards.engine.pairwise.verdicts import Comparison, comparisons, components, implied_pairs

__all__ = [
    "BEGINNING",
    "JUDGE",
    "RIDGE",
    "Advice",
    "Analysis",
    "Belief",
    "Boundary",
    "Candidate",
    "Comparison",
    "EntryAnalysis",
    "Fit",
    "Judge",
    "JudgeAnalysis",
    "Pace",
    "analyse",
    "comparisons",
    "components",
    "fit",
    "gain",
    "implied_pairs",
    "next_list",
    "next_pair",
    "replayed",
    "score_pairs",
    "step",
]
