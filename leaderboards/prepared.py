"""Statements that PostgreSQL has prepared, handed to the library of its client in one call: asking costs hardly more than the answer.

The driver's own cursor looks at each statement anew (how it is written, whether to prepare it, how to wait), which takes longer than a
short answer. What is kept is always the same: the server is told it once per connection and finds out the kinds of its parameters; from then
on its name and the values are sent.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from django.db import InterfaceError
from psycopg import Connection, OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

MOST: Final = 300
"""Statements that one connection knows: then it forgets them all."""
PLACE: Final = re.compile(rb"%([s%])")
GOOD: Final = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})


@dataclass(slots=True, eq=False)
class _Known:
    """What was prepared on one connection: names by text. And the driver's Transformer, which writes and reads values as the connection does."""

    values: Any
    names: dict[str, bytes] = field(default_factory=dict)


class _Sent(NamedTuple):
    """What was sent, as the driver's cursors tell it: without values."""

    query: bytes


_known: Final[WeakKeyDictionary[Connection[Any], _Known]] = WeakKeyDictionary()


def kept_cursor(connection: Any) -> Any:
    """A cursor of this connection of the framework's for a text that is kept, with what it lays around cursors where somebody listens."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    if connection.connection is None:
        connection.ensure_connection()
    cursor = Prepared(connection)
    return connection._prepare_cursor(cursor) if connection.queries_logged or connection.execute_wrappers else cursor


class Prepared:
    """A cursor, as far as the framework needs one: `execute` with `%s` for each value, then `fetchall` and `rowcount`."""

    def __init__(self, connection: Any) -> None:
        self._framework = connection
        self.connection: Connection[Any] = connection.connection
        known = _known.get(self.connection)
        self._known = _known.setdefault(self.connection, _Known(Transformer(self.connection))) if known is None else known
        self._result: PGresult | None = None
        self._text = ""

    def execute(self, text: str, values: Sequence[Any] = ()) -> None:
        """Send it. Raises what the framework raises."""
        self._framework.validate_no_broken_transaction()
        with self._framework.wrap_database_errors:
            self._execute(text, values)

    def _execute(self, text: str, values: Sequence[Any]) -> None:
        self._text = text
        driver, known = self.connection.pgconn, self._known
        if not self.connection.autocommit and driver.transaction_status == TransactionStatus.IDLE:
            self._good(driver.exec_(self.connection._get_tx_start_command()))
        sent = known.values.dump_sequence(values, [PyFormat.TEXT] * len(values))
        name = known.names.get(text) or self._prepare(text)
        self._result = self._good(driver.exec_prepared(name, sent))
        known.values.set_pgresult(self._result)

    def _prepare(self, text: str) -> bytes:
        driver, names = self.connection.pgconn, self._known.names
        if len(names) >= MOST:
            self._good(driver.exec_(b"DEALLOCATE ALL"))
            names.clear()
        name = f"kept_{len(names)}".encode()
        self._good(driver.prepare(name, _numbered(text)))
        names[text] = name
        return name

    def _good(self, result: PGresult) -> PGresult:
        if result.status not in GOOD:
            if result.error_field(DiagnosticField.SQLSTATE) is None:  # not the server's word: it was not reached
                raise OperationalError(result.get_error_message())
            raise error_from_result(result, encoding=self.connection.info.encoding)
        return result

    @property
    def _query(self) -> _Sent:
        """Asked for by the framework when it logs statements."""
        return _Sent(_numbered(self._text))

    @property
    def rowcount(self) -> int:
        """Rows that were written or found."""
        return (self._result.command_tuples or 0) if self._result is not None else -1

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows of the answer."""
        if self._result is None:
            message = "nothing was asked yet"
            raise InterfaceError(message)
        with self._framework.wrap_database_errors:
            found: list[tuple[Any, ...]] = self._known.values.load_rows(0, self._result.ntuples, tuple)
        return found

    def close(self) -> None:
        """Forget the answer."""
        self._result = None


@lru_cache(maxsize=2 * MOST)
def _numbered(text: str) -> bytes:
    """The statement as the server takes it: $1, $2 ... for each %s."""
    numbers = count(1)
    return PLACE.sub(lambda found: b"%" if found[1] == b"%" else b"$%d" % next(numbers), text.encode())
