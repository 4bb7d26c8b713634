"""A statement that is kept gives what the same statement gives that is put together each time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.transaction import TransactionManagementError

from leaderboards.kept import MOST, Kept, KeptShapes
from leaderboards.models import Board, Standing

NOW = datetime(2027, 5, 1, tzinfo=UTC)


def boards() -> list[Board]:
    return [
        Board.objects.create(
            scope=scope, key=f"k{scope}", number=1, name=f"Board {scope}", refreshed_at=NOW + timedelta(days=scope)
        )
        for scope in (1, 2, 3)
    ]


def rows_of(board: int, entry: str) -> QuerySet[Standing, Any]:
    found = Standing.objects.filter(board=board, entry=entry).select_related("board")
    return found.annotate(whose=F("board__name")).order_by("line")


@pytest.mark.django_db
def test_rows_come_with_what_belongs_to_them(django_assert_num_queries: Any) -> None:
    first, second, _ = boards()
    for board in (first, second):
        for line in range(3):
            Standing.objects.create(board=board, entry="red", line=line, name="Red", rank=line + 1, values={"a": ["1/3"]})
    kept = Kept(rows_of, int, str)
    for board in (first, second, first):
        with django_assert_num_queries(1):
            found = kept(board.pk, "red")
            assert [(row.board.name, row.whose, row.line, row.values) for row in found] == [
                (board.name, board.name, line, {"a": ["1/3"]}) for line in range(3)
            ]
        assert found == list(rows_of(board.pk, "red"))
    assert kept(first.pk, "blue") == []
    assert kept(first.pk, "' OR '1'='1") == []
    assert kept(0, "red") == []


@pytest.mark.django_db
def test_moments_and_values_without_objects() -> None:
    boards()
    kept = Kept(
        lambda since: Board.objects.filter(refreshed_at__gt=since).order_by("scope").values_list("scope", "key"), datetime
    )
    assert kept(NOW) == [(1, "k1"), (2, "k2"), (3, "k3")]
    assert kept(NOW + timedelta(days=2)) == [(3, "k3")]
    assert kept(NOW + timedelta(days=9)) == []


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_inside_a_transaction_only() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks no rows")
    board = boards()[0]
    kept = Kept(lambda pk: Board.objects.select_for_update().filter(pk=pk), int)
    with transaction.atomic():
        assert kept(board.pk) == [board]
    with pytest.raises(TransactionManagementError):
        kept(board.pk)


@pytest.mark.django_db(transaction=True)
def test_threads_do_not_get_each_others_rows() -> None:
    made = boards()
    kept = Kept(lambda pk: Board.objects.filter(pk=pk), int)

    def asked(board: Board) -> bool:
        try:
            return all(kept(board.pk) == [board] for _ in range(20))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert all(pool.map(asked, made))


def test_a_value_that_is_asked_for_nowhere_is_a_mistake() -> None:
    with pytest.raises(RuntimeError):
        Kept(lambda _pk: Board.objects.all(), int)._statement()


@pytest.mark.django_db
@pytest.mark.any_database
def test_a_value_that_something_else_is_made_of_is_a_mistake() -> None:
    with pytest.raises(RuntimeError, match="cannot be exchanged"):
        Kept(lambda at: Board.objects.filter(refreshed_at__gt=at - timedelta(days=1)), datetime)(NOW)
    with pytest.raises(RuntimeError, match="cannot be exchanged"):
        Kept(lambda word: Board.objects.filter(name__contains=word), str)("Board 1")


@pytest.mark.django_db
@pytest.mark.any_database
@pytest.mark.parametrize(
    "make",
    [lambda pk: Board.objects.filter(pk=pk).prefetch_related("standings"), lambda pk: Board.objects.filter(pk=pk).values("pk")],
)
def test_what_would_take_more_than_its_rows_is_a_mistake(make: Any) -> None:
    with pytest.raises(RuntimeError, match="prefetches nothing"):
        Kept(make, int)(1)


@pytest.mark.django_db
@pytest.mark.any_database
def test_what_belongs_to_a_row_may_be_nobody_or_read_later(django_assert_num_queries: Any) -> None:
    made = boards()[0]
    Standing.objects.create(board=made, entry="red", line=0, name="Red", rank=1, values={})
    kept = Kept(lambda pk: Standing.objects.filter(board=pk).select_related("board").defer("name", "board__name"), int)
    with django_assert_num_queries(1):
        (row,) = kept(made.pk)
        assert (row.board.key, row._state.adding, row._state.db) == ("k1", False, "default")
    with django_assert_num_queries(2):
        assert (row.name, row.board.name) == ("Red", "Board 1")


@pytest.mark.django_db
@pytest.mark.any_database
def test_what_stays_the_same_is_part_of_the_statement() -> None:
    boards()
    Board.objects.create(scope=4, key="k%s", number=1, name="100 % 'quoted' %s")
    kept = Kept(lambda scope: Board.objects.filter(Q(name="100 % 'quoted' %s") | Q(live=True), scope=scope), int)
    assert [board.key for board in kept(4)] == ["k%s"]
    assert kept(1) == []


@pytest.mark.django_db
@pytest.mark.any_database
def test_one_statement_is_kept_for_each_number_of_values() -> None:
    made = boards()
    kept, put_together = KeptShapes(), []

    def among(*scopes: int) -> QuerySet[Board]:
        put_together.append(len(scopes))
        return Board.objects.filter(scope__in=scopes).order_by("scope")

    for scopes in ((1, 2), (2, 3), (3,), (1,), ()):
        assert kept.ask(len(scopes), among, scopes) == [made[scope - 1] for scope in scopes]
    assert put_together == [2, 2, 1, 1, 0, 0]  # twice each, and then never again


@pytest.mark.django_db
@pytest.mark.any_database
def test_not_every_shape_there_ever_was_is_kept() -> None:
    made = boards()
    kept = KeptShapes()
    for shape in range(MOST + 1):
        assert kept.ask(shape, lambda scope: Board.objects.filter(scope=scope), [2]) == [made[1]]
    assert len(kept._built) == 1
