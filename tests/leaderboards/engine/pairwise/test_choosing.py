"""Which pair comes next: fair, never twice, chained, and what it leads to after a whole expo."""

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.facts import Vote
from leaderboards.engine.pairwise import Belief, Candidate, analyse, comparisons, components, fit, next_list, next_pair
from leaderboards.engine.pairwise.beliefs import BEGINNING, voted

SEED = 11


class Expo:
    """A whole judging in memory: judges one after the other, each vote drawn from the truth."""

    def __init__(self, entries: int, judges: int, seed: int = SEED) -> None:
        self.dice = random.Random(seed)
        self.truth = {number: self.dice.gauss(0, 1.5) for number in range(entries)}
        self.views = dict.fromkeys(self.truth, 0)
        self.belief = dict.fromkeys(self.truth, BEGINNING)
        self.met: dict[int, set[frozenset[int]]] = {judge: set() for judge in range(judges)}
        self.last: dict[int, tuple[int, ...]] = dict.fromkeys(range(judges), ())
        self.votes: list[Vote] = []

    def candidates(self):
        return [Candidate(key, self.views[key], self.dice.randrange(10**6), self.belief[key]) for key in self.truth]

    def ask(self, judge: int):
        return next_pair(self.candidates(), before=self.last[judge], met=self.met[judge], dice=self.dice.random)

    def turn(self, judge: int) -> bool:
        pair = self.ask(judge)
        if pair is None:
            return False
        assert frozenset(pair) not in self.met[judge]
        self.met[judge].add(frozenset(pair))
        self.last[judge] = pair
        a, b = pair
        first = self.dice.random() < 1 / (1 + 2.718281828 ** (self.truth[b] - self.truth[a]))
        for key in pair:
            self.views[key] += 1
        winner, loser = (a, b) if first else (b, a)
        self.belief[winner], self.belief[loser] = voted(self.belief[winner], self.belief[loser])
        self.votes.append(Vote("r", "c", f"j{judge}", str(a), str(b), "a" if first else "b"))
        return True

    def play(self, votes: int) -> "Expo":
        for number in range(votes):
            self.turn(number % len(self.met))
        return self


def spearman(truth: dict, found: dict) -> float:
    places = [
        {key: place for place, key in enumerate(sorted(truth, key=lambda key: (values[key], key)))} for values in (truth, found)
    ]
    size = len(truth)
    return 1 - 6 * sum((places[0][key] - places[1][key]) ** 2 for key in truth) / (size * (size**2 - 1))


@pytest.fixture(scope="module")
def expo():
    """40 entries, 8 judges, 320 votes: 16 comparisons of each entry."""
    return Expo(40, 8).play(320)


def test_entries_are_shown_about_equally_often(expo):
    assert max(expo.views.values()) - min(expo.views.values()) <= 4
    early = Expo(40, 8).play(80)
    assert set(Counter(early.views.values())) <= {3, 4, 5}


def test_the_comparisons_hang_together_after_each_entry_was_seen_twice():
    early = Expo(40, 8).play(48)
    assert min(early.views.values()) >= 1
    assert len(components(((one.a, one.b) for one in early.votes), map(str, early.truth))) == 1


def test_each_pair_keeps_an_entry_of_the_one_before(expo):
    shared = 0
    for judge in expo.met:
        pairs = [{one.a, one.b} for one in expo.votes if one.judge == f"j{judge}"]
        shared += sum(bool(first & second) for first, second in pairwise(pairs))
    assert shared == 320 - 8


def test_left_and_right_are_drawn(expo):
    stays_left = sum(one.a in (before.a, before.b) for before, one in zip(expo.votes[::8], expo.votes[8::8], strict=False))
    assert 10 < stays_left < 30


def test_the_truth_comes_out(expo):
    found = fit(comparisons(expo.votes, [str(key) for key in expo.truth])).strengths
    assert spearman(expo.truth, {key: found[str(key)] for key in expo.truth}) > 0.85


def test_a_judge_who_has_met_everybody_is_done():
    small = Expo(4, 1)
    assert [small.turn(0) for _ in range(7)] == [True] * 6 + [False]
    assert len(small.met[0]) == 6


def test_after_the_first_views_the_pair_that_tells_most_is_asked():
    settled = Belief(3, 0.05)
    there = [Candidate(1, 5, 1), Candidate(2, 5, 2, settled), Candidate(3, 5, 3, Belief(-3, 0.05)), Candidate(4, 5, 4, BEGINNING)]
    steady = iter([0.9, 0.1] * 10)
    assert next_pair(there, before=(1,), met=(), dice=lambda: next(steady)) in {(1, 2), (1, 3), (1, 4)}
    wide = [Candidate(key, 5, key, BEGINNING if key == 7 else settled) for key in range(1, 25)]
    assert set(next_pair(wide, before=(1,), met=(), dice=lambda: 0.9) or ()) == {1, 7}
    assert 7 not in set(next_pair(wide, before=(1,), met=(), dice=lambda: 0.2) or ())  # now and then by lot


def test_nobody_to_compare():
    assert next_pair([], before=(), met=(), dice=lambda: 0.5) is None
    assert next_pair([Candidate(1)], before=(1,), met=(), dice=lambda: 0.5) is None


def test_a_short_list_has_only_new_pairs_and_one_known_entry():
    there = [Candidate(key, key // 4, key) for key in range(1, 21)]
    met = {frozenset((9, other)) for other in range(1, 6)}
    found = next_list(there, size=4, before=(9, 10), met=met, dice=random.Random(1).random)
    assert found is not None
    assert sorted(found) == [6, 7, 8, 9]
    assert next_list(there[:2], size=4, before=(), met=(), dice=lambda: 0.5) is None
    assert len(next_list(there[:3], size=6, before=(), met=(), dice=lambda: 0.5) or ()) == 3


@given(
    st.lists(
        st.builds(Candidate, st.integers(1, 9), st.integers(0, 6), st.integers(0, 9)), unique_by=lambda one: one.key, max_size=9
    ),
    st.sets(st.frozensets(st.integers(1, 9), min_size=2, max_size=2)),
    st.sets(st.integers(1, 9), max_size=2),
    st.randoms(use_true_random=False),
)
def test_a_pair_is_of_candidates_and_new_whatever_went_before(there, met, before, dice):
    keys = {one.key for one in there}
    left = {frozenset((one, other)) for one in keys for other in keys if one < other} - met
    found = next_pair(there, before=before, met=met, dice=dice.random)
    assert (found is None) is (not left)
    if found is not None:
        assert frozenset(found) in left
        sharing = {pair for pair in left if pair & before}
        assert not sharing or set(found) & before
    listed = next_list(there, size=4, before=before, met=met, dice=dice.random)
    if listed is not None:
        assert len(set(listed)) == len(listed)
        assert all(frozenset((one, other)) in left for one in listed for other in listed if one != other)


def test_an_expo_is_analysed(expo):
    keys = [str(key) for key in expo.truth]
    found = analyse(expo.votes, keys, lines=[3])
    assert found.verdicts == 320
    assert found.reliability_by == "halves"
    assert 0.7 < (found.reliability or 0) < 1
    assert found.advice.least >= 12
    assert [len(part) for part in found.parts] == [40]
    first = found.entries[0]
    assert (first.place, first.low) == (1, 1)
    assert first.top[3] > found.entries[20].top[3]
    assert all(one.low <= one.place <= one.high for one in found.entries)
    inside = sum(
        one.low <= 1 + sum(expo.truth[key] > expo.truth[int(one.group)] for key in expo.truth) <= one.high
        for one in found.entries
    )
    assert inside >= 32  # nine of ten, with some luck
    assert {one.judge: one.votes for one in found.judges} == {f"j{judge}": 40 for judge in range(8)}
    assert all((one.agreement or 0) > 0.6 and not one.flags for one in found.judges)
