"""Who is signed in: the session of a request, and its user with what they hold, each looked up in one statement that is put together once."""

from datetime import datetime
from typing import Final

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils.timezone import now

from backend.accounts.models import User
from backend.accounts.queries import user_with_held
from leaderboards.kept import Kept


class Accounts(ModelBackend):
    """By address and password, as the framework does it."""

    def get_user(self, user_id: int) -> User | None:
        """None for who is not there any more, or is suspended."""
        return user_with_held(user_id)


class SessionStore(db.SessionStore):
    """In the database, as the framework keeps them. `until`: when the one that was read ends."""

    until: datetime | None = None

    def _get_session_from_db(self) -> Session | None:
        found = _running(self.session_key, now())
        if not found:
            self._session_key = None
            return None
        self.until = found[0].expire_date
        return found[0]


def _sessions(key: str, at: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=at)


_running: Final[Kept[Session, Session]] = Kept(_sessions, str, datetime)
"""Asked by every request of somebody who is signed in."""
