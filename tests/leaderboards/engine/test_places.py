import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.numbers import text
from leaderboards.engine.places import numbered, place_points, tied
from leaderboards.engine.spec import PlaceStyle
from tests.leaderboards.engine.building import F

ORACLE = {"a": F(0), "b": F(2), "c": F(3), "d": F(2)}
values = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 5).map(F), max_size=8)


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (PlaceStyle.STANDARD, {"a": "1", "b": "2", "d": "2", "c": "4"}),
        (PlaceStyle.DENSE, {"a": "1", "b": "2", "d": "2", "c": "3"}),
        (PlaceStyle.FRACTIONAL, {"a": "1", "b": "2.5", "d": "2.5", "c": "4"}),
    ],
)
def test_three_ways_to_number_shared_places(style, expected):
    """Oracle O-RANK, ascending."""
    ties = tied(ORACLE, low=True)
    assert {key: text(place) for tie, place in zip(ties, numbered(ties, style), strict=True) for key in tie} == expected


def test_borda_gives_one_point_for_everyone_behind():
    assert place_points("borda", {"a": F(9), "b": F(8), "c": F(7)}, low=False) == {"a": 2, "b": 1, "c": 0}


def test_ties_share_the_mean_of_the_places_they_fill_and_beyond_the_table_is_zero():
    table = (F(10), F(8), F(6))
    points = place_points(table, {"a": F(5), "b": F(4), "c": F(4), "d": F(3)}, low=False)
    assert points == {"a": 10, "b": 7, "c": 7, "d": 0}
    assert place_points(table, {"a": F(5), "b": F(4), "c": F(3), "d": F(3)}, low=False) == {"a": 10, "b": 8, "c": 3, "d": 3}


@given(values, st.booleans())
def test_borda_points_always_add_up_to_the_same_sum(scores, low):
    """The declared invariant of Borda: n(n-1)/2 points are given, however the ties fall."""
    count = len(scores)
    assert sum(place_points("borda", scores, low=low).values()) == count * (count - 1) // 2


@given(values, st.lists(st.integers(0, 25).map(F), max_size=6).map(lambda row: tuple(sorted(row, reverse=True))))
def test_points_by_place_give_the_whole_table_and_never_more_to_the_worse(scores, table):
    """The declared invariant of points by place."""
    points = place_points(table, scores, low=False)
    assert sum(points.values()) == sum(table[: len(scores)])
    assert all(points[a] >= points[b] for a in scores for b in scores if scores[a] >= scores[b])


@given(values)
def test_fractional_places_add_up_to_the_sum_of_all_places(scores):
    ties = tied(scores, low=False)
    places = numbered(ties, PlaceStyle.FRACTIONAL)
    assert sum(place * len(tie) for tie, place in zip(ties, places, strict=True)) == sum(range(1, len(scores) + 1))
