"""Writes of results: the recompute run, scores and standings, snapshots."""

from games.results.actions.analyses import panel_analyses, store_panel_analyses
from games.results.actions.looking import ask_for_looks
from games.results.actions.pairs import pair_analyses, store_pair_analyses
from games.results.actions.publishing import expect_state, publish_boards
from games.results.actions.runs import claim, due_runs, finishing, request_refresh, request_settle, stumble
from games.results.actions.scores import recompute_now, refresh_boards, store_scores
from games.results.actions.showing import show_analyses
from games.results.queries.planning import Sides, boards_to_publish, plan_of, sides_of

__all__ = [
    "Sides",
    "ask_for_looks",
    "boards_to_publish",
    "claim",
    "due_runs",
    "expect_state",
    "finishing",
    "pair_analyses",
    "panel_analyses",
    "plan_of",
    "publish_boards",
    "recompute_now",
    "refresh_boards",
    "request_refresh",
    "request_settle",
    "show_analyses",
    "sides_of",
    "store_pair_analyses",
    "store_panel_analyses",
    "store_scores",
    "stumble",
]
