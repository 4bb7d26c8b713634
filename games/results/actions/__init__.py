"""Writes of results: the recompute run, scores and standings, snapshots."""

from games.results.actions.pairs import pair_analyses, store_pair_analyses
from games.results.actions.publishing import expect_state, publish_boards
from games.results.actions.runs import claim, due_runs, finishing, request_refresh, request_settle, stumble
from games.results.actions.scores import recompute_now, refresh_boards, store_scores
from games.results.queries.planning import Sides, boards_to_publish, plan_of, sides_of

__all__ = [
    "Sides",
    "boards_to_publish",
    "claim",
    "due_runs",
    "expect_state",
    "finishing",
    "pair_analyses",
    "plan_of",
    "publish_boards",
    "recompute_now",
    "refresh_boards",
    "request_refresh",
    "request_settle",
    "sides_of",
    "store_pair_analyses",
    "store_scores",
    "stumble",
]
