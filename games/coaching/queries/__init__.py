"""Reads of office hours."""

from games.coaching.queries.hours import (
    Used,
    asks_for_hours,
    bookings_of,
    experts_of,
    hours_of,
    period_of,
    sessions_of,
    slots_ahead,
    used_by,
    used_in,
    without_a_booking,
)

__all__ = [
    "Used",
    "asks_for_hours",
    "bookings_of",
    "experts_of",
    "hours_of",
    "period_of",
    "sessions_of",
    "slots_ahead",
    "used_by",
    "used_in",
    "without_a_booking",
]
