from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.fading import faded
from leaderboards.engine.numbers import Rounding, fixed
from leaderboards.engine.season import field_points

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("place", "size", "days", "expected"),
    [(1, 1, 0, "60205.9991"), (2, 1, 0, "35798.7013"), (1, 4, 0, "30102.9996"), (10, 3, 365, "2978.8194")],
)
def test_a_place_among_a_thousand_is_worth_what_it_was_found_to_be(place, size, days, expected):
    """Oracle O-KAG: N = 1000."""
    assert fixed(field_points(Fraction(place), 1000, size=size, days=Fraction(days)), 4) == expected


def test_what_was_won_long_ago_counts_less_by_half_each_half_life():
    """Oracle O-HL."""
    assert fixed(faded(Fraction(100), Fraction(30), Fraction(90), Rounding.HALF_UP), 6) == "79.370053"
    assert faded(Fraction(100), Fraction(180), Fraction(90), Rounding.HALF_UP) == 25


@given(st.integers(1, 200), st.integers(2, 5000), st.integers(1, 20), st.integers(0, 3000))
def test_a_better_place_a_larger_field_a_smaller_team_and_a_later_day_never_count_less(place, teams, size, days):
    found = field_points(Fraction(place), teams, size=size, days=Fraction(days))
    assert found >= field_points(Fraction(place + 1), teams, size=size, days=Fraction(days))
    assert found <= field_points(Fraction(place), teams + 1, size=size, days=Fraction(days))
    assert found >= field_points(Fraction(place), teams, size=size + 1, days=Fraction(days))
    assert found >= field_points(Fraction(place), teams, size=size, days=Fraction(days + 1))
    assert found >= 0


def test_alone_in_the_field_a_place_is_worth_nothing():
    assert field_points(Fraction(1), 1) == 0


@pytest.mark.parametrize("wrong", [(0, 5, 1, 0), (1, 0, 1, 0), (1, 5, 0, 0), (1, 5, 1, -1)])
def test_numbers_that_make_no_sense_are_refused(wrong):
    place, teams, size, days = wrong
    with pytest.raises(ValueError, match="expected a place"):
        field_points(Fraction(place), teams, size=size, days=Fraction(days))
