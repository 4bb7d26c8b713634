"""Writes of judging: panels, conflicts, assignments, sheets, votes. One verb each, atomic, journalled."""

from games.judging.actions.assigning import Wanted, assign, assign_all, assign_csv, rearrange, share_out, unassign
from games.judging.actions.flags import answer_flag, flag_sheet
from games.judging.actions.panels import add_panelist, declare_conflict, remove_panelist, take_back_conflict
from games.judging.actions.sheets import finalize, recuse, reopen, save_sheet
from games.judging.actions.votes import vote

__all__ = [
    "Wanted",
    "add_panelist",
    "answer_flag",
    "assign",
    "assign_all",
    "assign_csv",
    "declare_conflict",
    "finalize",
    "flag_sheet",
    "rearrange",
    "recuse",
    "remove_panelist",
    "reopen",
    "save_sheet",
    "share_out",
    "take_back_conflict",
    "unassign",
    "vote",
]
