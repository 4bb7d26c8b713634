"""Boards: rows that changed, versions of each side, snapshots that stay."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leaderboards.actions import publish, refresh
from leaderboards.engine.outcome import Row, RowStatus
from leaderboards.models import Board, Snapshot, Standing
from leaderboards.pages import page_bytes
from leaderboards.queries import (
    LAST_RANKS,
    around,
    broken_snapshots,
    changed_since,
    find,
    latest,
    live_rows,
    movement,
    rows_of,
    snapshot_rows,
    standings,
    totals_of,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 5, 1, tzinfo=UTC)


@pytest.fixture
def board() -> Board:
    return Board.objects.create(scope=7, key="result", number=1, name="Result", live=True)


def row(group: str, place: int | None, score: object, **more: object) -> Row:
    status = RowStatus.RANKED if place else RowStatus.UNSCORED
    value = None if score is None else Fraction(str(score))
    return Row(None if place is None else Fraction(place), group, group.title(), value, status, keys=(value,), **more)  # type: ignore[arg-type]


def some(**scores: int) -> list[Row]:
    ordered = sorted(scores.items(), key=lambda pair: -pair[1])
    return [row(group, number, score) for number, (group, score) in enumerate(ordered, 1)]


def test_rows_are_written_once_and_only_changed_ones_again(board: Board) -> None:
    first = refresh(board, "public", some(red=3, blue=2, green=1), now=NOW)
    assert first is not None
    assert (first.since, first.version, set(first.changed)) == (0, 1, {"red", "blue", "green"})
    assert refresh(board, "public", some(red=3, blue=2, green=1), now=NOW) is None
    second = refresh(board, "public", some(red=3, blue=1, green=2), now=NOW)
    assert second is not None
    assert (second.since, second.version, set(second.changed)) == (1, 2, {"blue", "green"})
    assert {one["group"] for one in changed_since(board, "public", 1)} == {"blue", "green"}


def test_unchanged_rows_cost_one_statement(board: Board) -> None:
    refresh(board, "public", some(red=3, blue=2), now=NOW)
    with CaptureQueriesContext(connection) as statements:
        refresh(board, "public", some(red=3, blue=2), now=NOW)
    assert len([one for one in statements if "SAVEPOINT" not in one["sql"]]) == 1


def test_movement_is_told_since_the_last_change_of_place(board: Board) -> None:
    refresh(board, "public", some(red=3, blue=2, green=1), now=NOW)
    refresh(board, "public", some(red=3, blue=2, green=9), now=NOW)
    assert {one["group"]: one["movement"] for one in rows_of(standings(board))} == {"green": 2, "red": -1, "blue": -1}


@pytest.mark.parametrize(
    ("place", "before", "moved"), [("1", "3", 2), ("4", "2", -2), ("2", "2", 0), ("", "2", None), ("2", "", None)]
)
def test_movement_needs_a_place_before_and_now(place: str, before: str, moved: int | None) -> None:
    assert movement(place, before) == moved


def test_the_restricted_side_moves_without_a_trace_on_the_public_one(board: Board) -> None:
    refresh(board, "public", some(red=3, blue=2), now=NOW)
    refresh(board, "restricted", some(red=3, blue=2), now=NOW)
    refresh(board, "restricted", some(red=3, blue=5), now=NOW + timedelta(minutes=1))
    board.refresh_from_db()
    assert (board.version, board.restricted_version, board.refreshed_at) == (1, 2, NOW)
    assert [one["group"] for one in rows_of(standings(board, "public"))] == ["red", "blue"]
    assert [one["group"] for one in rows_of(standings(board, "restricted"))] == ["blue", "red"]


def test_rows_that_are_gone_are_named(board: Board) -> None:
    refresh(board, "public", some(red=3, blue=2), now=NOW)
    delta = refresh(board, "public", some(red=3), now=NOW)
    assert delta is not None
    assert delta.gone == ("blue",)
    assert Standing.objects.filter(board=board).count() == 1


def test_numbers_stay_exact(board: Board) -> None:
    refresh(board, "public", [row("red", 1, "2/3"), row("blue", None, None)], now=NOW)
    rows = {one["group"]: one for one in rows_of(standings(board))}
    assert (rows["red"]["score"], rows["red"]["place"], rows["red"]["keys"]) == ("2/3", "1", ["2/3"])
    assert (rows["blue"]["score"], rows["blue"]["place"], rows["blue"]["status"]) == ("", "", "unscored")


def test_neighbours_and_search(board: Board) -> None:
    refresh(board, "public", some(**{f"team{number}": 100 - number for number in range(9)}), now=NOW)
    assert [one["group"] for one in around(board, "team4", reach=1)] == ["team3", "team4", "team5"]
    assert around(board, "nobody") == []
    assert [one.entry for one in find(board, "TEAM7")] == ["team7"]


def test_totals_are_a_count_of_rows_in_each_bracket(board: Board) -> None:
    assert totals_of(board) == {}
    within = ["", "b", "b", "a", "b", "\u00e4", "a", "b"]
    rows = [row(f"g{number}", number, 9, within=bracket) for number, bracket in enumerate(within, 1)]
    refresh(board, "public", rows, now=NOW)
    refresh(board, "restricted", rows[:1], now=NOW)
    other = Board.objects.create(scope=7, key="other", number=2, name="Other", live=True)
    refresh(other, "public", rows[:3], now=NOW)
    assert totals_of(board) == dict(Counter(within))
    assert list(totals_of(board)) == list(dict.fromkeys(one["bracket"] for one in rows_of(standings(board)))), "in the same order"
    assert totals_of(board, "restricted") == {"": 1}
    refresh(board, "public", [*rows[:1], *rows[2:4]], now=NOW)
    assert totals_of(board) == {"": 1, "a": 1, "b": 1}


def test_the_first_page_is_what_any_other_stretch_says(board: Board) -> None:
    refresh(board, "public", some(**{f"g{number:03}": 200 - number for number in range(120)}), now=NOW)
    assert live_rows(board) == live_rows(board, stop=51)[:50]
    assert [one["rank"] for one in live_rows(board, start=50, stop=100)] == list(range(51, 101))


@pytest.mark.parametrize("after", [0, 1])
def test_a_large_board_is_counted_without_reading_it(board: Board, after: int) -> None:
    """One row or all of them: as many rows of the index are visited as there are brackets, and one."""
    if connection.vendor != "postgresql":
        pytest.skip("plans are told in another way")
    refresh(board, "public", some(**{f"g{number:04}": number for number in range(2_000 * after + 1)}), now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE leaderboards_standing")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {LAST_RANKS}", [board.pk, "public"] * 2)
        [[[plan]]] = cursor.fetchall()

    def read(node: dict[str, Any]) -> float:
        own = node["Actual Rows"] * node["Actual Loops"] if "Relation Name" in node else 0
        return own + sum(map(read, node.get("Plans", ())))

    assert read(plan["Plan"]) <= 4


def test_a_page_is_built_once_per_version_and_then_costs_no_statement(
    board: Board, django_assert_num_queries: Callable[..., CaptureQueriesContext]
) -> None:
    refresh(board, "public", some(red=3, blue=2), now=NOW)
    version, body = page_bytes(board)
    with django_assert_num_queries(0):
        assert page_bytes(board) == (version, body)
    refresh(board, "public", some(red=3, blue=9), now=NOW)
    assert page_bytes(board)[0] == version + 1
    assert b'"group":"blue"' in page_bytes(board)[1]


# --- Snapshots ------------------------------------------------------------------------------------------------------------------------


def test_snapshots_are_numbered_and_chained_and_the_same_content_is_published_once(board: Board) -> None:
    refresh(board, "public", some(red=3, blue=2), now=NOW)
    first = publish(board, design_number=1, now=NOW)
    assert publish(board, design_number=1, now=NOW) is None
    refresh(board, "public", some(red=1, blue=2), now=NOW)
    second = publish(board, design_number=1, now=NOW)
    corrected = publish(board, design_number=1, now=NOW, reason="Names were wrong.")
    assert first is not None
    assert second is not None
    assert corrected is not None
    assert [one.number for one in (first, second, corrected)] == [1, 2, 3]
    assert (first.previous_digest, second.previous_digest, corrected.previous_digest) == ("", first.digest, second.digest)
    assert broken_snapshots(board) == []


def test_a_snapshot_keeps_names_and_tells_movement_since_the_one_before(board: Board) -> None:
    refresh(board, "public", some(red=3, blue=2), now=NOW)
    publish(board, design_number=1, now=NOW)
    refresh(board, "public", some(red=1, blue=2), now=NOW)
    snapshot = publish(board, design_number=1, now=NOW)
    Standing.objects.filter(board=board).update(name="Renamed")
    assert snapshot is not None
    assert [(one["name"], one["movement"]) for one in snapshot_rows(snapshot)] == [("Blue", 1), ("Red", -1)]


def test_a_snapshot_cannot_be_changed_or_deleted(board: Board) -> None:
    refresh(board, "public", some(red=3), now=NOW)
    snapshot = publish(board, design_number=1, now=NOW)
    assert snapshot is not None
    snapshot.reason = "later"
    with pytest.raises(TypeError):
        snapshot.save()
    with pytest.raises(TypeError):
        snapshot.delete()
    with pytest.raises(TypeError):
        Snapshot.objects.filter(pk=snapshot.pk).update(reason="later")
    with pytest.raises(TypeError):
        Snapshot.objects.all().delete()


def test_verify_finds_what_was_changed_behind_its_back(board: Board) -> None:
    for score in (3, 4):
        refresh(board, "public", some(red=score, blue=1), now=NOW)
        publish(board, design_number=1, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leaderboards_snapshot SET reason = 'x' WHERE number = 1")
        assert broken_snapshots(board) == [], "the reason is not part of the content"
        cursor.execute("UPDATE leaderboards_snapshot SET design_number = 9 WHERE number = 1")
    assert [one.number for one in broken_snapshots(board)] == [1]


def test_looking_for_what_was_published_last_does_not_read_its_rows(board):
    refresh(board, "public", [row("a", 1, 9), row("b", 2, 5)], now=NOW)
    published = publish(board, design_number=1, now=NOW)
    with CaptureQueriesContext(connection) as statements:
        head = latest(board, rows=False)
    assert '"rows"' not in statements[0]["sql"]
    assert head == published
    assert head.rows == published.rows
