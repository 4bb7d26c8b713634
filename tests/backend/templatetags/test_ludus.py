import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.templatetags.ludus import STATUS_WORDS, aligned, item, magnitude, shown, status_words, with_key, zipped
from leaderboards.engine.numbers import parse, text
from leaderboards.engine.outcome import RowStatus


@pytest.mark.parametrize(
    ("value", "read"),
    [(None, "–"), ("", "–"), ("21.82", "21.82"), ("1/3", "0.3333"), ("-2/3", "-0.6667"), (["1", "2/3"], "1, 0.6667")],
)
def test_a_number_text_is_shown_as_people_read_it(value, read):
    assert shown(value) == read


@pytest.mark.parametrize(
    ("value", "decimals", "read"), [("21", 2, "21.00"), ("275/3", 2, "91.67"), ("275/3", 0, "91.6667"), ("-", 2, "-")]
)
def test_numbers_of_a_column_have_as_many_decimals(value, decimals, read):
    assert aligned(value, decimals) == read


@given(st.fractions(max_denominator=1000, min_value=-(10**6), max_value=10**6))
def test_what_is_shown_is_the_number_to_four_decimals(value):
    assert abs(parse(shown(text(value))) - value) <= parse("0.00005")


def test_every_status_without_a_place_has_words():
    assert set(STATUS_WORDS) == {status.value for status in RowStatus} - {RowStatus.RANKED.value, RowStatus.RECORD.value}
    assert status_words("ranked") == ""
    assert status_words("withdrawn") == "withdrew"


def test_an_address_takes_the_key_of_a_group_whatever_stands_in_it():
    assert with_key("/cycles/a/teams/~", "blue herons/2") == "/cycles/a/teams/blue%20herons%2F2"


def test_small_things():
    assert item({"a": 1}, "a") == 1
    assert item(None, "a") is None
    assert magnitude(-3) == 3
    assert zipped([1, 2], [3]) == [(1, 3)]
