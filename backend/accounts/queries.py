"""Reads about users, tokens and links."""

from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet

from backend.accounts.models import ApiToken, SignInLink, User
from backend.accounts.rules import clean_email, digest_of
from games.permissions import held_in, with_held
from leaderboards.kept import Kept


def user_by_email(email: str) -> User | None:
    """The user with this address, whatever the case it was typed in."""
    return User.objects.filter(email=clean_email(email)).first()


def token_by_secret(secret: str, *, now: datetime) -> ApiToken | None:
    """The usable token behind a secret, with its user and what they hold; None when it is unknown, revoked, expired or the user is suspended."""
    rows = _usable(digest_of(secret), now)
    if not rows:
        return None
    rows[0].user.held = held_in(rows)
    return rows[0]


def user_with_held(pk: int) -> User | None:
    """The user with what they hold; None when there is none, or they are suspended."""
    rows = _active(pk)
    if not rows:
        return None
    rows[0].held = held_in(rows)
    return rows[0]


def _tokens_with(digest: str, now: datetime) -> QuerySet[ApiToken]:
    """At most one, as often as its user holds something: digests are unique."""
    good = ApiToken.objects.filter(digest=digest, revoked_at__isnull=True, expires_at__gt=now, user__is_active=True)
    return with_held(good.select_related("user"), "user__")


def _active_users(pk: int) -> QuerySet[User]:
    return with_held(User.objects.filter(pk=pk, is_active=True))


_usable: Final[Kept[ApiToken, ApiToken]] = Kept(_tokens_with, str, datetime)
"""Asked by every request of the API."""
_active: Final[Kept[User, User]] = Kept(_active_users, int)
"""Asked by every page for somebody who is signed in."""


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """The user's tokens, newest first, revoked ones left out."""
    return ApiToken.objects.filter(user=user, revoked_at__isnull=True).order_by("-created_at", "-pk")


def link_by_secret(secret: str) -> SignInLink | None:
    """The link behind a secret in whatever state, with its user."""
    return SignInLink.objects.filter(digest=digest_of(secret)).select_related("user").first()


def users(search: str = "") -> QuerySet[User]:
    """All users for the desk, newest first, with `token_count` of usable-looking tokens; `search` looks in names and addresses."""
    found = User.objects.annotate(token_count=Count("api_tokens", filter=Q(api_tokens__revoked_at__isnull=True)))
    word = search.replace("\0", "").strip()
    if word:
        found = found.filter(Q(email__icontains=word) | Q(name__icontains=word))
    return found.order_by("-date_joined", "-pk")
