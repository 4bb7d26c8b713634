"""Who sends an API request: `Authorization: Bearer ludus_...`, or the session of somebody signed in to the pages."""

from typing import Final

from django.utils.timezone import now
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from backend.accounts.models import ApiToken, User
from backend.accounts.queries import token_by_secret
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop

REFUSED: Final = gettext_noop("The token is unknown, has run out or was revoked.")


class BearerToken(BaseAuthentication):
    """Unknown, expired and revoked tokens get the same answer."""

    keyword: Final = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The user and the token; None leaves the request to the session."""
        scheme, __, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != self.keyword.lower().encode():
            return None
        at = now()
        try:
            token = token_by_secret(secret.strip().decode("ascii"), now=at)
        except UnicodeDecodeError:
            token = None
        if token is None:
            raise AuthenticationFailed(_(REFUSED))
        from backend.accounts.actions.tokens import note_use  # noqa: PLC0415 -- with it come all acts, which most readers never need

        note_use(token, now=at)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 -- the framework's signature
        """What a 401 asks for."""
        return f'{self.keyword} realm="Ludus"'
