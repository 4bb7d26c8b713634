"""Ratings by the Plackett-Luce model of Weng and Lin. Without equal places the numbers are those of an independent implementation (openskill)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.rating import Rating, rated

PLACES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 8).map(Fraction), min_size=2)


def numbers(found):
    return {team: (round(one.mean, 6), round(one.deviation, 6)) for team, one in sorted(found.items())}


def test_two_newcomers():
    """Oracle O-OS."""
    assert numbers(rated({}, {"a": Fraction(1), "b": Fraction(2)})) == {"a": (27.635389, 8.065901), "b": (22.364611, 8.065901)}


def test_teams_that_are_known_and_three_newcomers():
    assert numbers(rated({}, {"a": Fraction(1), "b": Fraction(2), "c": Fraction(3)})) == {
        "a": (27.869049, 8.205243),
        "b": (25.717262, 8.058224),
        "c": (21.413689, 8.058224),
    }
    known = {"a": Rating(30, 3), "b": Rating(22, 5)}
    assert numbers(rated(known, {"a": Fraction(2), "b": Fraction(1), "c": Fraction(3)})) == {
        "a": (29.960839, 2.990932),
        "b": (23.524364, 4.971231),
        "c": (21.068371, 7.751269),
    }


def test_who_share_a_place_are_moved_alike_and_all_on_one_place_stay_where_they_are():
    found = rated({}, dict.fromkeys("abc", Fraction(1)))
    assert {round(one.mean, 9) for one in found.values()} == {25.0}
    first, also, last = rated({}, {"a": Fraction(1), "b": Fraction(1), "c": Fraction(3)}).values()
    assert (first, also.mean > last.mean) == (also, True)


def test_nobody_to_compare_with_tells_nothing():
    assert rated({}, {"a": Fraction(1)}) == {"a": Rating()}
    assert Rating().cautious == 0


@given(PLACES)
def test_the_order_of_teams_never_matters_and_a_better_place_never_gives_less(places):
    found = rated({}, places)
    assert rated({}, dict(reversed(places.items()))) == found
    for one in places:
        for other in places:
            if places[one] < places[other]:
                assert found[one].mean > found[other].mean
            elif places[one] == places[other]:
                assert found[one] == pytest.approx(found[other])
    assert all(one.deviation < Rating().deviation + 0.01 for one in found.values())
