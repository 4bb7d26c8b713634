"""Reads of recognition: points and totals of the generation shown, badges, grants."""

from games.recognition.queries.badges import Earned, badges_of
from games.recognition.queries.grants import differences_of, grants_of, passes_of, sessions_used, told_awards, won_by
from games.recognition.queries.points import (
    generation_shown,
    grown_of,
    point_facts,
    points_of,
    shown_points,
    shown_totals,
    totals_of,
)

__all__ = [
    "Earned",
    "badges_of",
    "differences_of",
    "generation_shown",
    "grants_of",
    "grown_of",
    "passes_of",
    "point_facts",
    "points_of",
    "sessions_used",
    "shown_points",
    "shown_totals",
    "told_awards",
    "totals_of",
    "won_by",
]
