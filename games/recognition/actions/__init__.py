"""Writes of recognition: points from the sealed journal, grants from what was published."""

from games.recognition.actions.grants import decline, deliver, give_grant, move_all, nominate, revoke, verify
from games.recognition.actions.points import Preview, rebuild_totals, replay_points, score_points, swap_points

__all__ = [
    "Preview",
    "decline",
    "deliver",
    "give_grant",
    "move_all",
    "nominate",
    "rebuild_totals",
    "replay_points",
    "revoke",
    "score_points",
    "swap_points",
    "verify",
]
