"""Writes of results: the recompute run, scores and standings, snapshots."""

from games.results.actions.publishing import boards_to_publish, publish_boards
from games.results.actions.runs import claim, due_runs, finishing, request_refresh, request_settle, stumble
from games.results.actions.scores import Sides, plan_of, recompute_now, refresh_boards, sides_of, store_scores

__all__ = [
    "Sides",
    "boards_to_publish",
    "claim",
    "due_runs",
    "finishing",
    "plan_of",
    "publish_boards",
    "recompute_now",
    "refresh_boards",
    "request_refresh",
    "request_settle",
    "sides_of",
    "store_scores",
    "stumble",
]
