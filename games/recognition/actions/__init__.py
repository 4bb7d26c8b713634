"""Writes of recognition: points from the sealed journal, grants from what was published."""

from games.recognition.actions.coached import book_prize, follow_session
from games.recognition.actions.grants import decline, deliver, give_grant, move_all, nominate, revoke, verify
from games.recognition.actions.points import Preview, rebuild_totals, replay_points, swap_points
from games.recognition.actions.reading import read_journal, recognizes

__all__ = [
    "Preview",
    "book_prize",
    "decline",
    "deliver",
    "follow_session",
    "give_grant",
    "move_all",
    "nominate",
    "read_journal",
    "rebuild_totals",
    "recognizes",
    "replay_points",
    "revoke",
    "swap_points",
    "verify",
]
