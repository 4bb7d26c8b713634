"""Boards that move: /ws/boards/<id> sends one message per change of a board's side. `announce` is how a change gets there.

A message is {board, key, version, from, rows, gone}. A client at version `from` takes over the rows; one that missed a version
fetches the board once. Who may listen is asked at the door, by the function that `settings.LEADERBOARD_ACCESS` names: it takes the
user and the id of a board and answers which side the user sees, or None. Hidden and absent boards are refused alike.
"""

from collections.abc import Callable
from typing import Any, Final, TypedDict

import orjson
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from django.conf import settings
from django.utils.module_loading import import_string

from leaderboards.models import Board
from leaderboards.queries import RowData, changed_since, version_of

REFUSED: Final = 4404


class Message(TypedDict):
    """What goes through the socket."""

    board: int
    key: str
    version: int
    rows: list[RowData]
    gone: list[str]


class _Sent(TypedDict):
    type: str
    text: str


def group_name(board_id: int, audience: str) -> str:
    """Name of the channel group of one side of a board."""
    return f"board.{board_id}.{audience}"


def message(board: Board, audience: str, *, since: int, version: int, gone: list[str] | None = None) -> str:
    """The text of one message: the rows of this side that changed after `since`, in the form the pages have."""
    rows = changed_since(board, audience, since) if version > since else []
    body = {"board": board.pk, "key": board.key, "version": version, "from": since, "rows": rows, "gone": gone or []}
    return orjson.dumps(body).decode()


def announce(board_id: int, audience: str, *, since: int, gone: list[str] | None = None) -> bool:
    """Tell everybody who watches this side what changed after `since`, up to now. False if there is nothing to tell."""
    board = Board.objects.filter(pk=board_id).first()
    layer = get_channel_layer()
    if board is None or layer is None:
        return False
    version = version_of(board, audience)
    if version <= since:
        return False
    text = message(board, audience, since=since, version=version, gone=gone)
    async_to_sync(layer.group_send)(group_name(board_id, audience), {"type": "board.changed", "text": text})
    return True


def _side(user: Any, board_id: int) -> tuple[str, str] | None:
    """Which side the user sees, and the first message; None if no board is there for this user."""
    asked: Callable[[Any, int], str | None] = import_string(getattr(settings, "LEADERBOARD_ACCESS"))  # noqa: B009 the stubs know no such setting
    audience = asked(user, board_id)
    board = Board.objects.filter(pk=board_id).first() if audience else None
    if board is None or audience is None:
        return None
    version = version_of(board, audience)
    return audience, message(board, audience, since=version, version=version)


class BoardConsumer(AsyncWebsocketConsumer):
    """One watcher of one board. It says nothing and is asked nothing: whatever a client sends is ignored."""

    group: str | None = None

    async def connect(self) -> None:
        """Let in whoever may see the board, and tell the version it is at."""
        board_id = int(self.scope["url_route"]["kwargs"]["board_id"])
        side = await database_sync_to_async(_side)(self.scope.get("user"), board_id)
        if side is None:
            await self.close(code=REFUSED)
            return
        audience, first = side
        self.group = group_name(board_id, audience)
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        await self.send(text_data=first)

    async def disconnect(self, code: int) -> None:  # noqa: ARG002 the signature of Channels
        """Leave the group."""
        if self.group is not None:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Nothing that a client says changes anything."""

    async def board_changed(self, event: _Sent) -> None:
        """Pass a change on as it is: it was written once for everybody."""
        await self.send(text_data=event["text"])
