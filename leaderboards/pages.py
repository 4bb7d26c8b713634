"""Pages of boards as bytes: made once for a version, whoever asks; and the answers that are ready for everybody, swapped when it moves.

`swap` is called by a worker after a version moved, `withdraw` by whoever lets fewer people see a board, after the commit.
How an answer is made is the shell's business: `settings.LEADERBOARD_READY` names a function that takes addresses and answers as anybody
would be answered there, or None where nobody is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import orjson
from django.conf import settings
from django.core.cache import cache
from django.utils.module_loading import import_string

from leaderboards import ready
from leaderboards.models import Board
from leaderboards.queries import PAGE_ROWS, PUBLIC, counted_rows, version_of
from leaderboards.readers import Reader

KEEP: Final = 24 * 3600
HOT: Final = 6
"""Answers that a worker makes when a board moves; others are made when they are asked for."""
TRIES: Final = 3

type Builder = Callable[[Sequence[str]], Mapping[str, ready.Answer | None]]

_now: ContextVar[bool] = ContextVar("newest", default=False)


@contextmanager
def newest() -> Iterator[None]:
    """In here nobody is given what was there before: whoever makes what others will be given needs the newest."""
    token = _now.set(True)
    try:
        yield
    finally:
        _now.reset(token)


# --- Bytes of a version ---------------------------------------------------------------------------------------------------------------


def page_bytes(board: Board, audience: str = PUBLIC, page: int = 1) -> tuple[int, bytes]:
    """The version, and JSON of one page of rows, ready to send: {board, key, version, page, total, rows}.

    Kept by board, side and page together with its version and swapped when the version moves. While one process builds, others
    are given what was there before.
    """
    version = version_of(board, audience)
    name = f"board:{{{board.pk}}}:{audience}:{page}"
    kept: tuple[int, bytes] | None = cache.get(name)
    if kept is not None and kept[0] == version:
        return kept
    if kept is not None and not _now.get() and not cache.add(f"{name}:building", 1, 10):
        return kept
    body = _build(board, audience, page, version)
    cache.set(name, (version, body), KEEP)
    if kept is not None and not _now.get():
        cache.delete(f"{name}:building")
    return version, body


def _build(board: Board, audience: str, page: int, version: int) -> bytes:
    start = (page - 1) * PAGE_ROWS
    total, rows = counted_rows(board, audience, start, start + PAGE_ROWS)
    return orjson.dumps(
        {
            "board": board.pk,
            "key": board.key,
            "version": version,
            "page": page,
            "total": total,
            "rows": rows,
        }
    )


# --- What is ready for everybody ------------------------------------------------------------------------------------------------------


def mark[Response](response: Response, board_id: int, view: str | None = "") -> Response:
    """This answer tells of this board. Given to somebody who is not signed in, it may be given to everybody.

    `view`: all who have the same one are answered alike here, "" as anybody would be; None: nobody else is answered so.
    """
    setattr(response, MARK, board_id)
    setattr(response, VIEW, view)
    return response


MARK: Final = "ready_board"
VIEW: Final = "ready_view"
READER: Final = "ready_reader"


def marked(response: Any) -> int | None:
    """The id of the board that an answer tells of."""
    found: int | None = getattr(response, MARK, None)
    return found


def view_of(response: Any) -> str | None:
    """Who is answered alike (see `mark`)."""
    found: str | None = getattr(response, VIEW, "")
    return found


def told_to[Response](response: Response, reader: Reader) -> Response:
    """This answer was given to this user."""
    setattr(response, READER, reader)
    return response


def reader_of(response: Any) -> Reader | None:
    """Whom an answer was given to; None: nobody in particular."""
    found: Reader | None = getattr(response, READER, None)
    return found


def swap(board_id: int, audience: str) -> bool:
    """A side of a board moved: what is read most of it is made now, and takes the place of what was ready, all at once.

    False where nothing was ready (nobody reads it, or not this side): the first reader makes it.
    """
    if audience != PUBLIC:
        ready.outdate(board_id, whole=True)
        return False
    build: Builder = import_string(getattr(settings, "LEADERBOARD_READY"))  # noqa: B009 the stubs know no such setting
    for _ in range(TRIES):
        seen = ready.asked(board_id)
        if seen is None:
            ready.outdate(board_id)
            return False
        with newest():
            made = build(hot(seen.targets))
        if ready.swap(board_id, seen, {target: answer for target, answer in made.items() if answer is not None}):
            for target in [one for one, answer in made.items() if answer is None]:
                ready.forget(board_id, target)
            return True
    ready.outdate(board_id)
    return False


def hot(targets: Iterable[str]) -> list[str]:
    """The addresses that most people ask for: without anything asked for, then first pages. Not what somebody looked for, nor the past."""
    targets = [one for one in targets if "/snapshots/" not in one]
    plain = [one for one in targets if "?" not in one]
    first = [one for one in targets if one.endswith(("?page=1", "&page=1")) or ("?bracket=" in one and "&" not in one)]
    return [one for one in (*plain, *first) if not one.endswith(("/find", "/around"))][:HOT]


def withdraw(*board_ids: int) -> None:
    """Fewer people may see something of these boards: what was ready is gone at once, and whoever makes it now keeps it for nobody."""
    ready.withdraw(board_ids)


def withdraw_in(scope: int) -> None:
    """The same, for all boards of one scope (a cycle)."""
    ready.withdraw(Board.objects.filter(scope=scope).values_list("pk", flat=True))


def outdate_in(scope: int) -> None:
    """What is shown of the boards of a scope is another now: given on while one reader makes it anew."""
    for board_id in Board.objects.filter(scope=scope).values_list("pk", flat=True):
        ready.outdate(board_id)


def withdraw_all() -> None:
    """The same, for every board there is something ready of."""
    ready.withdraw(ready.boards())
