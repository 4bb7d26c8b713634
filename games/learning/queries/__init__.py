"""Reads of what was measured and tried."""

from games.learning.queries.measuring import latest_of, observations_of
from games.learning.queries.testing import (
    Rhythm,
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
    "asks_for_tests",
    "evidence_of",
    "group_tests",
    "idea_tests",
    "latest_of",
    "observations_of",
    "rhythm_of",
    "round_now",
    "silent_in",
    "spread_of",
]
