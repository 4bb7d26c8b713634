"""What the hub asks the database: who sees which side of a board, and at which versions boards are. Runs in threads.

The functions are named by the settings: LEADERBOARD_ACCESS takes the user and the id of a board and answers the side, or None;
LEADERBOARD_WATCHER takes the key of the session and the user of the handshake and answers who that is now.
"""

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.module_loading import import_string

from leaderboards.live.sockets import Watcher
from leaderboards.models import Board
from leaderboards.queries import PUBLIC, RESTRICTED, version_of

SHARED: Final = 1.0
"""Seconds for which visitors share an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The side of a board that somebody sees, the board's key, the version of that side and of the public one."""

    audience: str
    key: str
    version: int
    public: int

    def shown(self, wish: str) -> "Answer":
        """The public side where that is wished for: whoever sees more may look at what everybody sees."""
        return Answer(PUBLIC, self.key, self.public, self.public) if wish == PUBLIC else self


@cache
def _named(setting: str) -> Any:
    return import_string(getattr(settings, setting))


def answers(questions: Sequence[tuple[Watcher, int]], *, fresh: bool) -> list[Answer | None]:
    """One answer for each (watcher, board). `fresh`: the watcher is looked up anew, who may have signed out or been suspended."""
    given = []
    for watcher, board_id in questions:
        user = watcher.user
        if fresh and watcher.user_id is not None:
            user = _named("LEADERBOARD_WATCHER")(watcher.session, user)
        audience = _named("LEADERBOARD_ACCESS")(user, board_id)
        board = Board.objects.filter(pk=board_id).first() if audience else None
        given.append(None if board is None else Answer(audience, board.key, version_of(board, audience), board.version))
    return given


def versions(board_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """The versions of both sides of these boards, in one statement."""
    rows = Board.objects.filter(pk__in=board_ids).values_list("pk", "version", "restricted_version")
    return {pk: {PUBLIC: public, RESTRICTED: restricted} for pk, public, restricted in rows}


class Visitors:
    """Answers for those who did not sign in: all the same, so when a hall full of them comes at once the database is asked once."""

    def __init__(self) -> None:
        self.kept: dict[int, tuple[float, asyncio.Task[Answer | None]]] = {}

    def forget(self) -> None:
        """Who may see what has changed."""
        self.kept.clear()

    async def ask(self, board_id: int) -> Answer | None:
        """The answer of a moment ago, or a new one."""
        now = time.monotonic()
        until, task = self.kept.get(board_id, (0.0, None))
        if task is None or until < now:
            self.kept = {key: one for key, one in self.kept.items() if one[0] >= now}
            task = asyncio.create_task(_ask_for_visitor(board_id))
            self.kept[board_id] = (now + SHARED, task)
        try:
            return await asyncio.shield(task)
        except Exception:
            self.kept.pop(board_id, None)
            raise


async def _ask_for_visitor(board_id: int) -> Answer | None:
    watcher = Watcher(AnonymousUser(), None, "")
    answer: Answer | None = (await database_sync_to_async(answers)([(watcher, board_id)], fresh=False))[0]
    return answer
