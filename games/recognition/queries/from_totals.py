"""Rows of a board by points without its sorted set, straight from the groups and their totals: what is read where Redis lost it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.db import connection, transaction

from games.cycles.models import Cycle
from games.recognition.queries.ranks import (
    OF_GROUPS,
    Without,
    apart_of,
    for_all_rows,
    in_order,
    parameters,
    plain_boards,
    selected,
    source_of,
    takes_part,
    unnamed,
)
from leaderboards.models import Board
from leaderboards.queries import PUBLIC
from leaderboards.ranked import BEHIND, RANKED, Ranked

NEAR: Final = 1000
SPARE: Final = 100
AT_TOP: Final = """(WITH top AS MATERIALIZED (
    SELECT group_id, amount FROM games_pointstotal WHERE cycle_id = %(cycle)s AND generation = %(generation)s AND amount > 0
    AND amount >= COALESCE((SELECT amount FROM games_pointstotal WHERE cycle_id = %(cycle)s AND generation = %(generation)s
        ORDER BY amount DESC LIMIT 1 OFFSET %(last)s), 1))
    SELECT group_id, amount FROM top) t JOIN games_group g ON g.id = t.group_id"""
"""Whoever has as many points as somebody a little below the page, or more: found first, so that only their groups are looked up."""


class FromTotals:
    """The rows of a board as the database sorts them at this moment: for when there is no set. Statements are few, and read every total."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.cycle = Cycle.objects.get(pk=board.scope)
        self.source = source_of(self.cycle, board)
        spec = plain_boards(self.cycle).get(board.key)
        self.divided = spec is not None and spec.within is not None

    def brackets(self) -> dict[str, int]:
        """Bracket → how many stand in it."""
        if not self.divided:
            [(number,)] = self._asked(f"SELECT count(*) FROM games_group g WHERE {takes_part()}", {})  # noqa: S608 words of our own
            return {"": number} if number else {}
        statement = f"SELECT bracket, count(*) FROM ({selected(self.source, self.board)}) e GROUP BY bracket"  # noqa: S608 words of our own
        return dict(sorted(self._all(statement, {})))

    def page(self, side: str, bracket: str | None, start: int, stop: int) -> list[Ranked]:
        """Rows `start` up to (not with) `stop` of a bracket; of all one after the other if none is named."""
        if bracket is None and not self.divided:
            bracket = ""
        if bracket is None:
            return self._across(side, start, stop)
        asked = {"bracket": bracket, "start": start, "number": max(stop - start, 0)}
        rows = self._near(asked, stop) or self._all(self._sorted(OF_GROUPS), asked)
        if not rows:
            return []
        instead = unnamed(self.cycle, [row[0] for row in rows]) if side == PUBLIC else {}
        return list(self._placed(rows, bracket, start, self._better(bracket, rows[0]) if start else 0, instead))

    def _across(self, side: str, start: int, stop: int) -> list[Ranked]:
        found: list[Ranked] = []
        for name, number in self.brackets().items():
            if start < number and stop > 0:
                found += self.page(side, name, max(start, 0), min(stop, number))
            start, stop = start - number, stop - number
        return found

    def _sorted(self, source: str) -> str:
        return (
            f"SELECT key, name, amount, {apart_of(self.source)} AS apart "  # noqa: S608 words of our own
            f"FROM ({selected(self.source, self.board, source)}) e "
            f"WHERE bracket = %(bracket)s ORDER BY apart, amount DESC, {in_order('key')} LIMIT %(number)s OFFSET %(start)s"
        )

    def _near(self, asked: Mapping[str, Any], stop: int) -> list[tuple[Any, ...]]:
        """The same rows without sorting everybody, where they are near the top and have points; empty where that cannot be told."""
        if self.divided or self.source.gone or stop > NEAR:
            return []
        rows = self._all(self._sorted(AT_TOP), {**asked, "last": stop + SPARE}, without="enable_indexscan")
        return rows if len(rows) == asked["number"] else []

    def around(self, side: str, who: str, reach: int) -> list[Ranked]:
        """The row of a group by its key on this side, with its neighbours; empty if it is not there."""
        instead = unnamed(self.cycle) if side == PUBLIC else {}
        real = next((key for key, (stands, _) in instead.items() if stands == who), who)
        if real == who and who in instead:
            return []
        statement = f"SELECT key, amount, bracket FROM ({selected(self.source, self.board)}) e WHERE key = %(key)s"  # noqa: S608
        found = self._all(statement, {"key": real})
        if not found:
            return []
        key, amount, bracket = found[0]
        before = self._ahead(bracket, key, amount)
        return self.page(side, bracket, max(before - reach, 0), before + reach + 1)

    def _better(self, bracket: str, row: tuple[Any, ...]) -> int:
        """How many stand before everybody who is equal to this row."""
        apart = apart_of(self.source)
        statement = (
            f"SELECT count(*) FROM ({selected(self.source, self.board)}) e WHERE bracket = %(bracket)s "  # noqa: S608 words of our own
            f"AND ({apart} < %(apart)s OR ({apart} = %(apart)s AND amount > %(amount)s))"
        )
        return int(self._all(statement, {"bracket": bracket, "apart": row[3], "amount": row[2]})[0][0])

    def _ahead(self, bracket: str, key: str, amount: int) -> int:
        """How many are shown before this group."""
        apart = 0 if key not in self.source.gone else 1 + list(BEHIND).index(self.source.gone[key])
        expression = apart_of(self.source)
        statement = (
            f"SELECT count(*) FROM ({selected(self.source, self.board)}) e WHERE bracket = %(bracket)s "  # noqa: S608 words of our own
            f"AND ({expression} < %(apart)s OR ({expression} = %(apart)s "
            f"AND (amount > %(amount)s OR (amount = %(amount)s AND {in_order('key')} < %(key)s))))"
        )
        return int(self._all(statement, {"bracket": bracket, "apart": apart, "amount": amount, "key": key})[0][0])

    def _placed(
        self, rows: Sequence[Any], bracket: str, start: int, before: int, instead: Mapping[str, tuple[str, str]]
    ) -> Iterator[Ranked]:
        last: tuple[int, int] | None = None
        for rank, (key, name, amount, apart) in enumerate(rows, start + 1):
            if last not in {None, (apart, amount)}:
                before = rank - 1
            last = (apart, amount)
            status = self.source.gone.get(key, RANKED)
            called, named = instead.get(key, (key, name))
            yield Ranked(called, rank, before + 1 if status == RANKED else 0, amount, named, bracket, status, self.source.values)

    def _all(self, statement: str, asked: Mapping[str, Any], *, without: Without = "enable_nestloop") -> list[tuple[Any, ...]]:
        with transaction.atomic():
            for_all_rows(without)
            return self._asked(statement, asked)

    def _asked(self, statement: str, asked: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, {**parameters(self.source), **asked})
            return list(cursor.fetchall())
