"""Office hours over the API."""

from games.coaching.api.bookings import Bookings, SessionNotes
from games.coaching.api.slots import CycleHours, GroupHours, Slots

__all__ = ["Bookings", "CycleHours", "GroupHours", "SessionNotes", "Slots"]
