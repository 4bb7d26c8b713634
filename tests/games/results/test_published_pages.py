"""A page of what was published, neighbours and what somebody looks for: as if all rows were at hand, which they never are."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import orjson
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.results.queries import Shown, shown_around, shown_find, shown_page
from games.results.queries.history import places_in, places_of
from games.results.queries.pages import Asked, BoardPage, board_page
from leaderboards.models import Board, Snapshot
from leaderboards.queries import PAGE_ROWS, RowData, latest, snapshot_rows

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 5, 1, tzinfo=UTC)
SIZES = {"open": 230, "school": 120, "youth": 1}


def rows(turned: bool = False) -> list[dict[str, Any]]:
    """Three brackets; names and numbers in another order than the places, some without a number, equal ones."""
    made = []
    for bracket, number in SIZES.items():
        for rank in range(1, number + 1):
            mixed = (rank * 37) % (number + 1)
            value = {0: None, 1: "1/3"}.get(mixed % 5, str(mixed % 40))
            made.append(
                {
                    "entry": f"{bracket}-{number - rank if turned else rank}",
                    "line": 0,
                    "name": f"{'ÉéZa'[mixed % 4]}quipe {mixed // 4}",
                    "bracket": bracket,
                    "rank": rank,
                    "place": str(rank),
                    "score": str(1000 - rank // 3),
                    "keys": [str(1000 - rank)],
                    "values": {"final": value, 'odd "name"': str(mixed)},
                    "status": "ranked",
                    "pending": 0,
                }
            )
    return made


@pytest.fixture
def shown() -> Shown:
    board = Board.objects.create(scope=7, key="result", number=1, name="Result")
    for number, turned in ((1, True), (2, False)):
        Snapshot.objects.create(
            board=board, number=number, design_number=1, rows=rows(turned), digest=str(number) * 64, published_at=NOW
        )
    return Shown(board, "published", snapshot=latest(board, rows=False))


@pytest.fixture
def whole(shown: Shown) -> list[RowData]:
    return snapshot_rows(Snapshot.objects.get(board=shown.board, number=2))


def inside(whole: list[RowData], bracket: str) -> list[RowData]:
    return [row for row in whole if row["bracket"] == bracket]


@pytest.mark.parametrize("bracket", SIZES)
def test_every_page_of_a_bracket_has_its_rows(shown: Shown, whole: list[RowData], bracket: str) -> None:
    told, pages = inside(whole, bracket), -(-SIZES[bracket] // PAGE_ROWS)
    for page in range(1, pages + 1):
        part = told[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
        assert board_page(shown, Asked(bracket=bracket, page=page)) == BoardPage(
            part, bracket, [*SIZES], page, pages, SIZES[bracket]
        )
    assert board_page(shown, Asked(bracket=bracket, page=99)).page == pages
    assert any(row["movement"] for row in told) or len(told) == 1


@pytest.mark.parametrize(
    ("sort", "low"), [("name", False), ("score", False), ("final", False), ("final", True), ('odd "name"', True)]
)
def test_a_bracket_is_sorted_as_a_whole(shown: Shown, whole: list[RowData], sort: str, low: bool) -> None:
    told = inside(whole, "open")

    def key(row: RowData) -> Any:
        if sort == "name":
            return row["name"].casefold()
        text = row["score"] if sort == "score" else row["values"][sort]
        return (1, 0) if text is None else (0, Fraction(text) * (1 if low else -1))

    ordered = sorted(told, key=key)
    for page in range(1, 6):
        found = board_page(shown, Asked(bracket="open", page=page, sort=sort, low=low, own=("open-200",)))
        assert found.rows == ordered[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
        assert (found.page, found.pages, found.own) == (page, 5, told[199])


def test_a_value_that_nobody_has_leaves_the_order_of_the_board(shown: Shown, whole: list[RowData]) -> None:
    assert board_page(shown, Asked(sort="nothing", page=2)).rows == inside(whole, "open")[50:100]


def test_the_page_of_a_group_is_found_and_our_own_row_wherever_it_is(shown: Shown, whole: list[RowData]) -> None:
    found = board_page(shown, Asked(find="school-77", own=("school-3", "elsewhere")))
    assert (found.bracket, found.page, found.rows) == ("school", 2, inside(whole, "school")[50:100])
    assert found.own == inside(whole, "school")[2]
    assert board_page(shown, Asked(own=("school-3",))).bracket == "school"
    assert board_page(shown, Asked(bracket="open", own=("school-3",))).own is None
    assert board_page(shown, Asked(find="nobody", bracket="no such")).bracket == "open"


def test_ready_bytes_have_the_rows_of_all_brackets_one_after_the_other(shown: Shown, whole: list[RowData]) -> None:
    for page in (1, 5, 8, 9):
        body = orjson.loads(shown_page(shown, page)[1])
        assert body["rows"] == whole[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
        assert (body["total"], body["version"], body["page"]) == (351, 2, page)


def test_neighbours_are_of_the_same_bracket(shown: Shown, whole: list[RowData]) -> None:
    told = inside(whole, "school")
    assert shown_around(shown, "school-60", 2) == told[57:62]
    assert shown_around(shown, "school-1", 3) == told[:4]
    assert shown_around(shown, "school-120", 3) == told[116:]
    assert shown_around(shown, "youth-1", 25) == inside(whole, "youth")
    assert shown_around(shown, "nobody", 2) == []


def test_a_name_is_found_however_it_is_written(shown: Shown, whole: list[RowData]) -> None:
    told = [row for row in whole if row["name"].casefold().startswith("équipe 1")]
    assert len(told) > 20
    assert shown_find(shown, "ÉQUIPE 1") == shown_find(shown, "équipe 1") == told[:50]
    assert shown_find(shown, "équipe 1", 3) == told[:3]
    assert shown_find(shown, "YOUTH-1") == inside(whole, "youth")
    assert shown_find(shown, "%") == shown_find(shown, "nobody") == []


def test_places_of_some_are_those_among_the_places_of_all(shown: Shown) -> None:
    assert shown.snapshot is not None
    [places] = places_in([shown.snapshot])
    some = places_of(shown.snapshot, ["open-7", "school-9", "nobody"])
    assert some == {key: places[key] for key in ("open-7", "school-9")}


def test_nothing_published_is_nothing_shown() -> None:
    none = Shown(Board.objects.create(scope=7, key="result", number=1, name="Result"), "none")
    assert board_page(none, Asked(bracket="open", sort="name")) == BoardPage([], "", [""], 1, 1, 0)
    assert orjson.loads(shown_page(none)[1])["rows"] == shown_find(none, "a") == shown_around(none, "a", 2) == []


def test_nobody_reads_the_whole(shown: Shown) -> None:
    cache.clear()
    with CaptureQueriesContext(connection) as statements:
        shown_page(shown, 3)
        board_page(shown, Asked(page=2, own=("school-3",)))
        board_page(shown, Asked(sort="final"))
        shown_around(shown, "school-60", 2)
        shown_find(shown, "équipe 1")
    assert len(statements) > 10
    assert not [one["sql"] for one in statements if '"leaderboards_snapshot"."rows"' in one["sql"]]
    assert shown.snapshot is not None
    assert "rows" in shown.snapshot.get_deferred_fields()
