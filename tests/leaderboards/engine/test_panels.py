import pytest

from leaderboards.engine.numbers import Rounding, parse, text
from leaderboards.engine.outcome import Fate, Unscored, UsedMark
from leaderboards.engine.panels import fold, mean, median, panel_rule
from leaderboards.engine.spec import Band, Panel


def row(values: str) -> list[UsedMark]:
    """ "20 - 22": the second judge is absent."""
    return [
        UsedMark(f"j{number}", None, None, Fate.ABSENT)
        if value == "-"
        else UsedMark(f"j{number}", parse(value), parse(value), Fate.COUNTED)
        for number, value in enumerate(values.split(), start=1)
    ]


def folded(values: str, **options):
    return fold(panel_rule(Panel(**options), Rounding.HALF_UP), row(values))


def value(values: str, **options) -> str | None:
    found = folded(values, **options).value
    return None if found is None else text(found)


@pytest.mark.parametrize(("width", "expected"), [("3", "20.6"), ("1.5", "20.5")])
def test_the_chopin_band_pulls_marks_to_its_edge_once(width, expected):
    """Oracle O-CHOP."""
    assert value("20 21 22 23 14", band=Band(width=width)) == expected


def test_the_chopin_band_tells_what_it_did():
    done = folded("20 21 22 23 14", band=Band(width="1.5"))
    assert done.centre == 20
    assert [(mark.fate.value, text(mark.used)) for mark in done.marks if mark.used is not None] == [
        ("counted", "20"),
        ("counted", "21"),
        ("pulled", "21.5"),
        ("pulled", "21.5"),
        ("pulled", "18.5"),
    ]


def test_rounding_the_centre_of_the_band_is_a_fact_of_its_own():
    assert value("1 1 5", band=Band(width="1"), decimals=2) == "2"
    assert value("1 1 5", band=Band(width="1", decimals=0), decimals=2) == "1.67"


def test_a_band_may_lie_around_the_median():
    assert value("1 2 2 10", band=Band(width="1", around="median")) == "2"


def test_marks_on_the_edge_of_the_band_are_left_alone():
    assert [mark.fate for mark in folded("19 21 20", band=Band(width="1")).marks] == [Fate.COUNTED] * 3


def test_highest_and_lowest_are_dropped():
    """Oracle O-TRIM."""
    assert value("6 7 7 8 9 10", drop_high=1, drop_low=1) == "7.75"
    assert text(mean([parse(one) for one in ["6", "7", "7", "8", "9", "10"]])) == "47/6"


def test_two_highest_and_two_lowest_are_dropped_then_the_rest_is_summed():
    done = folded("9 5 7 8 6 10 7", drop_high=2, drop_low=2, combine="sum")
    assert text(done.value) == "22"
    assert [mark.judge for mark in done.marks if mark.fate is Fate.DROPPED] == ["j1", "j2", "j5", "j6"]


def test_one_of_several_equal_marks_is_dropped():
    done = folded("7 7 7", drop_high=1, drop_low=1)
    assert [mark.fate.value for mark in done.marks] == ["dropped", "counted", "dropped"]
    assert done.value == 7


def test_dropping_needs_a_mark_that_remains():
    assert folded("7 8", drop_high=1, drop_low=1).value is None
    assert folded("7 8", drop_high=1, drop_low=1).unscored is Unscored.QUORUM


def test_the_band_comes_before_the_drop():
    assert value("0 10 10 10 20", band=Band(width="5"), drop_high=1, drop_low=1, combine="sum") == "30"


@pytest.mark.parametrize(("combine", "expected"), [("mean", "6.5"), ("median", "6"), ("sum", "26"), ("min", "5"), ("max", "9")])
def test_ways_to_combine(combine, expected):
    assert value("5 9 6 6", combine=combine) == expected


def test_the_median_of_an_even_number_is_the_mean_of_the_middle():
    assert median([parse(one) for one in ("1", "9", "4", "6")]) == 5


@pytest.mark.parametrize(
    ("marks", "quorum", "expected", "why"),
    [
        ("8 9 -", 3, None, Unscored.QUORUM),
        ("8 9 7", 3, "8", None),
        ("- -", 1, None, Unscored.NO_MARKS),
        ("", 1, None, Unscored.NO_MARKS),
    ],
)
def test_too_few_marks_give_no_value(marks, quorum, expected, why):
    done = folded(marks, quorum=quorum)
    assert (None if done.value is None else text(done.value), done.unscored) == (expected, why)


def test_the_sum_of_nothing_is_zero_only_where_the_quorum_says_so():
    assert value("- -", quorum=0, combine="sum") == "0"
    assert value("- -", quorum=0, combine="sum", drop_high=1, band=Band(width="1")) == "0"
    assert value("- -", quorum=0, combine="mean") is None


def test_an_absent_mark_is_never_a_zero():
    assert value("8 - 6") == "7"
