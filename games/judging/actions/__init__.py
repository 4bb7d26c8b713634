"""Writes of judging: panels, conflicts, assignments, sheets, votes. One verb each, atomic, journalled."""

from games.judging.actions.assigning import Wanted, assign, assign_all, assign_csv, rearrange, share_out, unassign
from games.judging.actions.calibrating import (
    begin_calibration,
    close_calibration,
    discuss_calibration,
    follow_calibration,
    give_anchors,
    remark_on_calibration,
    revise_anchor,
)
from games.judging.actions.choosing import ask_list, ask_pair, restated
from games.judging.actions.conflicts import (
    declare_conflict,
    find_conflicts,
    lift_conflict,
    object_to,
    raise_concern,
    say_too_close,
    settle_concern,
    uphold_conflict,
)
from games.judging.actions.feedback import (
    add_words,
    answer_question,
    ask_judge,
    expect_feedback,
    record_use,
    thank_judge,
)
from games.judging.actions.flags import answer_flag, flag_sheet
from games.judging.actions.panels import add_panelist, remove_panelist
from games.judging.actions.past import keep_past
from games.judging.actions.sheets import finalize, recuse, reopen, save_sheet
from games.judging.actions.votes import answer, drop_votes, rank, undo, vote

__all__ = [
    "Wanted",
    "add_panelist",
    "add_words",
    "answer",
    "answer_flag",
    "answer_question",
    "ask_judge",
    "ask_list",
    "ask_pair",
    "assign",
    "assign_all",
    "assign_csv",
    "begin_calibration",
    "close_calibration",
    "declare_conflict",
    "discuss_calibration",
    "drop_votes",
    "expect_feedback",
    "finalize",
    "find_conflicts",
    "flag_sheet",
    "follow_calibration",
    "give_anchors",
    "keep_past",
    "lift_conflict",
    "object_to",
    "raise_concern",
    "rank",
    "rearrange",
    "record_use",
    "recuse",
    "remark_on_calibration",
    "remove_panelist",
    "reopen",
    "restated",
    "revise_anchor",
    "save_sheet",
    "say_too_close",
    "settle_concern",
    "share_out",
    "thank_judge",
    "unassign",
    "undo",
    "uphold_conflict",
    "vote",
]
