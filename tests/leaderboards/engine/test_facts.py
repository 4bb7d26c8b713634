"""Tries in columns say what as many rows say, and take little room."""

import pickle
import tracemalloc
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.facts import Attempt, Attempts, Facts
from leaderboards.engine.index import index

rows = st.lists(
    st.builds(
        Attempt,
        round=st.sampled_from(["one", "two"]),
        challenge=st.sampled_from(["A", "B"]),
        group=st.sampled_from(["ada", "ben", "cy"]),
        at_ms=st.integers(0, 3),
        verdict=st.sampled_from(["", "AC", "WA"]),
        value=st.sampled_from([None, Fraction(1, 3), Fraction(2)]),
        sequence=st.integers(0, 10**30),
    ),
    max_size=30,
)


def moment(one: Attempt) -> tuple[int, int, str, str]:
    return one.at_ms, one.sequence, one.verdict, str(one.value)


@given(rows)
def test_tries_come_out_as_they_went_in(given_):
    tries = Attempts(given_)
    assert sorted(map(repr, tries)) == sorted(map(repr, given_))
    assert len(tries) == len(given_)
    assert tries == Attempts(given_) == pickle.loads(pickle.dumps(tries))
    assert not given_ or tries != Attempts(given_[1:])


@given(rows)
def test_each_group_has_its_own_in_order_of_time_and_they_are_read_as_often_as_one_likes(given_):
    found = index(Facts(attempts=Attempts(given_))).attempts
    for unit in {(one.round, one.challenge) for one in given_}:
        for group in ("ada", "ben", "cy"):
            own = [one for one in given_ if (one.round, one.challenge, one.group) == (*unit, group)]
            for _ in range(2):
                assert list(found[unit].get(group, ())) == sorted(own, key=moment)


@given(rows)
def test_what_nobody_may_know_is_left_out_and_what_is_held_back_waits(given_):
    tries = Attempts(given_)
    told = tries.told(lambda round_, _task: round_ == "one", {("one", "A"): 2, ("two", "A"): 0})
    expected = [
        one._replace(verdict="", value=None) if one.challenge == "A" and one.at_ms >= 2 else one
        for one in given_
        if one.round == "one"
    ]
    assert sorted(map(repr, told)) == sorted(map(repr, expected))
    assert tries == Attempts(given_)


def test_a_try_takes_less_than_fifty_bytes():
    words = [f"team {one}" for one in range(100)]
    many = 10_000
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tries = Attempts(Attempt("one", "A", words[one % 100], 10**9 + one, "WA", None, one // 100) for one in range(many))
        taken, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(tries) == many
    assert taken - before < 50 * many
    assert most - before < 60 * many
