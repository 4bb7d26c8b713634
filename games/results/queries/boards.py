"""What was computed, and what of a board is shown to whom."""

from dataclasses import dataclass
from itertools import islice
from typing import Final

import orjson
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.db.models import QuerySet

from games.cycles.models import Cycle
from games.results.models import ChallengeScore, RecomputeRun
from games.rounds.models import Round
from leaderboards.kept import Kept
from leaderboards.models import Board, Snapshot
from leaderboards.pages import page_bytes
from leaderboards.queries import (
    PAGE_ROWS,
    PUBLIC,
    RESTRICTED,
    RowData,
    around,
    found_rows,
    latest,
    rows_of,
    snapshot_rows,
    standings,
)
from leaderboards.slices import Stretch, looked_through, rows_at, size_of, stretches

_KEEP: Final = 24 * 3600


def boards_of(cycle: Cycle) -> QuerySet[Board]:
    """The boards of a cycle; the first is its main result."""
    return Board.objects.filter(scope=cycle.pk).order_by("number")


def scores_of(cycle: Cycle) -> QuerySet[ChallengeScore]:
    """Every computed score of a cycle, by round, challenge and group."""
    rows = ChallengeScore.objects.filter(challenge__round__cycle=cycle).select_related("challenge__round", "group")
    return rows.order_by("challenge__round__number", "challenge__number", "group__key")


def published_rounds(cycle: Cycle) -> frozenset[str]:
    """Keys of the rounds whose results are out."""
    return frozenset(key for (key,) in _published(cycle.pk))


_published: Final[Kept[Round, tuple[str]]] = Kept(
    lambda cycle: Round.objects.filter(cycle=cycle, published_at__isnull=False).values_list("key"), int
)


def asker(run: RecomputeRun) -> AbstractBaseUser | None:
    """Who asked for a run; None: the system, or somebody deleted since."""
    return get_user_model().objects.filter(pseudonym=run.by).first() if run.by else None


# --- What is shown --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody sees of a board: live rows of one side, the last snapshot, or nothing yet. `tag` names this very state."""

    board: Board
    source: str
    side: str = PUBLIC
    snapshot: Snapshot | None = None

    @property
    def tag(self) -> str:
        """Changes whenever the rows may have changed."""
        if self.source == "live":
            version = self.board.version if self.side == PUBLIC else self.board.restricted_version
            return f"{self.board.pk}-{self.side}-{version}"
        return f"{self.board.pk}-s{self.snapshot.number if self.snapshot else 0}"


def shown_of(board: Board, *, organizes: bool, side: str = "") -> Shown:
    """What is shown of a board: live rows to organizers (the restricted side unless they ask for the public one), and of a live board.

    Of any other board, or when `side` is "published", it is what was published last.
    """
    if organizes and side != "published":
        return Shown(board, "live", side or RESTRICTED)
    if board.live and side != "published":
        return Shown(board, "live")
    snapshot = latest(board, rows=False)
    return Shown(board, "published" if snapshot else "none", snapshot=snapshot)


def shown_page(shown: Shown, page: int = 1) -> tuple[str, bytes]:
    """The tag and the ready JSON of one page: {board, key, version, page, total, rows}."""
    if shown.source == "live":
        version, body = page_bytes(shown.board, shown.side, page)
        return f"{shown.board.pk}-{shown.side}-{version}-{page}", body
    tag = f"{shown.tag}-{page}"
    body = cache.get(f"published:{tag}")
    if body is None:
        body = _published_bytes(shown, page)
        cache.set(f"published:{tag}", body, _KEEP)
    return tag, body


def _published_bytes(shown: Shown, page: int) -> bytes:
    snapshot, start = shown.snapshot, (page - 1) * PAGE_ROWS
    head = {"board": shown.board.pk, "key": shown.board.key, "version": snapshot.number if snapshot else 0}
    total = size_of(snapshot.pk) if snapshot else 0
    found = rows_at(snapshot, range(start, min(start + PAGE_ROWS, total))) if snapshot else {}
    return orjson.dumps(head | {"page": page, "total": total, "rows": list(found.values())})


def shown_rows(shown: Shown) -> list[RowData]:
    """All rows of what is shown, in order: for an export. A page asks for what it shows."""
    if shown.source == "live":
        return rows_of(standings(shown.board, shown.side))
    return snapshot_rows(shown.snapshot) if shown.snapshot else []


def shown_find(shown: Shown, text: str, most: int = 50) -> list[RowData]:
    """Rows whose group has this key, or this text in its name."""
    if shown.source == "live":
        return found_rows(shown.board, text, shown.side, most)
    if shown.snapshot is None:
        return []
    wanted = text.casefold()
    # not in the database: what is one letter there depends on how it was made
    with looked_through([shown.snapshot.pk], "entry", "name") as rows:
        told = (at for _, at, entry, name in rows if wanted == entry.casefold() or wanted in name.casefold())
        there = list(islice(told, most))
    return list(rows_at(shown.snapshot, there).values())


def shown_around(shown: Shown, group: str, reach: int) -> list[RowData]:
    """The row of a group with its neighbours in the same bracket; empty if it has none."""
    if shown.source == "live":
        return around(shown.board, group, shown.side, reach=reach)
    if shown.snapshot is None:
        return []
    for inside in stretches(shown.snapshot.pk, [group]):
        at = inside.firsts[0]
        if at is not None:
            return list(rows_at(shown.snapshot, neighbours(inside, at, reach)).values())
    return []


def neighbours(inside: Stretch, at: int, reach: int) -> range:
    """The positions up to `reach` before and after one, in its bracket."""
    there = inside.positions
    return range(max(at - reach, there.start), min(at + reach + 1, there.stop))
