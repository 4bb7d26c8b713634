"""Decisions of recognition: points, levels, grants. Pure."""

from games.recognition.rules.grants import (
    NEEDS_REASON,
    NEXT_GRANT_STATES,
    GrantReasonMissing,
    GrantRefused,
    GrantState,
    PrizeUsed,
    ProofMissing,
    sessions_left,
)
from games.recognition.rules.levels import level_of
from games.recognition.rules.points import Act, Award, Ledger, NoPreview, points_for

__all__ = [
    "NEEDS_REASON",
    "NEXT_GRANT_STATES",
    "Act",
    "Award",
    "GrantReasonMissing",
    "GrantRefused",
    "GrantState",
    "Ledger",
    "NoPreview",
    "PrizeUsed",
    "ProofMissing",
    "level_of",
    "points_for",
    "sessions_left",
]
