"""Decisions about corrections: states, when a group may appeal, what a change does to the facts, what it moves. Pure."""

from games.changes.rules.states import (
    AppealInvalid,
    AppealRefused,
    AppealsClosed,
    AppealsNotTaken,
    AppealState,
    ChangeKind,
    ChangeSetState,
    ChangesInvalid,
    ChangesMoved,
    ChangesRefused,
)
from games.changes.rules.window import Window, check_window, window_of

__all__ = [
    "AppealInvalid",
    "AppealRefused",
    "AppealState",
    "AppealsClosed",
    "AppealsNotTaken",
    "ChangeKind",
    "ChangeSetState",
    "ChangesInvalid",
    "ChangesMoved",
    "ChangesRefused",
    "Window",
    "check_window",
    "window_of",
]
