"""Official results and tables of others beside ours: one statement for all that a board shows of them."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from games.results.models import ExternalResult
from games.results.queries.boards import Shown, shown_rows
from leaderboards.engine import numbers

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
