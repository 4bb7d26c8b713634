"""Writes of boards: bring the live rows of one side up to date, publish a snapshot.

The caller journals what happened; this app knows nothing of games.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import batched
from typing import Any, Final

from django.db import transaction
from django.db.models import F

from leaderboards.engine import numbers
from leaderboards.engine.outcome import Row, Value
from leaderboards.models import Board, Snapshot, Standing
from leaderboards.proof import prove
from leaderboards.queries import PUBLIC, content_digest, latest, published_content
from leaderboards.rewriting import WRITTEN, insert_rows, update_rows

_TRIES: Final = 5
_BATCH: Final = 1000
_CHUNK: Final = 10_000

type Line = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Delta:
    """What a refresh changed on one side: from version `since` to `version`, which rows changed, which are gone."""

    board_id: int
    key: str
    audience: str
    since: int
    version: int
    changed: tuple[str, ...]
    gone: tuple[str, ...]


def refresh(board: Board, audience: str, rows: Sequence[Row], *, now: datetime) -> Delta | None:
    """Bring one side of a board to these engine rows, in their order. Writes changed rows only; None if nothing changed.

    Two refreshes at once are settled by the version: the one that finds it moved reads again.
    """
    wanted = stored_rows(rows)
    for number in range(_TRIES):
        delta = _refresh_from(board, audience, wanted, now, again=number > 0)
        if delta is not None:
            return delta if delta.version > delta.since else None
    message = f"board {board.pk} changed under every one of {_TRIES} tries"
    raise RuntimeError(message)


@transaction.atomic(savepoint=False)
def _refresh_from(
    board: Board, audience: str, wanted: Mapping[Line, dict[str, Any]], now: datetime, *, again: bool
) -> Delta | None:
    """One try, from the version that the board was read at, or `again` from that of now; None if another refresh came between.

    An unmoved version means nothing had to change.
    """
    column = "version" if audience == PUBLIC else "restricted_version"
    since: int = Board.objects.values_list(column, flat=True).get(pk=board.pk) if again else getattr(board, column)
    there = _stored(board, audience)
    new = [line for line in wanted if line not in there]
    changed = [line for line, row in there.items() if line in wanted and row[1] != _cells(wanted[line])]
    gone = [line for line in there if line not in wanted]
    if not (new or changed or gone):
        return Delta(board.pk, board.key, audience, since, since, (), ())
    told = {"refreshed_at": now} if audience == PUBLIC else {}  # everybody reads it: it tells nothing of the restricted side
    moved = Board.objects.filter(pk=board.pk, **{column: since}).update(**{column: F(column) + 1}, dirty_since=None, **told)
    if moved != 1:
        return None
    version = since + 1
    for some in batched(gone, _BATCH):
        Standing.objects.filter(pk__in=[there[line][0] for line in some]).delete()
    update_rows([(there[line][0], version, *_cells(wanted[line])) for line in changed])
    head = (board.pk, audience)
    insert_rows([(*head, *line, version, "", *_cells(wanted[line])) for line in new])
    setattr(board, column, version)
    touched = tuple(dict.fromkeys(entry for entry, _ in [*new, *changed]))
    return Delta(board.pk, board.key, audience, since, version, touched, tuple(dict.fromkeys(entry for entry, _ in gone)))


def _stored(board: Board, audience: str) -> dict[Line, tuple[int, tuple[Any, ...]]]:
    """(group, line) → id and cells of each row that is there. As tuples: a large board is read at every refresh."""
    rows = Standing.objects.filter(board=board, audience=audience).values_list("entry", "line", "pk", *WRITTEN)
    return {(entry, line): (pk, tuple(cells)) for entry, line, pk, *cells in rows.iterator(chunk_size=_CHUNK)}


def _cells(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple([row[name] for name in WRITTEN])


def stored_rows(rows: Iterable[Row]) -> dict[Line, dict[str, Any]]:
    """Engine rows as columns, by (group, line): numbers as number texts, ranks 1, 2, 3, ... within each bracket."""
    ranks: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    stored: dict[Line, dict[str, Any]] = {}
    for row in rows:
        ranks[row.within] += 1
        stored[row.group, lines[row.group]] = {
            "name": row.name or row.group,
            "bracket": row.within,
            "rank": ranks[row.within],
            "place": _text(row.place) or "",
            "score": _text(row.score) or "",
            "keys": [_json(value) for value in row.keys],
            "values": {name: _json(value) for name, value in {**row.rounds, **row.values}.items()},
            "status": row.status.value,
            "pending": row.pending,
        }
        lines[row.group] += 1
    return stored


def _text(value: Fraction | None) -> str | None:
    return None if value is None else numbers.text(value)


def _json(value: Value | None) -> str | list[str] | None:
    return [numbers.text(one) for one in value] if isinstance(value, tuple) else _text(value)


@transaction.atomic
def publish(
    board: Board, audience: str = PUBLIC, *, design_number: int, now: datetime, reason: str = "", by: str = ""
) -> Snapshot | None:
    """Publish the standings of one side as the next numbered snapshot, chained to the one before by its digest, and signed.

    The same content again is no new snapshot (None), unless a reason is given: then it is a correction. `by` is a pseudonym.
    """
    read = Board.objects.select_for_update(no_key=True).get(pk=board.pk)
    last = latest(board, audience)
    rows = published_content(board, audience)
    if last is not None and not reason and last.rows == rows and last.design_number == design_number:
        return None
    previous = last.digest if last else ""
    made = Snapshot.objects.create(
        board=board,
        audience=audience,
        number=last.number + 1 if last else 1,
        design_number=design_number,
        rows=rows,
        digest=content_digest(key=board.key, rows=rows, design_number=design_number, previous=previous),
        previous_digest=previous,
        reason=reason,
        published_at=now,
        published_by=by,
        as_of=read.as_of,
    )
    prove([made], now=now)
    return made
