"""Desks: what waits for this person, and an organizer's desk of one cycle."""

from backend.web.pages.desk.announcing import announcements_page, withdraw_announcement
from backend.web.pages.desk.conflicting import conflicts_page
from backend.web.pages.desk.enough import enough_page, enough_progress
from backend.web.pages.desk.inviting import invite_page
from backend.web.pages.desk.judging import answer, assign_table, flags_page, judging_page, seat, unseat
from backend.web.pages.desk.matrix import matrix_page
from backend.web.pages.desk.mine import my_desk
from backend.web.pages.desk.overview import cycle_desk, rounds_desk
from backend.web.pages.desk.paneling import panel_page, panelist, panels_table
from backend.web.pages.desk.people import accept_all, mail_progress, place_page, registrations_page, roll_csv, roll_page
from backend.web.pages.desk.planning import ask_plan, plan_page, plan_progress, settle_plan
from backend.web.pages.desk.steering import settle_registration, steer, steer_cycle
from backend.web.pages.desk.watching import more_time, remind, round_desk, round_live

__all__ = [
    "accept_all",
    "announcements_page",
    "answer",
    "ask_plan",
    "assign_table",
    "conflicts_page",
    "cycle_desk",
    "enough_page",
    "enough_progress",
    "flags_page",
    "invite_page",
    "judging_page",
    "mail_progress",
    "matrix_page",
    "more_time",
    "my_desk",
    "panel_page",
    "panelist",
    "panels_table",
    "place_page",
    "plan_page",
    "plan_progress",
    "registrations_page",
    "remind",
    "roll_csv",
    "roll_page",
    "round_desk",
    "round_live",
    "rounds_desk",
    "seat",
    "settle_plan",
    "settle_registration",
    "steer",
    "steer_cycle",
    "unseat",
    "withdraw_announcement",
]
