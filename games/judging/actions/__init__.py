"""Writes of judging: panels, conflicts, assignments, sheets, votes. One verb each, atomic, journalled."""

from games.judging.actions.assigning import Wanted, assign, assign_all, assign_csv, rearrange, unassign
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
from games.judging.actions.panels import (
    add_panelist,
    describe_panelist,
    leave_panel,
    rejoin_panel,
    remove_panelist,
    seat_csv,
    state_expertise,
)
from games.judging.actions.past import keep_past
from games.judging.actions.planning import apply_plan, ask_plan, ask_third_reader, drop_plan, fill_gaps
from games.judging.actions.sheets import finalize, recuse, reopen, save_sheet
from games.judging.actions.votes import answer, drop_votes, rank, undo, vote

__all__ = [
    "Wanted",
    "add_panelist",
    "add_words",
    "answer",
    "answer_flag",
    "answer_question",
    "apply_plan",
    "ask_judge",
    "ask_list",
    "ask_pair",
    "ask_plan",
    "ask_third_reader",
    "assign",
    "assign_all",
    "assign_csv",
    "begin_calibration",
    "close_calibration",
    "declare_conflict",
    "describe_panelist",
    "discuss_calibration",
    "drop_plan",
    "drop_votes",
    "expect_feedback",
    "fill_gaps",
    "finalize",
    "find_conflicts",
    "flag_sheet",
    "follow_calibration",
    "give_anchors",
    "keep_past",
    "leave_panel",
    "lift_conflict",
    "object_to",
    "raise_concern",
    "rank",
    "rearrange",
    "record_use",
    "recuse",
    "rejoin_panel",
    "remark_on_calibration",
    "remove_panelist",
    "reopen",
    "restated",
    "revise_anchor",
    "save_sheet",
    "say_too_close",
    "seat_csv",
    "settle_concern",
    "state_expertise",
    "thank_judge",
    "unassign",
    "undo",
    "uphold_conflict",
    "vote",
]
