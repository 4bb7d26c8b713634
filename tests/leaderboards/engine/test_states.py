"""What is read from two states of a board: movement, delta, content hash."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.canonical import canonical_rows, content_hash
from leaderboards.engine.delta import applied, delta
from leaderboards.engine.movement import Change, movements
from leaderboards.engine.outcome import BoardResult, Row, RowStatus
from tests.leaderboards.engine.building import F


def row(group: str, place: int | None, score: int = 0, **more) -> Row:
    return Row(None if place is None else F(place), group, group.title(), F(score), **more)


states = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 3)), max_size=8).map(
    lambda rows: tuple(row(group, number, score) for number, (group, score) in enumerate(rows, start=1))
)


def test_movement_counts_places_up_and_down():
    before = (row("a", 1), row("b", 2), row("c", 3), row("d", None), row("e", 5))
    after = (row("c", 1), row("a", 2), row("b", 2), row("d", 4), row("f", 5), row("e", None))
    assert movements(before, after) == {
        "c": (Change.UP, 2),
        "a": (Change.DOWN, -1),
        "b": (Change.SAME, 0),
        "d": (Change.NEW, None),
        "f": (Change.NEW, None),
        "e": (Change.GONE, None),
    }


def test_nothing_changed_is_no_delta():
    rows = (row("a", 1), row("b", 2))
    assert delta("b", rows, rows, since=3) is None


def test_a_delta_names_changed_and_gone_rows_only():
    change = delta("b", (row("a", 1), row("b", 2), row("c", 3)), (row("a", 1), row("b", 2, 5)), since=3)
    assert change is not None
    message = change.message()
    assert (message["board"], message["version"], message["from"]) == ("b", 4, 3)
    assert [(line["group"], line["position"], line["score"]) for line in message["rows"]] == [("b", 1, "5")]
    assert message["gone"] == [{"group": "c", "line": 0}]


@given(states, states)
def test_a_reader_who_applies_the_delta_shows_the_new_board(before, after):
    change = delta("b", before, after, since=0)
    assert after == (before if change is None else applied(before, change))


def test_the_content_hash_is_of_canonical_text():
    board = BoardResult(
        "b", "B", "public", ("score",), (row("a", 1, 7, keys=(F(7), (F(1, 3),), None), values={"z": F(1), "a": F(2)}),)
    )
    assert canonical_rows(board.rows) == (
        b'[{"group":"a","keys":["7",["1/3"],null],"pending":0,"place":"1","rounds":{},"score":"7",'
        b'"status":"ranked","values":{"a":"2","z":"1"},"within":""}]'
    )
    assert content_hash(board) == hashlib.sha256(canonical_rows(board.rows)).hexdigest()


def test_the_hash_follows_the_result_and_not_the_name():
    def digest(*rows: Row) -> str:
        return content_hash(BoardResult("b", "B", "public", (), rows))

    assert digest(row("a", 1)) != digest(row("a", 2))
    assert digest(row("a", 1)) != digest(row("a", 1, status=RowStatus.DISQUALIFIED))
    assert digest(Row(F(1), "a", "Ada", F(0))) == digest(Row(F(1), "a", "Ada Lovelace", F(0)))
