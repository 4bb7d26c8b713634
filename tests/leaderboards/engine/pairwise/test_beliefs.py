"""Crowd-BT, one step per vote: published numbers of the papers' formulas."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.pairwise import BEGINNING, JUDGE, Belief, Judge, gain, replayed, step
from leaderboards.engine.pairwise.beliefs import Verdict, digamma, voted


def test_the_first_vote():
    """Oracle O-CBT: the judge stays, for nothing was known of the entries."""
    moved = step(BEGINNING, BEGINNING)
    assert moved.winner == pytest.approx((0.409091, 0.832645), abs=1e-6)
    assert moved.loser == pytest.approx((-0.409091, 0.832645), abs=1e-6)
    assert moved.judge == pytest.approx(JUDGE)


def test_an_upset_costs_the_judge_trust():
    moved = step(Belief(0, 0.8), Belief(1, 0.5), Judge(12, 2))
    found = (*moved.judge, *(moved.winner), *(moved.loser))
    assert found == pytest.approx((11.520189, 2.037809, 0.335414, 0.811498, 0.790366, 0.504491), abs=1e-6)


def test_the_gain_of_the_first_pair():
    assert gain(BEGINNING, BEGINNING) == pytest.approx(0.183148, abs=1e-6)


def test_a_pair_that_is_known_tells_less():
    known, unknown = Belief(0, 0.1), Belief(0, 1)
    assert gain(unknown, unknown) > gain(known, unknown) > gain(known, known)
    assert gain(Belief(0, 0.5), Belief(0, 0.5)) > gain(Belief(3, 0.5), Belief(-3, 0.5))


@pytest.mark.parametrize(
    ("value", "expected"), [(1, -0.5772156649), (0.5, -1.9635100260), (10, 2.2517525891), (2.5, 0.7031566406)]
)
def test_digamma(value, expected):
    assert digamma(value) == pytest.approx(expected, abs=1e-9)


beliefs = st.builds(Belief, st.floats(-8, 8), st.floats(1e-3, 2))
judges = st.builds(Judge, st.floats(1, 40), st.floats(0.5, 10))


@given(beliefs, beliefs, judges)
def test_a_step_keeps_variances_above_nothing_and_a_good_judges_winner_rises(winner, loser, judge):
    moved = step(winner, loser, judge)
    assert moved.winner.variance > 0 < moved.loser.variance
    assert (moved.winner.mean >= winner.mean) is (judge.alpha >= judge.beta) or math.isclose(moved.winner.mean, winner.mean)


@given(beliefs, beliefs, judges)
def test_a_gain_is_a_number_and_never_below_nothing(one, other, judge):
    assert gain(one, other, judge) >= -1e-9
    assert gain(one, other, judge) == pytest.approx(gain(other, one, judge))


def test_too_close_moves_two_equals_hardly_and_a_gap_together():
    winner, loser = voted(BEGINNING, BEGINNING, tie=True)
    assert winner.mean == pytest.approx(loser.mean, abs=0.05)
    strong, weak = voted(Belief(1, 0.5), Belief(-1, 0.5), tie=True)
    assert strong.mean < 1
    assert weak.mean > -1


def test_votes_are_replayed_in_their_order():
    found = replayed([Verdict("a", "b"), Verdict("b", "c"), Verdict("a", "c", weight=0.5)])
    assert found["a"].mean > found["b"].mean > found["c"].mean
    assert replayed([]) == {}
    assert replayed([Verdict("a", "b")])["a"] == step(BEGINNING, BEGINNING).winner
