"""Office hours: the place of an expert, one session, and what organizers see of all."""

from backend.web.pages.coaching.desk import hours_desk, nudge
from backend.web.pages.coaching.place import hours_page, withdraw
from backend.web.pages.coaching.session import session_page

__all__ = ["hours_desk", "hours_page", "nudge", "session_page", "withdraw"]
