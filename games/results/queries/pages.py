"""One page of what is shown of a board: a bracket, fifty rows, where a group stands, sorted another way if asked."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from django.db.models import Count, Min, Q

from games.results.queries.boards import Shown, shown_rows
from leaderboards.engine import numbers
from leaderboards.queries import PAGE_ROWS, RowData, around, live_rows, place_of, rows_of, standings, totals_of

BY_NAME: Final = "name"


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a board is asked for: a bracket (None: the one of `find`, of `own`, else the first), a page, the page of a group.

    `own`: keys under which the viewer's group may stand, whose row is wanted wherever it is. `sort`: name of a value, or "name"; empty = by place.
    """

    bracket: str | None = None
    page: int = 1
    find: str = ""
    own: tuple[str, ...] = ()
    sort: str = ""
    low: bool = False


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Rows of one page. `brackets` are all there are (one, unnamed, if the board has none); `pages` counts from 1."""

    rows: list[RowData]
    bracket: str
    brackets: list[str]
    page: int
    pages: int
    total: int
    own: RowData | None = None


def board_page(shown: Shown, asked: Asked) -> BoardPage:
    """One page of a bracket. Live rows: two statements, whatever their number. A snapshot is one row and read whole."""
    if shown.source == "live":
        return _live(shown, asked)
    rows = shown_rows(shown)
    totals: dict[str, int] = {}
    for row in rows:
        totals[row["bracket"]] = totals.get(row["bracket"], 0) + 1
    chosen, rank = _where(asked, totals, _first(rows, {asked.find}), _first(rows, asked.own))
    inside = [row for row in rows if row["bracket"] == chosen]
    position = next((number for number, row in enumerate(inside, start=1) if row["rank"] == rank), None) if rank else None
    return _cut(inside, asked, chosen, totals, position)


def _first(rows: Iterable[RowData], keys: Collection[str]) -> dict[str, int]:
    """Bracket -> the rank of a group's first row there."""
    found: dict[str, int] = {}
    for row in rows:
        if row["group"] in keys:
            found.setdefault(row["bracket"], row["rank"])
    return found


def _kept(shown: Shown, asked: Asked) -> BoardPage:
    """Of a board whose ranks are a sorted set: always by place, a few round trips and no statement."""
    board, side = shown.board, shown.side
    totals = totals_of(board, side)
    found = place_of(board, asked.find, side) if asked.find else None
    own = next((one[0] for key in asked.own if (one := around(board, key, side, reach=0))), None)
    finds, owns = {found[0]: found[1]} if found else {}, {own["bracket"]: own["rank"]} if own else {}
    chosen, rank = _where(asked, totals, finds, owns)
    total = totals.get(chosen, 0)
    page = _inside(_page_of(rank) if rank else asked.page, total)
    rows = live_rows(board, side, chosen, (page - 1) * PAGE_ROWS, page * PAGE_ROWS)
    return BoardPage(rows, chosen, list(totals) or [""], page, _pages(total), total, own if chosen in owns else None)


def _live(shown: Shown, asked: Asked) -> BoardPage:
    if shown.board.sorted_set:
        return _kept(shown, asked)
    rows = standings(shown.board, shown.side)
    counted = (
        rows.order_by("bracket")
        .values_list("bracket")
        .annotate(total=Count("pk"), find=Min("rank", filter=Q(entry=asked.find)), own=Min("rank", filter=Q(entry__in=asked.own)))
    )
    totals: dict[str, int] = {}
    finds: dict[str, int] = {}
    owns: dict[str, int] = {}
    for bracket, number, find, mine in counted:
        totals[bracket] = number
        finds |= {bracket: find} if find is not None else {}
        owns |= {bracket: mine} if mine is not None else {}
    chosen, rank = _where(asked, totals, finds, owns)
    inside = rows.filter(bracket=chosen)
    if asked.sort:
        return _cut(rows_of(inside), asked, chosen, totals, None)
    total = totals.get(chosen, 0)
    page = _inside(_page_of(rank) if rank else asked.page, total)
    here = Q(rank__gt=(page - 1) * PAGE_ROWS, rank__lte=page * PAGE_ROWS)
    found = rows_of(inside.filter(here | Q(entry__in=asked.own, line=0) if asked.own else here))
    own = next((row for row in found if row["group"] in asked.own), None)
    part = [row for row in found if (page - 1) * PAGE_ROWS < row["rank"] <= page * PAGE_ROWS]
    return BoardPage(part, chosen, list(totals) or [""], page, _pages(total), total, own)


def _where(asked: Asked, totals: dict[str, int], found: dict[str, int], own: dict[str, int]) -> tuple[str, int | None]:
    """The bracket to show, and the rank of the group whose page is wanted."""
    brackets = list(totals) or [""]
    if found:
        chosen = asked.bracket if asked.bracket in found else next(iter(found))
        return chosen, found[chosen]
    if asked.bracket in totals:
        return asked.bracket, None
    return next(iter(own), brackets[0]), None


def _cut(inside: list[RowData], asked: Asked, bracket: str, totals: dict[str, int], position: int | None) -> BoardPage:
    own = next((row for row in inside if row["group"] in asked.own), None)
    rows = in_order(inside, asked.sort, low=asked.low) if asked.sort else inside
    page = _inside(_page_of(position) if position and not asked.sort else asked.page, len(rows))
    start = (page - 1) * PAGE_ROWS
    part = rows[start : start + PAGE_ROWS]
    return BoardPage(part, bracket, list(totals) or [""], page, _pages(len(rows)), len(rows), own)


def in_order(rows: Iterable[RowData], name: str, *, low: bool) -> list[RowData]:
    """Rows by the value of this name, best first (`low`: less is better); rows without it last. Equal ones as on the board."""
    if name == BY_NAME:
        return sorted(rows, key=lambda row: row["name"].casefold())
    read: Callable[[RowData], Fraction | None] = lambda row: _value(row, name)  # noqa: E731 used twice below
    there = [row for row in rows if read(row) is not None]
    ordered = sorted(there, key=lambda row: (read(row) or 0) * (1 if low else -1))
    return ordered + [row for row in rows if read(row) is None]


def _value(row: RowData, name: str) -> Fraction | None:
    text = row["score"] if name == "score" else row["values"].get(name)
    try:
        return numbers.parse(text) if isinstance(text, str) and text else None
    except ValueError:
        return None


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE_ROWS))


def _inside(page: int, total: int) -> int:
    return max(1, min(page, _pages(total)))


def _page_of(rank: int) -> int:
    return (rank - 1) // PAGE_ROWS + 1
