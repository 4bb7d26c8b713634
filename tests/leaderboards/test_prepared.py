"""Statements that the server has prepared: told once, answered as ever, forgotten before they are too many."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DataError, InterfaceError, OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from leaderboards import prepared
from leaderboards.prepared import Prepared, kept_cursor

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(autouse=True)
def _on_postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite prepares by itself")


def ask(text: str, *values: Any) -> list[tuple[Any, ...]]:
    cursor = kept_cursor(connection)
    cursor.execute(text, values)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def known() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'kept_%%'", [])
        (number,) = cursor.fetchone()
    return int(number)


def test_it_is_told_once() -> None:
    before = known()
    for value in (1, 2**40, -1):
        assert ask("SELECT %s::bigint + 1, '100 %%'", value) == [(value + 1, "100 %")]
    assert known() == before + 1


def test_the_log_of_statements_tells_the_text() -> None:
    with CaptureQueriesContext(connection) as asked:
        ask("SELECT %s::bigint, '100 %%'", 7)
    assert [one["sql"] for one in asked] == ["SELECT $1::bigint, '100 %'"]


def test_whoever_wraps_statements_is_told_of_it() -> None:
    seen: list[str] = []

    def listens(execute: Any, text: str, *rest: Any) -> Any:
        seen.append(text)
        return execute(text, *rest)

    with connection.execute_wrapper(listens):
        assert ask("SELECT %s::bigint", 7) == [(7,)]
    assert seen == ["SELECT %s::bigint"]


def test_values_of_many_kinds() -> None:
    assert ask("SELECT %s::text, %s::bigint, %s::bool, %s::bigint[]", "it's \\ ä", None, True, [1, 2]) == [
        ("it's \\ ä", None, True, [1, 2])
    ]


def test_before_they_are_too_many_all_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST", 3)
    for _ in range(2):
        for number in range(5):
            assert ask(f"SELECT {number} + %s::int", 1) == [(number + 1,)]
            assert known() <= 3


def test_what_was_prepared_in_a_transaction_that_was_undone_is_still_known() -> None:
    with transaction.atomic():
        assert ask("SELECT 'undone', %s::int", 1) == [("undone", 1)]
        transaction.set_rollback(True)
    assert ask("SELECT 'undone', %s::int", 2) == [("undone", 2)]


def test_an_error_is_the_frameworks_and_ends_the_transaction() -> None:
    with transaction.atomic():
        with pytest.raises(DataError), transaction.atomic():
            ask("SELECT 1 / %s::int", 0)
        assert ask("SELECT 1 / %s::int", 1) == [(1,)]
        with pytest.raises(DataError), transaction.mark_for_rollback_on_error():
            ask("SELECT 1 / %s::int", 0)
        with pytest.raises(TransactionManagementError):
            ask("SELECT 1 / %s::int", 1)
        transaction.set_rollback(True)


def test_nothing_was_asked_yet() -> None:
    connection.ensure_connection()
    cursor = Prepared(connection)
    assert cursor.rowcount == -1
    with pytest.raises(InterfaceError):
        cursor.fetchall()


@pytest.mark.django_db(transaction=True)
def test_others_work_while_one_waits_for_its_answer() -> None:
    """The library is called without the lock of the interpreter: else one that waits for a row would stop the one that holds it."""

    def waits(number: int) -> int:
        try:
            if number:
                ask("SELECT count(*) FROM pg_advisory_lock(%s::bigint)", 77)
            else:
                ask("SELECT count(*) FROM pg_sleep(%s::float)", 0.3)
                ask("SELECT count(*) FROM pg_advisory_unlock(%s::bigint)", 77)
        finally:
            if number:
                connection.close()
        return number

    ask("SELECT count(*) FROM pg_advisory_lock(%s::bigint)", 77)
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(waits, 1)
        waits(0)
        assert other.result(timeout=10) == 1


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_cut_is_told_and_the_next_one_works() -> None:
    ((pid,),) = ask("SELECT pg_backend_pid() + 0 * %s::int", 1)

    def cut() -> None:
        try:
            ask("SELECT pg_terminate_backend(%s::int, 5000)", pid)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(cut).result(timeout=30)
    for _ in range(2):
        with pytest.raises(OperationalError):
            ask("SELECT %s::int", 1)
    connection.close()
    assert ask("SELECT %s::int", 1) == [(1,)]
