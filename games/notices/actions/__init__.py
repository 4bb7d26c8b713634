"""Telling people: on the page and by mail, what they wish of it, the outbox and its delivery, and what each act in the journal means."""

from games.notices.actions.announcing import (
    AnnouncementRefused,
    Reminded,
    make_announcement,
    remind_entries,
    remind_marks,
    remind_words,
    told_under,
    withdraw_announcement,
)
from games.notices.actions.coaching import remind_of_sessions
from games.notices.actions.deadlines import warn_of_deadlines
from games.notices.actions.digest import compose_digests
from games.notices.actions.hall import tell_of_halls
from games.notices.actions.outbox import deliver_pending, mark_bounced, send_again, tell
from games.notices.actions.reactions import HANDLERS, react
from games.notices.actions.silence import ask_the_silent
from games.notices.actions.talking import remind_of_asks
from games.notices.actions.telling import tell_all
from games.notices.actions.winning import tell_of_wins
from games.notices.actions.wishes import mark_read, read_stop, set_wishes, stop, stop_token

__all__ = [
    "HANDLERS",
    "AnnouncementRefused",
    "Reminded",
    "ask_the_silent",
    "compose_digests",
    "deliver_pending",
    "make_announcement",
    "mark_bounced",
    "mark_read",
    "react",
    "read_stop",
    "remind_entries",
    "remind_marks",
    "remind_of_asks",
    "remind_of_sessions",
    "remind_words",
    "send_again",
    "set_wishes",
    "stop",
    "stop_token",
    "tell",
    "tell_all",
    "tell_of_halls",
    "tell_of_wins",
    "told_under",
    "warn_of_deadlines",
    "withdraw_announcement",
]
