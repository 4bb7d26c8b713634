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
    adopters_named,
    asks_for_tests,
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
    "adopters_named",
    "asks_for_tests",
    "asks_to_study",
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
