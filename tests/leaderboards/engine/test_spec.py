import json
import tomllib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from leaderboards.engine.spec import BoardSpec, Criterion, PlaceStyle, Scoring, Step, board_rounds, board_weights, expand_boards
from leaderboards.engine.spec.base import clock_ms, clock_text
from tests.leaderboards.engine.building import F

FULL = """
rounding = "half_even"
mark_decimals = 3
rounds = [{ key = "a", opens = 2027-02-01T09:00:00Z, closes = 2027-03-01T17:00:00Z, best = 2 }, { key = "b", missing = "zero" }]
boards = [
  { key = "r", weights = { b = 0.7, a = 0.3 }, decimals = 2, order = ["score", "a.x low"], places = 1223, freeze = "4:00:00" },
  { each = true, order = ["score"] },
]
cuts = [{ board = "a", to = "b", first = { men = 24, ladies = 16 }, ties = "decide", wildcards = 1 }]
awards = [{ key = "gold", places = [1, 1] }, { key = "money", kind = "money", amounts = [500000, 1], ties = "each" }]
[[challenges]]
key = "c"
worth = { initial = 500, minimum = 100, decay = 20 }
adjust = [{ times = 0.6, decimals = 1 }, { minus = "late" }]
fields = [{ key = "late", min = 0, default = 0 }]
criteria = [{ key = "x", min = 0.25, max = 10, step = 0.25, weight = "1/3", values = [1, 2.5] }]
panels = [{ key = "jury", points = [3, 2, 1], band = { width = 1.5, decimals = 2, rounding = "half_up" } }]
"""


def toml(text: str):
    return tomllib.loads(text, parse_float=Decimal)


def test_json_comes_back_equal_in_every_form():
    scoring = Scoring.model_validate(toml(FULL))
    assert Scoring.model_validate_json(scoring.model_dump_json()) == scoring
    assert Scoring.model_validate_json(scoring.model_dump_json(exclude_defaults=True)) == scoring
    assert Scoring.model_validate(scoring.model_dump(mode="json")) == scoring
    assert Scoring.model_validate(scoring.model_dump()) == scoring


def test_numbers_are_written_as_whole_numbers_or_text():
    dumped = json.loads(Scoring.model_validate(toml(FULL)).model_dump_json(exclude_unset=True))
    criterion = dumped["challenges"][0]["criteria"][0]
    assert (criterion["min"], criterion["max"], criterion["weight"]) == ("0.25", 10, "1/3")
    assert dumped["boards"][0]["weights"] == {"b": "0.7", "a": "0.3"}
    assert dumped["challenges"][0]["adjust"] == [{"times": "0.6", "decimals": 1}, {"minus": "late"}]


@given(st.fractions(max_denominator=10**6))
def test_any_number_survives_the_round_trip(value):
    one = Criterion(key="x", weight=value)
    assert Criterion.model_validate_json(one.model_dump_json()).weight == value


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"rounds": [{"key": "a", "best": "3"}]}, "integer"),
        ({"rounds": [{"key": "a", "maximum": 1}]}, "Extra inputs"),
        ({"boards": [{"key": "b", "weights": {"a": 0.3}}]}, "binary float"),
        ({"rounds": [{"key": "two words"}]}, "pattern"),
        ({"challenges": [{"key": "c", "adjust": [{"plus": 1, "minus": 2}]}]}, "exactly one of times, plus, minus"),
        ({"challenges": [{"key": "c", "adjust": [{}]}]}, "found: none"),
        ({"boards": [{"key": "b", "freeze": "four"}]}, "time since opening"),
        ({"boards": [{"key": "b", "each": "yes"}]}, "boolean"),
        ({"awards": [{"key": "a", "amounts": [-5]}]}, "greater than or equal to 0"),
        ({"challenges": [{"key": "c", "decimals": 13}]}, "less than or equal to 12"),
    ],
)
def test_wrong_types_and_unknown_keys_are_refused(data, said):
    with pytest.raises(ValidationError, match=said):
        Scoring.model_validate(data)


def test_a_model_cannot_be_changed():
    with pytest.raises(ValidationError):
        Criterion(key="x").weight = F(2)  # type: ignore[misc]


def test_a_board_for_each_round_is_named_after_it():
    boards = expand_boards(Scoring.model_validate(toml(FULL)))
    assert [(board.key, board.rounds, board.each) for board in boards] == [
        ("r", None, False),
        ("a", ("a",), False),
        ("b", ("b",), False),
    ]


def test_rounds_of_a_board_stand_in_time_not_as_weights_are_written():
    scoring = Scoring.model_validate(toml(FULL))
    assert [one.key for one in board_rounds(scoring, scoring.boards[0])] == ["a", "b"]
    assert list(board_weights(scoring, scoring.boards[0]).items()) == [("a", F(3, 10)), ("b", F(7, 10))]


def test_rounds_that_are_named_without_weight_count_once():
    scoring = Scoring.model_validate({"rounds": [{"key": "a"}, {"key": "b"}], "boards": [{"key": "r", "rounds": ["b"]}]})
    assert board_weights(scoring, scoring.boards[0]) == {"b": F(1)}


def test_places_may_be_written_as_a_number_or_as_text():
    assert {BoardSpec(key="b", places=value).places for value in (1223, "1223")} == {PlaceStyle.DENSE}  # type: ignore[arg-type]


def test_an_operand_is_a_number_or_a_field():
    assert Step(times="0.5").operation == ("times", F(1, 2))
    assert Step(minus="late_days").operation == ("minus", "late_days")


@given(st.integers(0, 10**9))
def test_a_clock_reads_back_what_it_wrote(milliseconds):
    assert clock_ms(clock_text(milliseconds)) == milliseconds


def test_the_json_schema_can_be_made():
    assert Scoring.model_json_schema()["additionalProperties"] is False
