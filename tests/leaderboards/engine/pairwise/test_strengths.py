"""Bradley-Terry: published numbers, and what must hold for any votes."""

import random
from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaderboards.engine.facts import Vote
from leaderboards.engine.pairwise import Comparison, comparisons, components, fit, implied_pairs
from leaderboards.engine.pairwise.bradley_terry import DENSE

LEAGUE = ("Mil", "Det", "Tor", "NY", "Bos", "Cle", "Bal")
WINS = (
    (0, 7, 9, 7, 7, 9, 11),
    (6, 0, 7, 5, 11, 9, 9),
    (4, 6, 0, 7, 7, 8, 12),
    (6, 8, 6, 0, 6, 7, 10),
    (6, 2, 6, 7, 0, 7, 12),
    (4, 4, 5, 6, 6, 0, 6),
    (2, 4, 1, 3, 1, 7, 0),
)
ONE, HALF = Fraction(1), Fraction(1, 2)


def vote(a: str, b: str, outcome: str = "a", judge: str = "j", count: int = 1, ranking: str = "") -> Vote:
    return Vote("r", "c", judge, a, b, outcome, count, ranking)


def league() -> list[Vote]:
    """Oracle O-BT: American League 1987 (Agresti 2002)."""
    return [vote(LEAGUE[i], LEAGUE[j], count=WINS[i][j]) for i in range(7) for j in range(7) if WINS[i][j]]


@pytest.mark.parametrize("ridge", [0, 1e-10])
def test_the_american_league_of_1987(ridge):
    found = fit(comparisons(league(), LEAGUE), ridge=ridge)
    above = [float(found.strengths[key] - found.strengths["Bal"]) for key in LEAGUE]
    assert [round(value, 3) for value in above] == [1.581, 1.436, 1.294, 1.248, 1.108, 0.684, 0]


def test_the_ridge_draws_strengths_together_and_keeps_their_order():
    free, held = (fit(comparisons(league(), LEAGUE), ridge=ridge) for ridge in (0, 0.05))
    assert sorted(LEAGUE, key=lambda key: -held.strengths[key]) == sorted(LEAGUE, key=lambda key: -free.strengths[key])
    assert 0 < held.strengths["Mil"] < free.strengths["Mil"]
    assert abs(float(sum(held.strengths.values()))) < 1e-5


def test_two_votes_are_solved_by_hand():
    """One win: (1 - p) = 0.1 t with strengths t and -t, so p = 1/(1+exp(-2t))."""
    found = fit([Comparison("a", "b", ONE)])
    t = float(found.strengths["a"])
    assert found.strengths["b"] == -found.strengths["a"]
    assert 1 / (1 + 2.718281828459045 ** (2 * t)) == pytest.approx(0.1 * t, abs=1e-6)


def test_a_tie_is_half_a_win_for_each():
    tied = fit([Comparison("a", "b", HALF, Fraction(2)), Comparison("b", "c", ONE)])
    shared = fit([Comparison("a", "b", ONE), Comparison("b", "a", ONE), Comparison("b", "c", ONE)])
    assert tied.strengths == shared.strengths
    assert tied.won == {"a": 1, "b": 2, "c": 0}


def test_who_wins_everything_stays_finite():
    found = fit(comparisons([vote("a", "b", count=1000), vote("b", "c", count=1000)], "abc"))
    assert 3 < found.strengths["a"] < 30


def test_skipped_votes_and_entries_that_are_out_say_nothing():
    votes = [vote("a", "b"), vote("a", "c", ""), vote("b", "x")]
    assert fit(comparisons(votes, "abc")) == fit(comparisons([vote("a", "b")], "abc"))


def test_nobody_was_compared():
    found = fit([])
    assert (found.keys, found.strengths, found.parts) == ((), {}, ())


def test_a_list_counts_each_of_its_entries_once():
    votes = [vote(better, worse, ranking="1") for better, worse in implied_pairs("abcd")]
    found = fit(comparisons(votes, "abcd"))
    assert len(votes) == 6
    assert set(found.compared.values()) == {1}
    assert [found.strengths[key] > found.strengths[other] for key, other in ("ab", "bc", "cd")] == [True, True, True]
    without = comparisons(votes, "abc")  # d is out: the list has three entries left, and still counts each once
    assert {one.weight for one in without} == {HALF}


def test_a_list_with_one_left_out_behind_it_gives_the_points_of_the_jury():
    """Oracle O-JURY: three in order, one seen and not ranked; points are pairs won less pairs lost."""
    pairs = implied_pairs(["first", "second", "third", "unranked"])
    points = Counter(better for better, _ in pairs)
    points.subtract(worse for _, worse in pairs)
    assert points == {"first": 3, "second": 1, "third": -1, "unranked": -3}


def test_lists_of_two_judges_are_two_lists_even_under_one_number():
    votes = [
        vote(better, worse, judge=judge, ranking="1")
        for judge, order in (("j", "abc"), ("k", "cdab"))
        for better, worse in implied_pairs(order)
    ]
    assert sorted({one.weight for one in comparisons(votes, "abcd")}) == [Fraction(1, 3), HALF]


def test_parts_of_the_graph():
    assert components([("a", "b"), ("c", "d"), ("d", "e")], "abcdef") == [("c", "d", "e"), ("a", "b"), ("f",)]
    apart = fit([Comparison("a", "b", ONE), Comparison("c", "d", ONE)])
    assert apart.parts == (("a", "b"), ("c", "d"))
    assert apart.strengths["a"] == apart.strengths["c"]


@pytest.mark.parametrize("entries", [DENSE, DENSE + 1])
def test_many_entries_are_solved_another_way_with_the_same_result(entries):
    """A ring in which everybody beats the next but one: all are equal but for three votes."""
    dice = random.Random(5)
    truth = {f"e{number:04}": dice.gauss(0, 1) for number in range(entries)}
    keys = sorted(truth)
    votes = []
    for number, key in enumerate(keys):
        for other in (keys[number - 1], *dice.sample(keys, 7)):
            if other != key:
                winner, loser = (
                    (key, other) if dice.random() < 1 / (1 + 2.718281828 ** (truth[other] - truth[key])) else (other, key)
                )
                votes.append(vote(winner, loser))
    found = fit(comparisons(votes, keys))
    slopes = dict.fromkeys(keys, 0.0)
    raw = dict(zip(found.keys, found.raw, strict=True))
    for one in comparisons(votes, keys):
        doubt = 1 / (1 + 2.718281828459045 ** (raw[one.a] - raw[one.b]))
        slopes[one.a] -= doubt
        slopes[one.b] += doubt
    assert max(abs(slope + 0.1 * raw[key]) for key, slope in slopes.items()) < 1e-9
    order = {key: place for place, key in enumerate(sorted(keys, key=lambda key: -truth[key]))}
    ours = {key: place for place, key in enumerate(sorted(keys, key=lambda key: -found.strengths[key]))}
    spearman = 1 - 6 * sum((order[key] - ours[key]) ** 2 for key in keys) / (entries * (entries**2 - 1))
    assert spearman > 0.8


# --- What holds for any votes ---------------------------------------------------------------------------------------------------------

KEYS = "abcdef"
votes_ = st.lists(
    st.builds(
        lambda pair, outcome, count: vote(*pair, outcome, count=count),
        st.sampled_from([pair for one in combinations(KEYS, 2) for pair in (one, one[::-1])]),
        st.sampled_from(("a", "b", "tie", "")),
        st.integers(1, 3),
    ),
    max_size=30,
)
pairs = st.lists(st.sampled_from(KEYS), min_size=2, max_size=2, unique=True)


def strengths(votes):
    return fit(comparisons(votes, KEYS)).strengths


@given(votes_, st.randoms(use_true_random=False))
def test_the_order_of_votes_never_matters(votes, shuffle):
    assert strengths(shuffle.sample(votes, len(votes))) == strengths(votes)


@given(votes_, st.permutations(KEYS))
def test_other_names_give_the_same_strengths(votes, order):
    new = dict(zip(KEYS, order, strict=True))
    renamed = strengths([vote(new[one.a], new[one.b], one.outcome, count=one.count) for one in votes])
    assert {key: renamed[new[key]] for key in strengths(votes)} == strengths(votes)


@given(votes_)
def test_left_and_right_never_matter(votes):
    other = {"a": "b", "b": "a"}
    swapped = [vote(one.b, one.a, other.get(one.outcome, one.outcome), count=one.count) for one in votes]
    assert strengths(swapped) == strengths(votes)


@given(votes_)
def test_counted_votes_are_votes_one_by_one(votes):
    assert strengths([vote(one.a, one.b, one.outcome) for one in votes for _ in range(one.count)]) == strengths(votes)


@given(votes_, pairs)
def test_a_further_win_never_lowers_the_winner_nor_lifts_the_loser_against_anybody(votes, pair):
    """The curvature is a grounded Laplacian: a win pushes most at the winner, least at the loser, everybody else lies between."""
    winner, loser = pair
    before, after = strengths(votes), strengths([*votes, vote(winner, loser)])
    known, quantum = before.keys() - {winner, loser}, Fraction(2, 10**6)
    for key in known:
        if winner in before:
            assert after[winner] - after[key] >= before[winner] - before[key] - quantum
        if loser in before:
            assert after[loser] - after[key] <= before[loser] - before[key] + quantum
    if winner in before and loser in before:
        assert after[winner] - after[loser] > before[winner] - before[loser]


@given(votes_)
def test_winning_shares_follow_the_strengths_that_were_fitted(votes):
    """At the minimum each entry's expected wins differ from its wins by twice the ridge times its strength."""
    found = comparisons(votes, KEYS)
    fitted = fit(found)
    raw = dict(zip(fitted.keys, fitted.raw, strict=True))
    expected = dict.fromkeys(raw, 0.0)
    for one in found:
        chance = 1 / (1 + 2.718281828459045 ** (raw[one.b] - raw[one.a]))
        expected[one.a] += chance * float(one.weight)
        expected[one.b] += (1 - chance) * float(one.weight)
    for key, wins in expected.items():
        assert wins + 0.1 * raw[key] == pytest.approx(float(fitted.won[key]), abs=1e-8)


@settings(max_examples=20)
@given(votes_)
def test_strengths_are_written_with_six_decimals(votes):
    assert all(10**6 % value.denominator == 0 for value in strengths(votes).values())
