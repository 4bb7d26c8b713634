"""Reads of what was measured and tried."""

from games.learning.queries.measuring import latest_of, observations_of
from games.learning.queries.study import (
    Studied,
    Study,
    asks_to_study,
    hypotheses_in,
    readings_of,
    studied_in,
    studies_in,
    study_after,
    taken_of,
)
from games.learning.queries.testing import (
    Rhythm,
    asks_for_tests,
    evidence_and_adopters,
    evidence_of,
    group_tests,
    idea_tests,
    rhythm_of,
    round_now,
    silent_in,
    spread_of,
)

__all__ = [
    "Rhythm",
    "Studied",
    "Study",
    "asks_for_tests",
    "asks_to_study",
    "evidence_and_adopters",
    "evidence_of",
    "group_tests",
    "hypotheses_in",
    "idea_tests",
    "latest_of",
    "observations_of",
    "readings_of",
    "rhythm_of",
    "round_now",
    "silent_in",
    "spread_of",
    "studied_in",
    "studies_in",
    "study_after",
    "taken_of",
]
