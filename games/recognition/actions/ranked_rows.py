"""Rows of a board by points, written by the database itself: ranked, compared with what is there, and only what differs is touched."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.db import connection, transaction

from games.cycles.models import Cycle
from games.journal.queries import db_now
from games.recognition.actions.points import cursor_of
from games.recognition.queries.ranks import Source, apart_of, for_all_rows, in_order, parameters, selected, source_of, unnamed
from leaderboards.models import Board
from leaderboards.queries import AUDIENCES, PUBLIC

RANKED: Final = """
CREATE TEMPORARY TABLE staged_standing AS
SELECT key AS entry, name, bracket,
    row_number() OVER (PARTITION BY bracket ORDER BY apart, amount DESC, {key}) AS "rank",
    CASE apart WHEN 0 THEN CAST(rank() OVER (PARTITION BY bracket ORDER BY apart, amount DESC) AS text) ELSE '' END AS place,
    CAST(amount AS text) AS score,
    CASE apart WHEN 0 THEN 'ranked' WHEN 1 THEN 'withdrawn' ELSE 'disqualified' END AS status
FROM (SELECT key, name, bracket, amount, {apart} AS apart FROM ({rows}) e) f
"""
GONE: Final = """
DELETE FROM leaderboards_standing WHERE board_id = %(board)s AND audience = %(side)s
    AND (line <> 0 OR entry NOT IN (SELECT entry FROM staged_standing))
"""
CHANGED: Final = """
UPDATE leaderboards_standing AS old SET name = new.name, bracket = new.bracket, "rank" = new."rank", place = new.place,
    score = new.score, status = new.status, keys = {keys}, "values" = {values}, pending = 0, changed_version = %(version)s,
    previous_place = CASE WHEN old.place <> new.place THEN old.place ELSE old.previous_place END
FROM staged_standing AS new
WHERE old.board_id = %(board)s AND old.audience = %(side)s AND old.entry = new.entry AND old.line = 0
    AND (old."rank" <> new."rank" OR old.place <> new.place OR old.score <> new.score OR old.name <> new.name
        OR old.bracket <> new.bracket OR old.status <> new.status OR old.pending <> 0)
"""
NEW: Final = """
INSERT INTO leaderboards_standing (board_id, audience, entry, line, name, bracket, "rank", place, previous_place, score, keys, "values",
    status, pending, changed_version)
SELECT %(board)s, %(side)s, new.entry, 0, new.name, new.bracket, new."rank", new.place, '', new.score, {keys}, {values},
    new.status, 0, %(version)s
FROM staged_standing AS new
WHERE NOT EXISTS (SELECT 1 FROM leaderboards_standing AS old
    WHERE old.board_id = %(board)s AND old.audience = %(side)s AND old.entry = new.entry AND old.line = 0)
"""


@transaction.atomic
def write_rows(cycle: Cycle, board: Board, *, exactly: bool = False) -> int:
    """Bring the rows of both sides to the totals as they are. Returns how many were written; versions stay, for the ranks moved before.

    `exactly`: no points are read meanwhile, so that the rows are those of `Board.as_of` and of nothing later.
    """
    if exactly:
        cursor_of(cycle)
    held = Board.objects.select_for_update(no_key=True).get(pk=board.pk)
    source = source_of(cycle, held)
    written = 0
    with connection.cursor() as cursor:
        for_all_rows()
        _stage(cursor, source, held)
        for side in reversed(AUDIENCES):
            if side == PUBLIC:
                _unname(cursor, unnamed(cycle))
            version = held.version if side == PUBLIC else held.restricted_version
            asked = {"board": held.pk, "side": side, "version": version, "left": _left(source.values)}
            for statement in (GONE, CHANGED, NEW):
                cursor.execute(statement.format(keys=_json("""'["' || new.score || '"]'"""), values=_json(_VALUES)), asked)
                written += cursor.rowcount
        cursor.execute("DROP TABLE staged_standing")
    Board.objects.filter(pk=held.pk).update(refreshed_at=db_now(), as_of=source.seal)
    return written


_VALUES: Final = """%(left)s || '"score": "' || new.score || '"}'"""


def _stage(cursor: Any, source: Source, board: Board) -> None:
    """The rows of the side that names everybody, in a table of this connection."""
    cursor.execute("DROP TABLE IF EXISTS staged_standing")
    statement = RANKED.format(key=in_order("key"), apart=apart_of(source), rows=selected(source, board))
    cursor.execute(statement, parameters(source))
    cursor.execute("CREATE UNIQUE INDEX staged_standing_once ON staged_standing (entry)")
    if connection.vendor == "postgresql":
        cursor.execute("ANALYZE staged_standing")


def _unname(cursor: Any, instead: Mapping[str, tuple[str, str]]) -> None:
    """The same for everybody: who keeps the name to themselves is called by what stands for it."""
    cursor.executemany(
        "UPDATE staged_standing SET entry = %s, name = %s WHERE entry = %s",
        [(stands, name, key) for key, (stands, name) in instead.items()],
    )


def _left(values: Mapping[str, None]) -> str:
    """The named values of every row as JSON, up to where the score comes."""
    return json.dumps(dict(values))[:-1] + (", " if values else "")


def _json(text: str) -> str:
    return f"({text})::jsonb" if connection.vendor == "postgresql" else f"({text})"
