"""Few votes: published numbers, and that more votes are believed more."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.few import drawn_in, least_share

F = Fraction


@pytest.mark.parametrize(("votes", "expected"), [(1, "7.500000"), (3, "8.000000"), (10, "8.538462")])
def test_a_mean_of_few_is_drawn_towards_that_of_everybody(votes, expected):
    """Oracle O-SHR."""
    assert f"{float(drawn_in(F(9), votes, F(7))):.6f}" == expected


@pytest.mark.parametrize(("liked", "votes", "expected"), [(8, 10, 0.490157), (80, 100, 0.711169), (1, 1, 0.206543)])
def test_the_least_that_a_share_may_be(liked, votes, expected):
    """Oracle O-WIL."""
    assert least_share(liked, votes) == pytest.approx(expected, abs=1e-6)


def test_without_votes_everybody_speaks_and_nothing_is_sure():
    assert drawn_in(F(9), 0, F(7)) == 7
    assert least_share(0, 0) == 0


@given(st.integers(0, 60), st.integers(0, 60), st.integers(2, 9))
def test_the_same_share_of_more_votes_is_surer(liked, others, times):
    votes = liked + others
    low = least_share(liked, votes)
    assert -1e-12 <= low <= (liked / votes if votes else 0) + 1e-12
    assert least_share(times * liked, times * votes) >= low - 1e-12


@given(st.fractions(0, 10), st.fractions(0, 10), st.integers(0, 50))
def test_it_stays_between_its_own_mean_and_that_of_everybody(mean, everybody, votes):
    assert min(mean, everybody) <= drawn_in(mean, votes, everybody) <= max(mean, everybody)
