"""Desks: what waits for this person, and an organizer's desk of one cycle."""

from backend.web.pages.desk.inviting import invite_page
from backend.web.pages.desk.mine import my_desk
from backend.web.pages.desk.overview import cycle_desk, round_desk, rounds_desk
from backend.web.pages.desk.people import accept_all, change_place, mail_progress, registrations_page, roll_csv, roll_page
from backend.web.pages.desk.steering import settle_registration, steer, steer_cycle

__all__ = [
    "accept_all",
    "change_place",
    "cycle_desk",
    "invite_page",
    "mail_progress",
    "my_desk",
    "registrations_page",
    "roll_csv",
    "roll_page",
    "round_desk",
    "rounds_desk",
    "settle_registration",
    "steer",
    "steer_cycle",
]
