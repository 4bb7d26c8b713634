"""The pure rule of points: caps, once per subject, reversal, own group."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from games.playbooks.schema import PointRule
from games.recognition.rules import NEXT_GRANT_STATES, Act, GrantState, level_of, points_for

START = datetime(2027, 3, 1, 8, tzinfo=UTC)


def act(seal: int, kind: str = "submission.received", subject: str | None = None, **more: Any) -> Act:
    at = START + timedelta(days=more.pop("day", 0), minutes=seal)
    values = {"group": 1} | more
    return Act(seal, kind, f"submission:{seal}" if subject is None else subject, at, at.date(), **values)


def rule(**more: Any) -> PointRule:
    return PointRule(**({"key": "entry", "event": "submission.received", "points": 10} | more))


def amounts(rules: list[PointRule], acts: list[Act]) -> list[int]:
    return [award.amount for award in points_for(rules, acts)]


def test_each_act_of_the_kind_earns_the_amount() -> None:
    assert amounts([rule()], [act(1), act(2), act(3, "vote.cast")]) == [10, 10]


def test_the_cap_of_a_day_limits_that_day_alone() -> None:
    assert amounts([rule(cap_day=25)], [act(1), act(2), act(3), act(4), act(5, day=1)]) == [10, 10, 5, 10]


def test_the_cap_of_the_cycle_limits_all_days_and_each_group_alone() -> None:
    acts = [act(1), act(2, day=1), act(3, day=2), act(4, group=2)]
    assert amounts([rule(cap_cycle=15)], acts) == [10, 5, 10]


def test_the_same_subject_earns_once_however_many_versions_come() -> None:
    assert amounts([rule()], [act(1, subject="submission:7"), act(2, subject="submission:7")]) == [10]


def test_taking_an_entry_back_takes_its_points_back_and_handing_in_again_earns_again() -> None:
    acts = [
        act(1, subject="submission:7"),
        act(2, "submission.withdrawn", "submission:7"),
        act(3, "submission.withdrawn", "submission:7"),
        act(4, subject="submission:7"),
    ]
    awards = points_for([rule()], acts)
    assert [award.amount for award in awards] == [10, -10, 10]
    assert awards[1].reverses == awards[0]


def test_a_reversal_frees_the_cap_of_the_day_it_was_earned() -> None:
    acts = [act(1), act(2, "submission.withdrawn", "submission:1", day=1), act(3), act(4, day=1)]
    assert amounts([rule(cap_day=10)], acts) == [10, -10, 10, 10]


def test_acts_on_ones_own_group_do_not_count_unless_the_rule_says_so() -> None:
    acts = [act(1, "sheet.finalized", "sheet:1", own=True), act(2, "sheet.finalized", "sheet:2")]
    assert amounts([rule(event="sheet.finalized")], acts) == [10]
    assert amounts([rule(event="sheet.finalized", own_group=True)], acts) == [10, 10]


def test_acts_by_ones_own_group_do_count() -> None:
    assert amounts([rule()], [act(1, own=True)]) == [10]


def test_a_person_gets_points_in_their_group() -> None:
    (award,) = points_for([rule(receiver="person")], [act(1, group=1, person=5, persons_group=3)])
    assert (award.group, award.person) == (3, 5)
    assert points_for([rule(receiver="person")], [act(1)]) == []


def test_rounds_and_challenges_limit_a_rule() -> None:
    acts = [act(1, round="week1", challenge="quiz"), act(2, round="week2", challenge="quiz"), act(3)]
    assert amounts([rule(rounds=("week1",))], acts) == [10]
    assert amounts([rule(challenges=("quiz",))], acts) == [10, 10]


def test_rules_may_take_points_and_caps_do_not_limit_that() -> None:
    assert amounts([rule(points=-5, cap_day=1)], [act(1), act(2)]) == [-5, -5]


def test_points_never_feed_themselves() -> None:
    assert amounts([rule(event="points.changed")], [act(1, "points.changed")]) == []


@pytest.mark.parametrize("state", [GrantState.DECLINED, GrantState.REVOKED, GrantState.UNALLOCATED])
def test_some_states_of_a_grant_are_the_end(state: GrantState) -> None:
    assert NEXT_GRANT_STATES[state] == frozenset()


def test_nothing_is_granted_before_it_was_verified() -> None:
    assert [state for state, after in NEXT_GRANT_STATES.items() if GrantState.GRANTED in after] == [GrantState.VERIFIED]


@pytest.mark.parametrize(("points", "level"), [(-5, 1), (0, 1), (99, 1), (100, 2), (299, 2), (300, 3), (600, 4), (1000, 5)])
def test_levels_begin_at_100_n_n_minus_1_over_2(points: int, level: int) -> None:
    assert level_of(points) == level
