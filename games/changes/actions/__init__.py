"""Writes of corrections: appeals and their answers; change sets prepared, previewed, applied or cancelled."""

from games.changes.actions.appeals import answer_appeal, make_appeal, withdraw_appeal
from games.changes.actions.applying import apply, carry_on, conclude, give_anew, published_by
from games.changes.actions.preparing import (
    add_changes,
    cancel,
    keep_failure,
    keep_preview,
    look_again,
    prepare,
    remove_change,
    rewrite,
)
from games.changes.actions.wanted import Wanted

__all__ = [
    "Wanted",
    "add_changes",
    "answer_appeal",
    "apply",
    "cancel",
    "carry_on",
    "conclude",
    "give_anew",
    "keep_failure",
    "keep_preview",
    "look_again",
    "make_appeal",
    "prepare",
    "published_by",
    "remove_change",
    "rewrite",
    "withdraw_appeal",
]
