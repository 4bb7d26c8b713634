"""Small wins: what is told of a team's tests, places and values. And motion without learning. Pure."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from games.recognition.rules.watching import Motion, Week, motion_in, says_more
from games.recognition.rules.wins import (
    Found,
    Habit,
    Measuring,
    Placing,
    WinKind,
    after_place,
    after_test,
    after_value,
    habit_of,
    kept_of,
    measuring_of,
    monday,
    placing_of,
)

START = datetime(2027, 3, 1, 9, tzinfo=UTC)  # a Monday
days = st.lists(st.integers(0, 400), max_size=30).map(sorted)


def ended(*on: int) -> list[tuple[int, WinKind, int | None]]:
    """Tests finished so many days after START, and the wins told: (day, kind, reached)."""
    held, told = Habit(), []
    for day in on:
        at = START + timedelta(days=day)
        held, found = after_test(held, at, at.date())
        told += [(day, one.kind, one.reached) for one in found]
    return told


def placed(*places: int) -> list[tuple[int, WinKind]]:
    held, told = Placing(), []
    for step, place in enumerate(places):
        held, found = after_place(held, Fraction(place), f"round:{step}")
        told += [(step, one.kind) for one in found]
    return told


def test_the_first_test_is_told_once() -> None:
    assert ended(0, 1, 2) == [(0, WinKind.FIRST_TEST, None)]


def test_three_weeks_in_a_row_are_told_and_a_gap_begins_anew() -> None:
    assert (14, WinKind.TEST_WEEKS, 3) in ended(0, 7, 14, 15)
    assert [one for one in ended(0, 7, 21) if one[1] is WinKind.TEST_WEEKS] == []
    assert [one[0] for one in ended(0, 7, 14, 21, 28, 29) if one[1] is WinKind.TEST_WEEKS] == [14, 28]


def test_a_test_after_two_weeks_of_silence_is_a_win_of_its_own() -> None:
    assert ended(0, 13) == [(0, WinKind.FIRST_TEST, None)]
    assert ended(0, 14)[1:] == [(14, WinKind.BACK_AGAIN, 14)]


@given(days)
def test_wins_of_tests_keep_what_they_say(on: list[int]) -> None:
    told = ended(*on)
    assert sum(kind is WinKind.FIRST_TEST for _, kind, _ in told) == min(len(on), 1)
    weeks = {monday((START + timedelta(days=day)).date()) for day in on}
    for day, kind, reached in told:
        if kind is WinKind.TEST_WEEKS and reached is not None:
            this = monday((START + timedelta(days=day)).date())
            assert {this - timedelta(weeks=back) for back in range(reached)} <= weeks
        if kind is WinKind.BACK_AGAIN:
            assert not any(day - 14 < other < day for other in on)


@given(days)
def test_what_is_kept_goes_on_where_it_stood(on: list[int]) -> None:
    held = Habit()
    for day in on:
        at = START + timedelta(days=day)
        held, _ = after_test(habit_of(kept_of(held)), at, at.date())
        assert habit_of(kept_of(held)) == held


def test_the_first_place_is_nothing_to_compare_with() -> None:
    assert placed(5) == []
    assert placed(5, 5, 6) == []


def test_a_better_place_than_ever_is_told() -> None:
    assert placed(5, 3, 4, 2) == [(1, WinKind.BEST_PLACE), (3, WinKind.BEST_PLACE), (3, WinKind.COMEBACK)]


def test_a_comeback_is_a_place_at_least_as_good_as_before_the_fall() -> None:
    assert placed(2, 6, 4, 2) == [(3, WinKind.COMEBACK)]
    assert placed(2, 6, 9, 3) == []


@given(st.lists(st.integers(1, 9), max_size=12))
def test_best_places_fall_strictly_and_what_is_kept_goes_on(places: list[int]) -> None:
    told = [places[step] for step, kind in placed(*places) if kind is WinKind.BEST_PLACE]
    assert told == sorted(set(told), reverse=True)
    held = Placing()
    for place in places:
        held, _ = after_place(placing_of(kept_of(held)), Fraction(place), "x")
        assert placing_of(kept_of(held)) == held


@given(st.lists(st.integers(-99, 99), max_size=12), st.booleans())
def test_a_personal_best_is_better_than_everything_before(values: list[int], lower: bool) -> None:
    held = Measuring()
    for count, value in enumerate(values):
        held, found = after_value(measuring_of(kept_of(held)), value, "x", lower=lower)
        before = values[:count]
        better = bool(before) and (value < min(before) if lower else value > max(before))
        assert found == ((Found(WinKind.PERSONAL_BEST, "x", value, min(before) if lower else max(before)),) if better else ())


# --- Motion without learning ----------------------------------------------------------------------------------------------------------


def weeks(*told: tuple[int, int]) -> list[Week]:
    return [Week(date(2027, 3, 1) + timedelta(weeks=number), acts, tests) for number, (acts, tests) in enumerate(told)]


def test_activity_up_by_half_and_tests_flat_is_motion_without_learning() -> None:
    assert motion_in(weeks((10, 2), (15, 2))) == Motion(date(2027, 3, 8), Fraction(10), 15, Fraction(2), 2)


def test_activity_up_and_tests_up_is_learning() -> None:
    assert motion_in(weeks((10, 2), (15, 3))) is None
    assert motion_in([*weeks((10, 2)), Week(date(2027, 3, 8), 15, 2, adoptions=1)]) is None


def test_a_little_more_activity_says_nothing() -> None:
    assert motion_in(weeks((10, 2), (14, 2))) is None


def test_where_little_happened_before_nothing_is_said() -> None:
    assert motion_in(weeks((2, 0), (9, 0))) is None
    assert motion_in(weeks((99, 0))) is None
    assert motion_in([]) is None


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=8))
def test_a_flag_of_motion_always_holds_what_it_says(told: list[tuple[int, int]]) -> None:
    found = motion_in(weeks(*told))
    if found is not None:
        assert found.acts >= Fraction(3, 2) * found.acts_before
        assert found.learned <= found.learned_before
        assert (found.acts, found.learned) == told[-1]


def test_a_look_stands_until_twice_as_much_is_said() -> None:
    assert not says_more({"exchanges": 10}, {"exchanges": 19})
    assert says_more({"exchanges": 10}, {"exchanges": 20})
    assert not says_more({}, {})
