"""Ratings by the Plackett-Luce model of Weng and Lin. Without equal places the numbers are those of an independent implementation (openskill)."""

import random
from fractions import Fraction
from math import sqrt
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.rating import BETA, DRIFT, Rating, rated

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


# --- Beside TrueSkill -----------------------------------------------------------------------------------------------------------------

MARGIN = NormalDist().inv_cdf(0.55) * sqrt(2) * BETA
"""A draw in one of ten contests between equals, as TrueSkill has it where nothing else is said."""


def trueskill(winner: Rating, loser: Rating) -> tuple[Rating, Rating]:
    """Two players, one wins: Herbrich, Minka and Graepel (2007), the closed form. Written from the paper, to hold ours against."""
    normal = NormalDist()
    before = [one.deviation**2 + DRIFT**2 for one in (winner, loser)]
    spread = sqrt(sum(before) + 2 * BETA**2)
    apart = (winner.mean - loser.mean - MARGIN) / spread
    shift = normal.pdf(apart) / normal.cdf(apart)
    left = shift * (shift + apart)
    deviations = [sqrt(one * (1 - one / spread**2 * left)) for one in before]
    return (
        Rating(winner.mean + before[0] / spread * shift, deviations[0]),
        Rating(loser.mean - before[1] / spread * shift, deviations[1]),
    )


def ours(winner: Rating, loser: Rating) -> tuple[Rating, Rating]:
    found = rated({"winner": winner, "loser": loser}, {"winner": Fraction(1), "loser": Fraction(2)})
    return found["winner"], found["loser"]


def league(rate, truth, *, rounds=60):
    """Everybody meets somebody each round, by lot; the stronger one wins as often as the model says. The same dice for every rating."""
    dice = random.Random(7)
    held = dict.fromkeys(truth, Rating())
    for _ in range(rounds):
        order = sorted(truth, key=lambda _team: dice.random())
        for one, other in zip(order[::2], order[1::2], strict=True):
            beaten = truth[one] + dice.gauss(0, BETA) < truth[other] + dice.gauss(0, BETA)
            winner, loser = (other, one) if beaten else (one, other)
            held[winner], held[loser] = rate(held[winner], held[loser])
    return held


def test_trueskill_as_published():
    """Oracle O-TS."""
    winner, loser = trueskill(Rating(), Rating())
    assert (round(winner.mean, 3), round(winner.deviation, 3)) == (29.396, 7.171)
    assert (round(loser.mean, 3), round(loser.deviation, 3)) == (20.604, 7.171)


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        (Rating(), Rating()),
        (Rating(30, 3), Rating(22, 5)),
        (Rating(22, 5), Rating(30, 3)),
        (Rating(25, 2), Rating(25, 8)),
        (Rating(40, 1), Rating(10, 1)),
    ],
)
def test_a_contest_moves_ours_as_it_moves_trueskill(winner, loser):
    """The same way, never further, and more where it surprises; who is known less moves more; and what is known grows."""
    for rate in (ours, trueskill):
        won, lost = rate(winner, loser)
        assert won.mean >= winner.mean
        assert lost.mean <= loser.mean
        for after, before in ((won, winner), (lost, loser)):
            assert after.deviation <= sqrt(before.deviation**2 + DRIFT**2)
        if winner.deviation < loser.deviation:
            assert loser.mean - lost.mean > won.mean - winner.mean
    assert ours(winner, loser)[0].mean - winner.mean <= trueskill(winner, loser)[0].mean - winner.mean + 0.01
    expected, surprise = (Rating(30, 4), Rating(20, 4)), (Rating(20, 4), Rating(30, 4))
    for rate in (ours, trueskill):
        assert rate(*surprise)[0].mean - 20 > rate(*expected)[0].mean - 30


def test_a_league_comes_to_the_same_order_by_ours_and_by_trueskill():
    truth = {f"team-{number:02}": 25 + 2.5 * (number - 5.5) for number in range(12)}
    found, other = league(ours, truth), league(trueskill, truth)

    def order(held):
        return sorted(truth, key=lambda team: held[team].mean)

    places = [{team: place for place, team in enumerate(order(held))} for held in (found, other)]
    size = len(truth)
    apart = sum((places[0][team] - places[1][team]) ** 2 for team in truth)
    assert 1 - 6 * apart / (size * (size**2 - 1)) > 0.95
    strongest = sorted(truth, key=truth.__getitem__)
    for place in places:
        wrong = sum((place[team] - at) ** 2 for at, team in enumerate(strongest))
        assert 1 - 6 * wrong / (size * (size**2 - 1)) > 0.9
    for team in truth:  # a win tells ours less than it tells TrueSkill: it stays the more careful one
        assert other[team].deviation < found[team].deviation < 0.6 * Rating().deviation
