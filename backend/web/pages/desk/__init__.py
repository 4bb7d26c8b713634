"""Desks: what waits for this person, and an organizer's desk of one cycle."""

from backend.web.pages.desk.mine import my_desk
from backend.web.pages.desk.overview import cycle_desk, round_desk, rounds_desk
from backend.web.pages.desk.steering import settle_registration, steer, steer_cycle

__all__ = ["cycle_desk", "my_desk", "round_desk", "rounds_desk", "settle_registration", "steer", "steer_cycle"]
