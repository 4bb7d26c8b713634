"""Corrections of published results on the desk: listed, prepared (marks, groups, rules), looked at, applied; and the appeals of teams."""

from backend.web.pages.desk.changes.listing import answer_appeal, appeals_desk, changes_list
from backend.web.pages.desk.changes.marks import marks_page
from backend.web.pages.desk.changes.one import change_set_page, change_set_state
from backend.web.pages.desk.changes.out import out_page
from backend.web.pages.desk.changes.rewriting import rules_page

__all__ = [
    "answer_appeal",
    "appeals_desk",
    "change_set_page",
    "change_set_state",
    "changes_list",
    "marks_page",
    "out_page",
    "rules_page",
]
