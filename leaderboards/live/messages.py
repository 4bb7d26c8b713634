"""What goes over the bus and through the sockets.

To a socket goes JSON: {board, key, version, from, rows, gone}. A client at version `from` or later takes over the rows; one that is before it,
or is told `from` -1, fetches the board once. The first message names the `side`. `again` is there when a watcher was moved to the
other side of the board: versions known so far mean nothing.

On the bus the JSON follows one line that says where it belongs: `delta BOARD SIDE FROM VERSION AT`, so that it is not read on the way.
Or there is only a line: `recheck BOARD,… USER,…`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NotRequired, TypedDict

import orjson

from leaderboards.models import Board
from leaderboards.queries import RowData, changed_since

FETCH: Final = -1
"""As `from`: the message does not tell what changed."""
MOST_ROWS: Final = 200
"""Of a larger change nobody is told the rows: fetching the page is less than reading them."""
ALL: Final = "*"

Message = TypedDict(
    "Message",
    {
        "board": int,
        "key": str,
        "version": int,
        "from": int,
        "rows": list[RowData],
        "gone": list[str],
        "side": NotRequired[str],
        "again": NotRequired[bool],
    },
)


@dataclass(frozen=True, slots=True)
class Delta:
    """A change of one side of a board between two versions; `at`: seconds since 1970 of its commit (0: not known)."""

    board_id: int
    audience: str
    since: int
    version: int
    at: float
    text: str
    whole: bool = False
    """The text says no more than: fetch once."""

    def packed(self) -> bytes:
        """For the bus."""
        kind = "fetch" if self.whole else "delta"
        return f"{kind} {self.board_id} {self.audience} {self.since} {self.version} {self.at:.3f}\n{self.text}".encode()


@dataclass(frozen=True, slots=True)
class Recheck:
    """Who may see these boards, or what these users may see, has changed. None: ask nobody for that reason; empty: all."""

    boards: frozenset[int] | None
    users: frozenset[int] | None

    def packed(self) -> bytes:
        """For the bus."""
        return f"recheck {_ids(self.boards)} {_ids(self.users)}\n".encode()

    def concerns(self, board_id: int, user_id: int | None) -> bool:
        """Whether a watcher has to be asked about."""
        by_board = self.boards is not None and (not self.boards or board_id in self.boards)
        by_user = self.users is not None and (not self.users or user_id in self.users)
        return by_board or by_user


def _ids(ids: frozenset[int] | None) -> str:
    return "-" if ids is None else ",".join(map(str, sorted(ids))) or ALL


def _read_ids(text: str) -> frozenset[int] | None:
    return None if text == "-" else frozenset() if text == ALL else frozenset(map(int, text.split(",")))


def unpacked(data: bytes) -> Delta | Recheck:
    """What came over the bus. Raises ValueError for anything else (another release may speak so)."""
    line, _, text = data.partition(b"\n")
    kind, *words = line.decode().split(" ")
    if kind == "recheck":
        boards, users = words
        return Recheck(_read_ids(boards), _read_ids(users))
    if kind not in {"delta", "fetch"}:
        raise ValueError(kind)
    board_id, audience, since, version, at = words
    return Delta(int(board_id), audience, int(since), int(version), float(at), text.decode(), kind == "fetch")


def body(board_id: int, key: str, *, since: int, version: int, rows: Sequence[Any] = (), gone: Iterable[str] = ()) -> Message:
    """One message as data."""
    return {"board": board_id, "key": key, "version": version, "from": since, "rows": list(rows), "gone": list(gone)}


def written(message: Mapping[str, Any]) -> str:
    """One message as text."""
    return orjson.dumps(message).decode()


def message(board: Board, audience: str, *, since: int, version: int, gone: Sequence[str] | None = None) -> str:
    """The text of one message: the rows of this side that changed after `since`, in the form the pages have."""
    rows = changed_since(board, audience, since) if version > since else []
    return written(body(board.pk, board.key, since=since, version=version, rows=rows, gone=gone or ()))


def merged(deltas: Sequence[Delta], *, since: int) -> Delta:
    """Changes that follow each other as one from `since` on: the last word about each row; who left stays named.

    A client first drops groups that are gone and then takes over rows, so a group that came back is in both.
    """
    last = deltas[-1]
    at = min((delta.at for delta in deltas if delta.at), default=0.0)
    rows: dict[tuple[str, int], RowData] = {}
    gone: dict[str, None] = {}
    key = ""
    whole = any(delta.whole for delta in deltas)
    for delta in deltas:
        said: Message = orjson.loads(delta.text)
        key = said["key"]
        left = dict.fromkeys(said["gone"])
        rows = {line: row for line, row in rows.items() if line[0] not in left} if left else rows
        gone |= left
        rows |= {(row["group"], row["line"]): row for row in said["rows"]}
    whole = whole or len(rows) > MOST_ROWS
    said = (
        body(last.board_id, key, since=FETCH, version=last.version)
        if whole
        else body(last.board_id, key, since=since, version=last.version, rows=list(rows.values()), gone=gone)
    )
    return Delta(last.board_id, last.audience, since, last.version, at, written(said), whole)
