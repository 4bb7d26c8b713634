"""Who may help whom, without a database: the same task, another organization, a better trend, and why."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from games.peers.rules import SHOWN, Placed, Track, climbed, improved, matches, strangers


def track(group: int, organization: int | None, *places: int, of: int = 11, **more: object) -> Track:
    """A group in task 1 that had these places on the board "Call"."""
    told = {"tasks": frozenset({1}), "places": [Placed("Call", one, of) for one in places]} | more
    return Track(group, organization, **told)  # type: ignore[arg-type]


def test_who_climbed_more_is_found_with_the_reason() -> None:
    asker = track(1, 1, 6, 8)
    found = matches(asker, [track(2, 2, 9, 3), track(3, 3, 5, 4), track(4, 4, 2, 7)])
    assert [one.group for one in found] == [2, 3]
    assert found[0].reason == 'They rose from 9th to 3rd of 11 on "Call", you fell from 6th to 8th of 11 on "Call".'
    assert (found[0].ahead, found[0].task) == (Fraction(8, 10), 1)


def test_the_same_organization_people_or_no_task_in_common_is_no_match() -> None:
    asker = track(1, 1, 6, 8, people=frozenset({7}))
    others = [
        track(2, 1, 9, 3),
        track(3, 2, 9, 3, tasks=frozenset({2})),
        track(4, 3, 9, 3, people=frozenset({7, 8})),
        track(5, None, 9, 3),
    ]
    assert [one.group for one in matches(asker, others)] == [5], "of which no organization is known stands for itself"
    assert matches(asker, others, avoid={5}) == []
    assert strangers(track(1, None), track(2, None))
    assert not strangers(track(1, 1), track(1, 2))


def test_measured_values_come_before_places() -> None:
    asker = track(1, 1, 6, 8, measured={"Days": [Fraction(10), Fraction(9)]})
    measured = track(2, 2, 3, 9, measured={"Days": [Fraction(10), Fraction(15)]})
    found = matches(asker, [track(3, 3, 9, 1), measured])
    assert [one.group for one in found] == [2, 3]
    assert found[0].reason == 'Their "Days" became 50 % better, yours 10 % worse.'


def test_without_a_trend_whoever_stands_higher_on_the_same_board() -> None:
    asker = track(1, 1, 6)
    [found] = matches(asker, [track(2, 2, 2), track(3, 3, 9), track(4, 4)])
    assert (found.group, found.ahead) == (2, 0)
    assert found.reason == 'On "Call" they are 2nd of 11, you are 6th. There is no trend yet.'


def test_a_group_that_falls_is_no_better_for_falling_less() -> None:
    assert matches(track(1, 1, 2, 10), [track(2, 2, 4, 5)]) == []


def test_a_trend_is_the_share_of_the_board_or_of_the_first_value() -> None:
    assert climbed([Placed("A", 11, 11), Placed("B", 1, 2)]) == 1
    assert climbed([Placed("A", 1, 1)]) is None
    assert improved([Fraction(4), Fraction(5)]) == Fraction(1, 4)
    assert improved([Fraction(0), Fraction(5)]) is None
    assert improved([Fraction(-4), Fraction(-2)]) == Fraction(1, 2)


@given(st.lists(st.tuples(st.integers(0, 3), st.lists(st.integers(1, 11), max_size=3)), min_size=1, max_size=15))
def test_every_peer_is_a_stranger_who_does_better_and_they_stand_in_order(rows: list[tuple[int, list[int]]]) -> None:
    asker, *others = (track(number, organization, *places) for number, (organization, places) in enumerate(rows))
    found = matches(asker, others)
    known = {one.group: one for one in others}
    assert len(found) <= SHOWN
    assert all(strangers(asker, known[one.group]) for one in found)
    trends = [one.ahead for one in found if one.ahead]
    assert trends == sorted(trends, reverse=True)
    assert all(str(known[one.group].places[-1].place) in one.reason for one in found)
