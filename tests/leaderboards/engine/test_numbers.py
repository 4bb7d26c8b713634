from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine import numbers
from leaderboards.engine.numbers import Rounding
from tests.leaderboards.engine.building import F

fractions = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6)
decimals = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=6)


@given(fractions)
def test_number_text_reads_back_equal(value):
    assert numbers.parse(numbers.text(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (F(2182, 100), "21.82"),
        (F(-1, 4), "-0.25"),
        (F(3), "3"),
        (F(1, 3), "1/3"),
        (F(-7, 6), "-7/6"),
        (F(0), "0"),
        (F(1, 1000), "0.001"),
    ],
)
def test_number_text_is_plain_where_the_number_ends(value, text):
    assert numbers.text(value) == text


@pytest.mark.parametrize("value", [7, "7", "7.0", Decimal("7.000"), F(7), " 7 ", "+7", "14/2"])
def test_the_same_number_in_any_exact_form(value):
    assert numbers.parse(value) == 7


@pytest.mark.parametrize(
    "value", [0.3, True, None, "", "1e5", "1/0", "NaN", "1,5", Decimal("NaN"), Decimal("1e9999"), "1.5/2", "9" * 99]
)
def test_what_is_not_an_exact_number_is_refused(value):
    with pytest.raises(ValueError, match="expected a number"):
        numbers.parse(value)


@given(decimals, st.integers(0, 5))
def test_both_roundings_agree_with_the_decimal_module(value, places):
    quantum = Decimal(1).scaleb(-places)
    for mode, theirs in ((Rounding.HALF_UP, ROUND_HALF_UP), (Rounding.HALF_EVEN, ROUND_HALF_EVEN)):
        assert numbers.rounded(F(value), places, mode) == F(value.quantize(quantum, rounding=theirs))


@pytest.mark.parametrize(
    ("value", "up", "even"),
    [("0.125", "0.13", "0.12"), ("-0.125", "-0.13", "-0.12"), ("0.135", "0.14", "0.14"), ("1/3", "0.33", "0.33")],
)
def test_half_up_goes_away_from_zero_and_half_even_to_the_even_neighbour(value, up, even):
    assert numbers.text(numbers.rounded(F(value), 2, Rounding.HALF_UP)) == up
    assert numbers.text(numbers.rounded(F(value), 2, Rounding.HALF_EVEN)) == even


def test_without_decimals_a_value_stays_exact():
    assert numbers.rounded(F(1, 3), None) == F(1, 3)


@given(st.lists(fractions))
def test_the_total_is_the_exact_sum(values):
    assert numbers.total(values) == sum(values, F(0))


@given(st.integers(-(10**12), 10**12), st.integers(0, 9))
def test_a_scaled_integer_comes_back(scaled, places):
    assert numbers.to_scaled(numbers.from_scaled(scaled, places), places) == scaled


def test_fixed_shows_all_decimals():
    assert [numbers.fixed(F(109, 5), 2), numbers.fixed(F(-1, 100), 2), numbers.fixed(F(5, 2), 0)] == ["21.80", "-0.01", "3"]
