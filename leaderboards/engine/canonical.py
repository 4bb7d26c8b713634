"""One text for one result: canonical JSON (RFC 8785) of a board's rows, and its SHA-256."""

import hashlib
from collections.abc import Iterable, Mapping

import rfc8785

from leaderboards.engine import numbers
from leaderboards.engine.outcome import BoardResult, Row, Value

type Json = str | int | list[Json] | dict[str, Json] | None


def number_text(value: Value | None) -> Json:
    """Number text, a list of them for a list, None for nothing."""
    if isinstance(value, tuple):
        return [numbers.text(one) for one in value]
    return None if value is None else numbers.text(value)


def row_content(row: Row) -> dict[str, Json]:
    """A row as data, numbers as number texts. The name is left out: it is only for show and may change."""
    return {
        "group": row.group,
        "place": number_text(row.place),
        "score": number_text(row.score),
        "status": row.status.value,
        "within": row.within,
        "keys": [number_text(value) for value in row.keys],
        "values": _mapped(row.values),
        "rounds": _mapped(row.rounds),
        "pending": row.pending,
    }


def _mapped(values: Mapping[str, Value | None]) -> Json:
    return {name: number_text(value) for name, value in values.items()}


def canonical_rows(rows: Iterable[Row]) -> bytes:
    """The rows in board order as canonical JSON bytes."""
    return rfc8785.dumps([row_content(row) for row in rows])


def content_hash(board: BoardResult) -> str:
    """The hash that anyone who recomputes the board must get: hex SHA-256 of its canonical rows."""
    return hashlib.sha256(canonical_rows(board.rows)).hexdigest()
