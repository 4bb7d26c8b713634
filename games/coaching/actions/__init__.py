"""Writes of office hours: one verb each, journalled. Whether a person may offer, book or note the edge asks."""

from games.coaching.actions.booking import book, cancel, move
from games.coaching.actions.offering import offer, withdraw_slot
from games.coaching.actions.sessions import note, nudge, settle

__all__ = ["book", "cancel", "move", "note", "nudge", "offer", "settle", "withdraw_slot"]
