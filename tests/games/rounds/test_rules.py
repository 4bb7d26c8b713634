from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.rounds.rules import (
    VISIBILITY_ORDER,
    Clock,
    RoundState,
    accepts,
    deadline,
    group_deadline,
    restricted,
    state_of,
    steps_due,
    widens,
)

T = datetime(2027, 1, 1, tzinfo=UTC)
times = st.none() | st.integers(0, 9).map(lambda n: T + timedelta(hours=n))
clocks = st.builds(
    Clock,
    opens_at=times,
    closes_at=times,
    extended_to=times,
    gated=st.booleans(),
    passed_at=times,
    opened_at=times,
    locked_at=times,
    closed_at=times,
)


def at(hour: int) -> datetime:
    return T + timedelta(hours=hour)


PLAIN = Clock(opens_at=at(1), closes_at=at(5))


@pytest.mark.parametrize(
    ("hour", "state"), [(0, RoundState.PLANNED), (1, RoundState.OPEN), (4, RoundState.OPEN), (5, RoundState.LOCKED)]
)
def test_a_round_opens_at_its_opening_and_is_locked_at_its_deadline_itself(hour, state):
    assert state_of(PLAIN, at(hour)) is state


def test_a_gated_round_stays_planned_until_its_gate_is_passed():
    gated = Clock(opens_at=at(1), closes_at=at(5), gated=True)
    assert state_of(gated, at(2)) is RoundState.PLANNED
    assert state_of(Clock(opens_at=at(1), closes_at=at(5), gated=True, passed_at=at(2)), at(2)) is RoundState.OPEN


def test_a_lock_by_decision_overrules_an_extension():
    assert deadline(Clock(opens_at=at(1), closes_at=at(5), extended_to=at(8), locked_at=at(3))) == at(3)


def test_an_extension_never_shortens():
    assert deadline(Clock(closes_at=at(5), extended_to=at(3))) == at(5)


def test_a_groups_extension_lets_it_hand_in_after_the_lock_and_not_at_its_end():
    assert accepts(PLAIN, at(7), at(6))
    assert not accepts(PLAIN, at(7), at(7))
    assert not accepts(PLAIN, None, at(6))
    assert not accepts(Clock(opens_at=at(1), closes_at=at(5), closed_at=at(6)), at(9), at(6))


@given(clocks, times, times)
def test_a_groups_deadline_is_never_before_that_of_all(clock, until, now):
    end, own = deadline(clock), group_deadline(clock, until)
    assert (end is None) == (own is None)
    assert end is None or own is None or own >= end


@given(clocks, st.integers(0, 9), st.integers(0, 9))
def test_every_step_is_taken_once_whatever_the_times_at_which_the_clock_looks(clock, first, second):
    early, late = sorted((first, second))
    settled, taken = RoundState.PLANNED, []
    for hour in (early, late, late):
        steps = steps_due(settled, clock, at(hour))
        taken += steps
        settled = steps[-1] if steps else settled
    assert len(taken) == len(set(taken))
    order = list(RoundState)
    assert taken == sorted(taken, key=order.index)


def test_a_round_closed_at_its_gate_was_neither_open_nor_locked():
    assert steps_due(RoundState.PLANNED, Clock(opens_at=at(1), gated=True, closed_at=at(2)), at(3)) == (RoundState.CLOSED,)


def test_a_round_that_the_clock_missed_goes_through_every_step():
    assert steps_due(RoundState.PLANNED, PLAIN, at(9)) == (RoundState.OPEN, RoundState.LOCKED)


def test_visibility_only_widens():
    assert [b for b in VISIBILITY_ORDER if widens(VISIBILITY_ORDER[1], b)] == list(VISIBILITY_ORDER[2:])


def test_a_round_is_restricted_from_the_first_cut_on():
    rounds = ["one", "two", "three"]
    assert [restricted(rounds, {"two"}, key) for key in rounds] == [False, True, True]
    assert [restricted(rounds, set(), key) for key in rounds] == [False, False, False]
