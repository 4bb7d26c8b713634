"""Telling people: the outbox and its delivery, and what each act in the journal means for whom."""

from games.notices.actions.outbox import deliver_pending, mark_bounced, send_again, tell, tell_all
from games.notices.actions.reactions import HANDLERS, react

__all__ = ["HANDLERS", "deliver_pending", "mark_bounced", "react", "send_again", "tell", "tell_all"]
