"""Every socket route on one screen: path -> application. And who may listen, asked of the same table as everything else."""

from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import URLPattern, path

from games.journal.network import network_of
from games.permissions import access_for, visible
from leaderboards.live.door import boards
from leaderboards.models import Board
from leaderboards.queries import PUBLIC, RESTRICTED

type Asgi = Callable[[Any, Any, Any], Awaitable[None]]


def board_side(user: Any, board_id: int) -> str | None:
    """Which side of a board the user may watch: the restricted one as organizer, the public one of a live board, or None.

    Who reads a cycle by a decision that ends (break glass) polls instead: a socket would outlive the decision.
    """
    access = access_for(user if user is not None else AnonymousUser())
    board = visible(access, "board.view", Board.objects.filter(pk=board_id)).first()
    if board is None:
        return None
    if access.organizes(board.scope):
        return RESTRICTED
    if access.reads(board.scope):
        return None
    return PUBLIC if board.live else None


def who_is(session_key: str | None, user: Any) -> Any:
    """Who the user of an open socket is now: nobody after they signed out, were suspended or deleted."""
    if session_key is None:
        there = get_user_model().objects.filter(pk=user.pk, is_active=True).first()
        return there or AnonymousUser()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return get_user(request)


class AtTheDoor:
    """Outermost: notes where a socket comes from, and keeps the server's own `send`, so that no message passes what is in between."""

    def __init__(self, inner: Asgi) -> None:
        self.inner = inner

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """The ASGI application."""
        await self.inner({**scope, "direct_send": send, "address": address_of(scope)}, receive, send)


def address_of(scope: MutableMapping[str, Any]) -> str:
    """The network that a socket comes from, by the same rule as for pages."""
    request = HttpRequest()
    forwarded = [value.decode("latin-1") for name, value in scope.get("headers", ()) if name == b"x-forwarded-for"]
    request.META = {"REMOTE_ADDR": (scope.get("client") or ("",))[0], "HTTP_X_FORWARDED_FOR": ",".join(forwarded)}
    return network_of(request)


websocket_urlpatterns: list[URLPattern] = [
    path("ws/boards/<int:board_id>", boards),  # type: ignore[arg-type]
]
