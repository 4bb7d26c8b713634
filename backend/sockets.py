"""Every socket route on one screen: path -> consumer. And who may listen, asked of the same table as everything else."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import URLPattern, path

from games.permissions import access_for, visible
from leaderboards.live import BoardConsumer
from leaderboards.models import Board
from leaderboards.queries import PUBLIC, RESTRICTED


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


websocket_urlpatterns: list[URLPattern] = [
    path("ws/boards/<int:board_id>", BoardConsumer.as_asgi()),
]
