"""Decisions about judging: states, who may mark, when, which values a mark may have. Pure."""

from games.judging.rules.marks import (
    Given,
    MarksRefused,
    Scaled,
    SheetIncomplete,
    check_marks,
    check_whole,
    criteria_of,
    value_fault,
)
from games.judging.rules.states import (
    OPEN_SHEETS,
    AssignmentRefused,
    ConflictDeclared,
    JudgingClosed,
    JudgingNotOpen,
    MarkState,
    NotOnPanel,
    Outcome,
    OwnGroup,
    SheetRefused,
    SheetState,
    VoteRefused,
)
from games.judging.rules.window import Seat, Sitting, check_seat, check_sitting

__all__ = [
    "OPEN_SHEETS",
    "AssignmentRefused",
    "ConflictDeclared",
    "Given",
    "JudgingClosed",
    "JudgingNotOpen",
    "MarkState",
    "MarksRefused",
    "NotOnPanel",
    "Outcome",
    "OwnGroup",
    "Scaled",
    "Seat",
    "SheetIncomplete",
    "SheetRefused",
    "SheetState",
    "Sitting",
    "VoteRefused",
    "check_marks",
    "check_seat",
    "check_sitting",
    "check_whole",
    "criteria_of",
    "value_fault",
]
