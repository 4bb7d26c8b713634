"""Reads of results: facts for the engine, what was computed, what is shown of a board."""

from games.results.queries.boards import (
    Shown,
    asker,
    boards_of,
    published_rounds,
    scores_of,
    shown_around,
    shown_find,
    shown_of,
    shown_page,
    shown_rows,
)
from games.results.queries.facts import facts_of, judge_keys, units_of

__all__ = [
    "Shown",
    "asker",
    "boards_of",
    "facts_of",
    "judge_keys",
    "published_rounds",
    "scores_of",
    "shown_around",
    "shown_find",
    "shown_of",
    "shown_page",
    "shown_rows",
    "units_of",
]
