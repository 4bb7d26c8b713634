"""One page of what is shown of a board: a bracket, fifty rows, where a group stands."""

from dataclasses import dataclass
from typing import Final

from games.results.models import ExternalResult
from games.results.queries.boards import Shown, shown_rows
from leaderboards.engine import numbers
from leaderboards.queries import PAGE_ROWS, RowData, rows_of, standings

PLACE: Final = "place"
SCORE: Final = "score"


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Rows of one page. `brackets` are all there are (one, unnamed, if the board has none); `pages` counts from 1."""

    rows: list[RowData]
    bracket: str
    brackets: list[str]
    page: int
    pages: int
    total: int


def board_page(shown: Shown, *, bracket: str = "", page: int = 1, find: str = "") -> BoardPage:
    """One page of a bracket (the first one if there is no such); with `find`, the page on which that group stands.

    Live rows: at most four statements, whatever the number of rows. A snapshot is one row and read whole.
    """
    if shown.source == "live":
        return _live(shown, bracket, page, find)
    rows = shown_rows(shown)
    brackets = list(dict.fromkeys(row["bracket"] for row in rows)) or [""]
    where = next((row["bracket"] for row in rows if row["group"] == find), bracket) if find else bracket
    chosen = where if where in brackets else brackets[0]
    inside = [row for row in rows if row["bracket"] == chosen]
    if find:
        page = _page_of(next((number for number, row in enumerate(inside) if row["group"] == find), 0))
    return _cut(inside, chosen, brackets, page, len(inside))


def _live(shown: Shown, bracket: str, page: int, find: str) -> BoardPage:
    rows = standings(shown.board, shown.side)
    brackets = list(rows.order_by("bracket").values_list("bracket", flat=True).distinct()) or [""]
    own = rows.filter(entry=find).values_list("bracket", "rank").first() if find else None
    chosen = own[0] if own else (bracket if bracket in brackets else brackets[0])
    inside = rows.filter(bracket=chosen)
    if own:
        page = _page_of(inside.filter(rank__lt=own[1]).count())
    total = inside.count()
    page = max(1, min(page, _pages(total)))
    start = (page - 1) * PAGE_ROWS
    return BoardPage(rows_of(inside[start : start + PAGE_ROWS]), chosen, brackets, page, _pages(total), total)


def _cut(rows: list[RowData], bracket: str, brackets: list[str], page: int, total: int) -> BoardPage:
    page = max(1, min(page, _pages(total)))
    start = (page - 1) * PAGE_ROWS
    return BoardPage(rows[start : start + PAGE_ROWS], bracket, brackets, page, _pages(total), total)


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE_ROWS))


def _page_of(position: int) -> int:
    return position // PAGE_ROWS + 1


# --- Official results beside ours -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beside:
    """Somebody else's published result of a board: group -> place, group -> score; and how many of ours agree."""

    places: dict[str, str]
    scores: dict[str, str]
    compared: int
    equal: int


def official_of(shown: Shown) -> Beside | None:
    """The official result that lies beside a board, compared with all its rows; None if there is none.

    One statement where there is none, else as many more as reading the rows takes. Numbers are compared as numbers: 18.50 is 18.5.
    """
    found: dict[str, dict[str, str]] = {PLACE: {}, SCORE: {}}
    stored = ExternalResult.objects.filter(cycle=shown.board.scope, kind="board", key=shown.board.key)
    for group, name, value in stored.values_list("group", "name", "value"):
        found.setdefault(name, {})[group] = value
    places, scores = found[PLACE], found[SCORE]
    if not places and not scores:
        return None
    both = [row for row in shown_rows(shown) if not row["line"] and (row["group"] in places or row["group"] in scores)]
    equal = sum(_same(places.get(row["group"]), row["place"]) and _same(scores.get(row["group"]), row["score"]) for row in both)
    return Beside(places=places, scores=scores, compared=len(both), equal=equal)


def _same(official: str | None, ours: str) -> bool:
    if official is None or official == ours:
        return True
    try:
        return numbers.parse(official) == numbers.parse(ours)
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A table that somebody else published, under its own title: names of the columns, and per group its cells."""

    title: str
    names: list[str]
    cells: dict[str, dict[str, str]]


def elsewhere_of(cycle_id: int) -> list[Elsewhere]:
    """Whole tables published elsewhere that no board of ours is compared with. One statement."""
    found: dict[str, Elsewhere] = {}
    stored = ExternalResult.objects.filter(cycle=cycle_id, kind="external").order_by("pk")
    for key, group, name, value in stored.values_list("key", "group", "name", "value"):
        table = found.setdefault(key, Elsewhere(key, [], {}))
        if name not in table.names:
            table.names.append(name)
        table.cells.setdefault(group, {})[name] = value
    return list(found.values())
