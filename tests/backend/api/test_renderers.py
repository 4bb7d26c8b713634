from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import orjson
import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from backend.api.renderers import JSONRenderer, dumps
from leaderboards.engine.numbers import parse


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Fraction(2182, 100), '"21.82"'),
        (Fraction(1, 3), '"1/3"'),
        (Fraction(4), '"4"'),
        (Decimal("21.80"), '"21.80"'),
        (Decimal("1E+3"), '"1000"'),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), '"2026-03-01T12:00:00Z"'),
        (datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2))), '"2026-03-01T10:00:00Z"'),
        (date(2026, 3, 1), '"2026-03-01"'),
        (timedelta(milliseconds=1500), '"1.5"'),
        (gettext_lazy("board"), '"board"'),
        (frozenset({1}), "[1]"),
        ({1: None}, '{"1":null}'),
    ],
)
def test_values_that_json_does_not_know_are_written_exactly(value, written):
    assert dumps(value).decode() == written


@given(st.fractions(max_denominator=10_000))
def test_a_fraction_comes_back_as_it_was(value):
    assert parse(orjson.loads(dumps(value))) == value


def test_a_time_without_a_zone_is_a_mistake_of_ours():
    with pytest.raises(TypeError, match="not JSON serializable: datetime"):
        dumps(datetime(2026, 3, 1))  # noqa: DTZ001 -- the mistake itself


def test_an_unknown_type_is_a_mistake_of_ours():
    with pytest.raises(TypeError, match="not JSON serializable: object"):
        dumps(object())


def test_no_data_is_no_body():
    assert JSONRenderer().render(None) == b""
