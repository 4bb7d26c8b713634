"""Writes of recognition: points from the sealed journal, grants from what was published."""

from games.recognition.actions.coached import book_prize, follow_session
from games.recognition.actions.game import rebuild_game
from games.recognition.actions.grants import decline, deliver, follow_results, give_grant, move_all, nominate, revoke, verify
from games.recognition.actions.points import rebuild_totals
from games.recognition.actions.ranked_rows import write_rows
from games.recognition.actions.ranks import choose_sets, follow_ranks, keep_up_ranks, ranks_only, write_standings
from games.recognition.actions.reading import read_all, read_journal, recognizes
from games.recognition.actions.replaying import (
    Preview,
    drop_trial,
    read_on,
    replay_points,
    replays_due,
    swap_points,
    try_points,
)

__all__ = [
    "Preview",
    "book_prize",
    "choose_sets",
    "decline",
    "deliver",
    "drop_trial",
    "follow_ranks",
    "follow_results",
    "follow_session",
    "give_grant",
    "keep_up_ranks",
    "move_all",
    "nominate",
    "ranks_only",
    "read_all",
    "read_journal",
    "read_on",
    "rebuild_game",
    "rebuild_totals",
    "recognizes",
    "replay_points",
    "replays_due",
    "revoke",
    "swap_points",
    "try_points",
    "verify",
    "write_rows",
    "write_standings",
]
