"""Who is signed in: the user of a session, looked up in one statement with what they hold."""

from django.contrib.auth.backends import ModelBackend

from backend.accounts.models import User
from backend.accounts.queries import user_with_held


class Accounts(ModelBackend):
    """By address and password, as the framework does it."""

    def get_user(self, user_id: int) -> User | None:
        """None for who is not there any more, or is suspended."""
        return user_with_held(user_id)
