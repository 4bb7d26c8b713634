"""One page of what is shown of a board: a bracket, fifty rows, where a group stands, sorted another way if asked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import nlargest, nsmallest
from operator import itemgetter
from typing import Any, Final

import orjson
from django.db.models import Count, Min, Q, QuerySet

from games.results.queries.boards import Shown
from leaderboards.engine import numbers
from leaderboards.models import Snapshot, Standing
from leaderboards.queries import COLUMNS, PAGE_ROWS, RowData, around, live_rows, place_of, row_data, rows_of, standings, totals_of
from leaderboards.slices import CHUNK, Stretch, looked_through, rows_at, stretches

BY_NAME: Final = "name"
SCORE: Final = "score"
"""By these a board may be sorted, and by each of a row's values."""

type Key = tuple[bool, Any, int]


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
    """One page of a bracket, in few statements, whatever the number of rows: two of live rows, three of a snapshot, one more to sort."""
    if shown.source == "live":
        return _live(shown, asked)
    return _published(shown.snapshot, asked) if shown.snapshot is not None else BoardPage([], "", [""], 1, 1, 0)


def _published(snapshot: Snapshot, asked: Asked) -> BoardPage:
    found = stretches(snapshot.pk, [asked.find] if asked.find else [], asked.own)
    finds, owns = ({one.bracket: rank for one in found if (rank := one.rank(which)) is not None} for which in (0, 1))
    chosen, rank = _where(asked, {one.bracket: one.total for one in found}, finds, owns)
    inside = next((one for one in found if one.bracket == chosen), Stretch(chosen, 0, 0))
    page = _inside(_page_of(rank) if rank and not asked.sort else asked.page, inside.total)
    part: Sequence[int] = inside.positions[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    if asked.sort:
        part = _sorted_positions(snapshot, inside, asked, page)
    mine = [inside.start + owns[chosen] - 1] if chosen in owns else []
    there = rows_at(snapshot, [*part, *mine])
    own = next((there[at] for at in mine), None)
    brackets = [one.bracket for one in found] or [""]
    return BoardPage([there[at] for at in part], chosen, brackets, page, _pages(inside.total), inside.total, own)


def _sorted_positions(snapshot: Snapshot, inside: Stretch, asked: Asked, page: int) -> list[int]:
    whole = asked.sort in {BY_NAME, SCORE}
    with looked_through([snapshot.pk], asked.sort if whole else "values") as rows:
        there = ((at, told if whole else orjson.loads(told).get(asked.sort)) for _, at, told in rows if at in inside.positions)
        return in_order(((_key(asked, at, value), at) for at, value in there), inside.total, page)


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
    total = totals.get(chosen, 0)
    page = _inside(_page_of(rank) if rank and not asked.sort else asked.page, total)
    part, own = _sorted(inside, asked, total, page) if asked.sort else _in_ranks(inside, asked, page)
    return BoardPage(part, chosen, list(totals) or [""], page, _pages(total), total, own)


def _in_ranks(inside: QuerySet[Standing], asked: Asked, page: int) -> tuple[list[RowData], RowData | None]:
    """The rows of a page, and our own."""
    here = Q(rank__gt=(page - 1) * PAGE_ROWS, rank__lte=page * PAGE_ROWS)
    found = rows_of(inside.filter(here | Q(entry__in=asked.own, line=0) if asked.own else here))
    own = next((row for row in found if row["group"] in asked.own), None)
    return [row for row in found if (page - 1) * PAGE_ROWS < row["rank"] <= page * PAGE_ROWS], own


def _sorted(inside: QuerySet[Standing], asked: Asked, total: int, page: int) -> tuple[list[RowData], RowData | None]:
    """The same in another order: all rows are looked at, portion by portion."""
    own: list[RowData] = []

    def keyed() -> Iterator[tuple[Key, RowData]]:
        for row in map(row_data, inside.values(*COLUMNS).iterator(CHUNK)):
            if row["group"] in asked.own:
                own.append(row)
            value = (
                row["name"] if asked.sort == BY_NAME else row["score"] if asked.sort == SCORE else row["values"].get(asked.sort)
            )
            yield _key(asked, row["rank"], value), row

    part = in_order(keyed(), total, page)
    return part, next(iter(own), None)


def _where(asked: Asked, totals: dict[str, int], found: dict[str, int], own: dict[str, int]) -> tuple[str, int | None]:
    """The bracket to show, and the rank of the group whose page is wanted."""
    brackets = list(totals) or [""]
    if found:
        chosen = asked.bracket if asked.bracket in found else next(iter(found))
        return chosen, found[chosen]
    if asked.bracket in totals:
        return asked.bracket, None
    return next(iter(own), brackets[0]), None


def in_order[T](keyed: Iterable[tuple[Key, T]], total: int, page: int) -> list[T]:
    """What is on one page of `total` in the order of their keys. Only as many are held as lie before the page, or behind it if they are fewer."""
    start, stop = (page - 1) * PAGE_ROWS, min(page * PAGE_ROWS, total)
    if stop <= total - start:
        return [one for _, one in nsmallest(stop, keyed, key=itemgetter(0))[start:]]
    return [one for _, one in nlargest(total - start, keyed, key=itemgetter(0))[::-1][: stop - start]]


def _key(asked: Asked, at: int, value: Any) -> Key:
    """Best first (`low`: less is better), without a number last, equal ones as on the board."""
    if asked.sort == BY_NAME:
        return False, value.casefold(), at
    number = _number(value)
    return number is None, (number or 0) * (1 if asked.low else -1), at


def _number(text: Any) -> Fraction | None:
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
