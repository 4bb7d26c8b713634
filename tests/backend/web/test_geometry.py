import re
from fractions import Fraction
from itertools import pairwise

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from backend.web.geometry import WIDTH, Run, Series, Tone, bump, line_chart, meter, spread, ticks
from backend.web.geometry.bump import shortened
from backend.web.geometry.qr import MARGIN, qr_code

numbers = st.fractions(min_value=-1000, max_value=1000, max_denominator=100)
floats = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)


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


# --- Places over time -----------------------------------------------------------------------------------------------------------------


def run(key, *ranks, tone=Tone.QUIET):
    return Run(key, key.title(), tuple(ranks), tuple("" if rank is None else str(rank) for rank in ranks), tone)


def test_two_that_change_places_cross():
    picture = bump([run("ada", 1, 2), run("ben", 2, 1)], ["1", "2"], width=400, left=100, right=100)
    ada, ben = picture.lines
    assert ada.path == "M100 44C200 44 200 78 300 78"
    assert [(stop.x, stop.y, stop.place) for stop in ben.stops] == [(100, 78, "2"), (300, 44, "1")]
    assert [(label.x, label.text, label.anchor) for label in ben.labels] == [(80, "Ben", "end"), (320, "Ben", "start")]


def test_a_line_breaks_where_a_group_was_not_on_the_board():
    (line,) = bump([run("ada", 1, None, 1)], ["1", "2", "3"]).lines
    assert line.path.count("M") == 2
    assert line.words == "1, –, 1"
    assert len(line.stops) == 2


def test_the_loudest_are_painted_last():
    picture = bump([run("me", 1, 1, tone=Tone.MINE), run("top", 2, 2, tone=Tone.TOP), run("other", 3, 3)], ["1", "2"])
    assert [line.key for line in picture.lines] == ["other", "top", "me"]


def test_who_left_early_is_named_where_nothing_passes_and_only_there():
    runs = [run("ada", 1, 1, 1), run("ben", 2, 2, None), run("cia", 3, None, None), run("dan", None, None, 2)]
    ends = {line.key: [label for label in line.labels if label.anchor == "start"] for line in bump(runs, "123").lines}
    assert [len(ends[key]) for key in ("ada", "ben", "cia", "dan")] == [1, 0, 1, 1]


def test_one_column_stands_in_the_middle_and_nobody_makes_no_line():
    assert bump([run("ada", 1)], ["1"], width=300, left=100, right=100).columns[0].x == 150
    assert bump([run("ada", None)], ["1"]).lines == ()
    assert bump([], []).lines == ()


@given(st.lists(st.lists(st.none() | st.integers(1, 9), min_size=4, max_size=4), max_size=12))
def test_no_two_stops_and_no_two_end_labels_lie_on_each_other(columns):
    picture = bump([run(f"g{number}", *ranks) for number, ranks in enumerate(columns)], "abcd")
    stops = [(stop.x, stop.y) for line in picture.lines for stop in line.stops]
    assert len(stops) == len(set(stops))
    ends = [(label.x, label.y) for line in picture.lines for label in line.labels]
    assert len(ends) == len(set(ends))
    assert all(0 < y <= picture.height for _x, y in stops)


def test_a_long_name_is_cut_with_an_ellipsis():
    assert shortened("Orchard of Very Patient Gardeners", 80) == "Orchard o…"
    assert shortened("Ada", 80) == "Ada"


# --- Values over time -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 9, [0, 2, 4, 6, 8, 10]), (0, 240, [0, 50, 100, 150, 200, 250]), (0.0012, 0.0028, [0.001, 0.0015, 0.002, 0.0025, 0.003])],
)
def test_marks_are_round_numbers(low, high, expected):
    assert ticks(low, high) == expected


@given(floats, floats)
def test_marks_cover_what_they_are_for(one, other):
    low, high = sorted((one, other))
    marks = ticks(low, high)
    assert marks == sorted(marks)
    assert 2 <= len(marks) <= 14
    slack = 1e-6 * max(1.0, abs(low), abs(high))
    assert marks[0] <= low + slack
    assert marks[-1] >= high - slack


def test_labels_move_apart_as_little_as_needed():
    assert spread([1, 1, 1, 5], gap=2, low=0, high=10) == [1, 3, 5, 7]
    assert spread([9, 9, 9], gap=2, low=0, high=10) == [6, 8, 10]
    assert spread([5, 5, 5], gap=9, low=0, high=10) == [0, 5, 10]
    assert spread([], gap=9, low=0, high=10) == []


@given(st.lists(st.floats(0, 100, allow_nan=False), max_size=12), st.floats(1, 30))
def test_labels_keep_order_distance_and_frame(wanted, gap):
    placed = spread(wanted, gap=gap, low=0, high=100)
    apart = min(gap, 100 / max(len(wanted) - 1, 1))
    ordered = [at for _want, at in sorted(zip(wanted, placed, strict=True), key=lambda pair: pair)]
    assert all(-1e-6 <= at <= 100 + 1e-6 for at in placed)
    assert all(later - sooner >= apart - 1e-6 for sooner, later in pairwise(ordered))


def test_a_score_holds_until_the_next_one_and_up_is_always_good():
    series = [Series("ada", "Ada", ((0, 0), (30, 1), (60, 2))), Series("ben", "Ben", ((0, 0), (45, 1)), Tone.MINE)]
    chart = line_chart(series, until=90, width=500, right=100)
    ada = next(line for line in chart.lines if line.key == "ada")
    assert ada.path.startswith("M48 326H")
    assert ada.path.endswith(f"V14H{ada.end_x}")
    assert chart.lines[-1].key == "ben"
    low = line_chart([Series("ada", "Ada", ((0, 9.0), (1, 4.0)))], low_is_better=True)
    assert low.lines[0].end_y < low.height / 2


@given(st.lists(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 50)), max_size=6), max_size=6))
def test_a_chart_of_anything_stays_in_its_frame(rows):
    series = [Series(str(number), "x", tuple(sorted(points))) for number, points in enumerate(rows)]
    chart = line_chart(series)
    for line in chart.lines:
        assert chart.left <= line.end_x <= chart.right
        assert 0 <= line.end_y <= chart.bottom
        assert 0 <= line.label_y <= chart.bottom


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=120))
def test_a_qr_code_draws_every_dark_square_once_inside_its_margin(text):
    code = qr_code(text)
    drawn = set()
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path):
        squares = {(int(x) + step, int(y)) for step in range(int(length))}
        assert not squares & drawn
        drawn |= squares
    wanted = segno.make(text, error="q", micro=False).matrix
    assert drawn == {(x + MARGIN, y + MARGIN) for y, row in enumerate(wanted) for x, dark in enumerate(row) if dark}
    assert code.size == len(wanted) + 2 * MARGIN
