"""Official results and tables of others beside ours: one statement for all that a board shows of them."""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q

from games.results.models import ExternalResult
from games.results.queries.boards import Shown
from leaderboards.engine import numbers
from leaderboards.queries import standings
from leaderboards.slices import CHUNK, looked_through

PLACE: Final = "place"
SCORE: Final = "score"


@dataclass(frozen=True, slots=True)
class Beside:
    """Somebody else's published result of a board: group -> place, group -> score; and how many of ours agree."""

    places: dict[str, str]
    scores: dict[str, str]
    compared: int
    equal: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A table that somebody else published, under its own title: names of the columns, and per group its cells."""

    title: str
    names: list[str]
    cells: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Others:
    """What others published: of this very board, and whole tables that no board of ours is compared with."""

    official: Beside | None
    elsewhere: list[Elsewhere]


def others_of(shown: Shown) -> Others:
    """One statement; where there is an official result, as many more as reading the rows takes."""
    of_board = Q(kind="board", key=shown.board.key)
    stored = ExternalResult.objects.filter(of_board | Q(kind="external"), cycle=shown.board.scope).order_by("pk")
    found: dict[str, dict[str, str]] = {PLACE: {}, SCORE: {}}
    tables: dict[str, Elsewhere] = {}
    for kind, key, group, name, value in stored.values_list("kind", "key", "group", "name", "value"):
        if kind == "board":
            found.setdefault(name, {})[group] = value
            continue
        table = tables.setdefault(key, Elsewhere(key, [], {}))
        if name not in table.names:
            table.names.append(name)
        table.cells.setdefault(group, {})[name] = value
    return Others(_beside(shown, found[PLACE], found[SCORE]), list(tables.values()))


def _beside(shown: Shown, places: dict[str, str], scores: dict[str, str]) -> Beside | None:
    """Compared with all rows of the board. Numbers are compared as numbers: 18.50 is 18.5."""
    if not places and not scores:
        return None
    compared = equal = 0
    with _ours(shown) as rows:
        for *_, key, line, place, score in rows:
            if not line and (key in places or key in scores):
                compared += 1
                equal += _same(places.get(key), place) and _same(scores.get(key), score)
    return Beside(places=places, scores=scores, compared=compared, equal=equal)


def _ours(shown: Shown) -> AbstractContextManager[Iterable[tuple[Any, ...]]]:
    """(…, key, line, place, score) of every row that is shown, portion by portion."""
    columns = ("entry", "line", "place", "score")
    if shown.source == "live":
        return nullcontext(standings(shown.board, shown.side).values_list(*columns).iterator(CHUNK))
    return looked_through([shown.snapshot.pk], *columns) if shown.snapshot else nullcontext(())


def _same(official: str | None, ours: str) -> bool:
    if official is None or official == ours:
        return True
    try:
        return numbers.parse(official) == numbers.parse(ours)
    except ValueError:
        return False
