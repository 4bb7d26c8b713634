"""Where a socket comes in: /ws/boards/<id>?since=VERSION&side=SIDE, both optional: what the page shows.

A client says nothing and is asked nothing: whatever it sends is ignored.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from django.contrib.auth.models import AnonymousUser

from leaderboards.live.hub import Hub, hub_here
from leaderboards.live.sockets import FULL, REFUSED, RESTART, Send, Socket, Watcher
from leaderboards.measures import count

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]


async def boards(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application of a watcher of one board."""
    if (await receive())["type"] != "websocket.connect":
        return
    hub, watcher = hub_here(), _watcher(scope)
    if not hub.admit(watcher):
        await send({"type": "websocket.accept"})  # else the client would not hear why
        await send({"type": "websocket.close", "code": RESTART if hub.ending else FULL, "reason": ""})
        return
    try:
        await _watch(hub, watcher, scope, receive, send)
    finally:
        hub.dismiss(watcher)


async def _watch(hub: Hub, watcher: Watcher, scope: Scope, receive: Receive, send: Send) -> None:
    """Let in whoever may see the board, tell where it is, and keep the socket until it ends."""
    board_id = int(scope["url_route"]["kwargs"]["board_id"])
    await hub.ready()
    asked_at = hub.rechecks
    answer = await hub.side_of(watcher, board_id)
    if answer is None:
        await send({"type": "websocket.close", "code": REFUSED})
        return
    since, wish = _known(scope)
    answer = answer.shown(wish)
    await send({"type": "websocket.accept"})
    socket = Socket(watcher, board_id, answer.audience, scope.get("direct_send", send), room=hub.room)
    side = hub.enter(socket, answer, asked_at=asked_at)
    socket.push({"type": "websocket.send", "text": side.greeting(since, again=wish not in {"", answer.audience})})
    count("sockets_opened")
    try:
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        hub.leave(socket)


def _watcher(scope: Scope) -> Watcher:
    session = getattr(scope.get("session"), "session_key", None)
    address = scope.get("address") or (scope.get("client") or ("",))[0]
    return Watcher(scope.get("user") or AnonymousUser(), session, address)


def _known(scope: Scope) -> tuple[int | None, str]:
    """The version that the client says it knows, and the side it shows; None and empty if it says nothing."""
    said = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    since, side = (said.get(name, [""])[-1] for name in ("since", "side"))
    return (int(since) if since.isascii() and since.isdigit() and len(since) <= 18 else None), side  # noqa: PLR2004 -- fits any column
