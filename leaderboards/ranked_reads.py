"""Reading a board whose ranks are a sorted set: from the set in one round trip, or, where it is lost, from what it follows from.

`settings.LEADERBOARD_TOTALS` names what reads that: called with a board it gives an object with the three questions of `Totals`.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from leaderboards import ranked
from leaderboards.models import Board
from leaderboards.ranked import Ranked


class Totals(Protocol):
    """What a sorted set follows from, asked directly: slower, and always right."""

    def brackets(self) -> dict[str, int]:
        """Bracket → how many stand in it, in their order."""

    def page(self, side: str, bracket: str | None, start: int, stop: int) -> list[Ranked]:
        """Rows `start` up to (not with) `stop` of a bracket; of all brackets one after the other if none is named."""

    def around(self, side: str, who: str, reach: int) -> list[Ranked]:
        """The row of a group by its key on this side, with its neighbours."""


def _totals(board: Board) -> Totals:
    asked: Callable[[Board], Totals] = import_string(settings.LEADERBOARD_TOTALS)
    return asked(board)


def brackets(board: Board) -> dict[str, int]:
    """Bracket → how many stand in it, in their order."""
    state = ranked.state(board.pk)
    return dict(state.brackets) if state is not None else _totals(board).brackets()


def rows(board: Board, side: str, bracket: str | None, start: int, stop: int) -> list[Ranked]:
    """Rows `start` up to (not with) `stop` of a bracket; of all brackets one after the other if none is named."""
    if bracket is not None:
        return _inside(board, side, bracket, start, stop)
    state = ranked.state(board.pk)
    return _totals(board).page(side, None, start, stop) if state is None else _across(board, side, state, start, stop)


def counted_rows(board: Board, side: str, start: int, stop: int) -> tuple[int, list[Ranked]]:
    """How many stand in all brackets, and rows `start` up to (not with) `stop` of them one after the other."""
    state = ranked.state(board.pk)
    if state is None:
        totals = _totals(board)
        return sum(totals.brackets().values()), totals.page(side, None, start, stop)
    return sum(state.brackets.values()), _across(board, side, state, start, stop)


def _across(board: Board, side: str, state: ranked.State, start: int, stop: int) -> list[Ranked]:
    found: list[Ranked] = []
    for name, number in state.brackets.items():
        if start < number and stop > 0:
            found += _inside(board, side, name, max(start, 0), min(stop, number))
        start, stop = start - number, stop - number
    return found


def _inside(board: Board, side: str, bracket: str, start: int, stop: int) -> list[Ranked]:
    found = ranked.page(board.pk, side, bracket, start, stop)
    return found[1] if found is not None else _totals(board).page(side, bracket, start, stop)


def around(board: Board, side: str, who: str, reach: int) -> list[Ranked]:
    """The row of a group by its key on this side, with `reach` neighbours on each side; empty if it is not there."""
    found = ranked.around(board.pk, side, who, reach)
    return found if found is not None else _totals(board).around(side, who, reach)


def those(board: Board, side: str, keys: Sequence[str]) -> list[Ranked]:
    """The rows of these groups, without those that are not there."""
    found = ranked.those(board.pk, side, keys)
    if found is not None:
        return found
    totals = _totals(board)
    return [one for key in keys for one in totals.around(side, key, 0)]


def changed(board: Board, side: str, version: int) -> list[Ranked]:
    """Rows whose number changed after a version. None of them where the set is lost: whoever asks fetches the page."""
    behind = board.restricted_version - board.version if side != "public" else 0
    return ranked.changed(board.pk, side, version - behind) or []
