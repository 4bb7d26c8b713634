"""How sure the order is, and when to stop."""

import math

import pytest

from leaderboards.engine.facts import Vote
from leaderboards.engine.pairwise import Boundary, Pace, analyse, implied_pairs
from leaderboards.engine.pairwise.analysis import at_first, separation_of, split_halves
from leaderboards.engine.pairwise.stopping import advise


def vote(a, b, outcome="a", judge="j", count=1, ranking=""):
    return Vote("r", "c", judge, a, b, outcome, count, ranking)


def test_the_error_of_two_entries_is_that_of_one_logit():
    """n votes between two, half each: information of the difference n/4 (+ the ridge), each strength half of the difference."""
    found = analyse([vote("a", "b", count=50), vote("b", "a", count=50)], "ab", ridge=1e-9)
    error = math.sqrt(4 / 100) / 2
    assert [one.se for one in found.entries] == [pytest.approx(error, rel=1e-6)] * 2
    assert [one.place for one in found.entries] == [1, 1]
    assert found.entries[0].tied_with == ("b",)


def test_votes_without_any_order_are_not_reliable():
    ring = [vote(x, y, judge=f"j{judge}") for judge in range(4) for x, y in zip("abcdef", "bcdefa", strict=True)]
    found = analyse(ring, "abcdef")
    assert (found.reliability or 0) < 0.1
    assert found.separation == 0


def test_votes_all_of_one_mind_are():
    same = [vote(x, y, judge=f"j{judge}", count=4) for judge in range(4) for x, y in implied_pairs("abcdef")]
    found = analyse(same, "abcdef", lines=[1, 3, 6, 0])
    assert (found.reliability or 0) > 0.99
    assert [one.place for one in found.advice.boundaries] == [1, 3]
    assert all(one.decided for one in found.advice.boundaries)
    assert (found.advice.stop, found.advice.reason) == (True, "reliable")
    assert [(one.group, one.place) for one in found.entries] == list(zip("abcdef", range(1, 7), strict=True))


def test_the_halves_do_not_depend_on_the_order_of_votes():
    votes = [
        vote(x, y, "a" if (number + judge) % 4 else "b", judge=f"j{judge}")
        for judge in range(5)
        for number, (x, y) in enumerate(implied_pairs("abcdef"))
    ]
    assert split_halves(votes, "abcdef") == split_halves(votes[::-1], "abcdef")


def test_few_judges_are_measured_by_the_pairs_that_were_drawn():
    votes = [vote(x, y) for x, y in implied_pairs("abcdef")] * 2
    found = analyse(votes, "abcdef")
    assert found.reliability_by == "first"
    assert found.reliability == separation_of(at_first(votes, "abcdef"), "abcdef")
    assert analyse(votes[:4], "abcdef").reliability_by == "all"


def test_the_first_phase_ends_when_everybody_was_shown_four_times():
    votes = [vote("a", "b", "")] * 3 + [vote("a", "b"), vote("a", "b")]
    assert len(at_first(votes, "ab")) == 4
    assert at_first(votes, "abc") == []


def test_lists_count_as_one_judgement_each():
    votes = [vote(x, y, ranking="7") for x, y in implied_pairs("abcd")] + [vote("a", "b")]
    found = analyse(votes, "abcd")
    assert found.verdicts == 2
    assert {one.group: one.compared for one in found.entries} == {"a": 2, "b": 2, "c": 1, "d": 1}


def test_a_judge_who_always_taps_left_or_votes_against_all_is_seen():
    """Seven agree; one taps the left card whatever it shows, one always says the opposite."""
    orders = [(x, y) if number % 2 else (y, x) for number, (x, y) in enumerate(implied_pairs("abcdefgh"))]
    good = [vote(x, y, "a" if x < y else "b", judge=f"good{judge}") for judge in range(7) for x, y in orders]
    left = [vote(x, y, judge="left") for x, y in orders]
    contrary = [vote(x, y, "b" if x < y else "a", judge="contrary") for x, y in orders]
    found = {one.judge: one for one in analyse(good + left + contrary + [vote("a", "b", "", judge="good0")], "abcdefgh").judges}
    assert found["left"].flags == ("one_sided",)
    assert found["contrary"].flags == ("contrary",)
    assert (found["good0"].flags, found["good0"].agreement, found["good0"].skipped) == ((), 1.0, 1)


def test_nothing_was_voted_yet():
    found = analyse([], "abc", lines=[1])
    assert (found.entries, found.judges, found.reliability, found.separation) == ((), (), None, None)
    assert (found.advice.stop, found.advice.reason, found.advice.least, found.advice.to_go) == (False, "apart", 0, 15)
    assert analyse([vote("a", "b")], ["a", "b"]).separation is None


# --- Advice ---------------------------------------------------------------------------------------------------------------------------

SURE, OPEN = Boundary(3, "c", "d", 0.93), Boundary(1, "a", "b", 0.7)


@pytest.mark.parametrize(
    ("compared", "parts", "reliability", "boundaries", "stop", "reason"),
    [
        ([10, 12], 1, 0.8, [], True, "reliable"),
        ([9, 12], 1, 0.9, [], False, "few"),
        ([10, 12], 1, 0.79, [], False, "unsure"),
        ([10, 12], 1, None, [], False, "unsure"),
        ([20, 20], 2, 0.95, [SURE], False, "apart"),
        ([4, 5], 1, 0.5, [SURE], True, "decided"),
        ([3, 5], 1, 0.5, [SURE], False, "few"),
        ([4, 5], 1, 0.5, [SURE, OPEN], False, "few"),
    ],
)
def test_when_to_stop(compared, parts, reliability, boundaries, stop, reason):
    found = advise(compared, parts=parts, reliability=reliability, boundaries=boundaries)
    assert (found.stop, found.reason) == (stop, reason)


def test_what_is_left_and_whether_it_comes_in_time():
    assert advise([4, 7.5, 12], parts=1, reliability=None).to_go == 5
    assert advise([4, 8], parts=1, reliability=None, pace=Pace(8, 0.5)).in_time is True
    assert advise([4, 8], parts=1, reliability=None, pace=Pace(8, 0.49)).in_time is False
    assert advise([10], parts=1, reliability=0.9, pace=Pace(1, 1)).in_time is None
    assert Pace(8, -1).to_come == 0
