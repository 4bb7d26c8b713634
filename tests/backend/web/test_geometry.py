from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from backend.web.geometry import WIDTH, meter

numbers = st.fractions(min_value=-1000, max_value=1000, max_denominator=100)


def bar(baseline, now, target):
    return meter("m", baseline=Fraction(baseline), now=Fraction(now), target=Fraction(target), unit="min")


def test_an_aim_runs_from_left_to_right_also_when_less_is_better():
    up, down = bar(10, 20, 40), bar(40, 30, 10)
    assert (up.start, up.position, up.end) == (down.start, down.position, down.end) == (0, 333, 1000)


def test_the_rail_grows_when_the_target_is_passed_or_the_start_undercut():
    passed, lost = bar(0, 20, 10), bar(10, 0, 20)
    assert (passed.end, passed.position, passed.reached) == (500, 1000, 2)
    assert (lost.start, lost.position, lost.reached) == (500, 0, -1)
    assert (lost.fill_from, lost.fill_width) == (0, 500)


def test_the_words_say_all_that_the_picture_shows():
    assert bar(48, 26, 15).summary == "m: 26 min now, from 48 min on the way to 15 min (67 % of the way)"
    assert bar(0, "12345.678", 1).now == "12,345.68 min"


@given(numbers, numbers, numbers)
def test_nothing_leaves_the_rail(baseline, now, target):
    shown = bar(baseline, now, target)
    assert {0, WIDTH} & {shown.start, shown.position, shown.end}
    assert all(0 <= at <= WIDTH for at in (shown.start, shown.position, shown.end))
    assert shown.position >= shown.end if shown.reached >= 1 else shown.position <= shown.end
