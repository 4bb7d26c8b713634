"""Pure decisions about judging."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.errors import GameError
from games.judging.rules import (
    Given,
    MarksRefused,
    Sitting,
    check_marks,
    check_sitting,
    criteria_of,
    value_fault,
)
from games.judging.rules.table import read_lines
from games.playbooks.schema import ChallengeDesign
from games.rounds.rules import Clock
from leaderboards.engine.spec import Criterion

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def task(**values: object) -> ChallengeDesign:
    return ChallengeDesign.model_validate({"key": "task", "criteria": [{"key": "impact", "min": 1, "max": 5}], **values})


@pytest.mark.parametrize(
    ("criterion", "value", "fault"),
    [
        ({"min": 1, "max": 25, "step": 1}, "19.19", '19.19 is not on the step 1 of criterion "m"'),
        ({"min": 0, "max": 100}, "101", '101 is outside 0 to 100 of criterion "m"'),
        ({"min": 0.25, "max": 10, "step": 0.25, "not_marked": 0}, "0", ""),
        ({"min": "0.25", "max": 10, "step": "0.25"}, "9.75", ""),
        ({"min": "0.5", "step": 1}, "2.5", ""),
        ({"max": 3}, "4", '4 is outside no limit to 3 of criterion "m"'),
        ({"values": [1, 3, 9]}, "4", '4 is not among 1, 3, 9 of criterion "m"'),
        ({}, "-7.123", ""),
    ],
)
def test_the_value_of_a_mark(criterion: dict[str, object], value: str, fault: str) -> None:
    written = {key: str(number) if isinstance(number, float) else number for key, number in criterion.items()}
    assert value_fault(Criterion.model_validate({"key": "m", **written}), Fraction(value)) == fault


SMALL = st.fractions(-9, 9, max_denominator=12)


@given(SMALL, SMALL, SMALL, SMALL.filter(bool))
def test_bounds_and_steps_are_those_of_fractions(value: Fraction, low: Fraction, high: Fraction, step: Fraction) -> None:
    fault = value_fault(Criterion(key="m", min=low, max=high, step=step), value)
    if value < low or value > high:
        assert "is outside" in fault
    elif ((value - low) / step).denominator != 1:
        assert "is not on the step" in fault
    else:
        assert fault == ""


@given(st.decimals(-99, 99, places=4).map(str), st.integers(0, 4))
def test_a_mark_is_kept_exactly_or_not_at_all(value: str, decimals: int) -> None:
    wide = task(criteria=[{"key": "impact"}])
    if (Fraction(value) * 10**decimals).denominator != 1:
        with pytest.raises(MarksRefused, match=f"more than the {decimals} decimals"):
            check_marks(wide, "jury", [Given("impact", value)], decimals=decimals)
    else:
        (mark,) = check_marks(wide, "jury", [Given("impact", value)], decimals=decimals)
        assert mark.value == Fraction(value) * 10**decimals


def test_a_mark_with_too_many_decimals_is_refused_not_rounded() -> None:
    with pytest.raises(MarksRefused, match="more than the 2 decimals"):
        check_marks(task(), "jury", [Given("impact", "1.234")], decimals=2)


def test_floats_of_json_count_as_written() -> None:
    (mark,) = check_marks(task(), "jury", [Given("impact", 4.35)], decimals=4)
    assert mark.value == 43500


def test_a_ranking_takes_whole_ranks() -> None:
    ranking = ChallengeDesign.model_validate({"key": "task", "format": "ranking"})
    assert [one.key for one in criteria_of(ranking, "jury")] == ["rank"]
    for wrong in (0, "1.5"):
        with pytest.raises(MarksRefused, match="is no rank"):
            check_marks(ranking, "jury", [Given("rank", wrong)], decimals=4)
    assert check_marks(ranking, "jury", [Given("rank", 3)], decimals=4)[0].value == 30000


@pytest.mark.parametrize(
    ("sitting", "words"),
    [
        ({}, ""),
        ({"cycle_state": "paused"}, "paused"),
        ({"cycle_state": "awarding"}, ""),
        ({"clock": Clock(opens_at=NOON + HOUR)}, "not begun"),
        ({"clock": Clock(opens_at=NOON - HOUR)}, "may still change"),
        ({"clock": Clock(opens_at=NOON - HOUR, closes_at=NOON + HOUR)}, "may still change until 2027-03-01 13:00:00.000 UTC"),
        ({"clock": Clock(opens_at=NOON - HOUR, closes_at=NOON + HOUR), "live": True}, ""),
        ({"until": NOON + HOUR}, "may still change"),
        ({"until": NOON}, ""),
        ({"handed_in": False}, "no entry to mark"),
        ({"handed_in": False, "live": True}, ""),
        (
            {"judging_closes_at": NOON},
            "judging closed at 2027-03-01 12:00:00.000 UTC; this arrived at 2027-03-01 12:00:00.000 UTC",
        ),
        ({"judging_closes_at": NOON, "reopened": True}, ""),
        ({"published_at": NOON}, "published"),
        ({"clock": Clock(opens_at=NOON - 2 * HOUR, closes_at=NOON - HOUR, closed_at=NOON)}, "closed"),
    ],
)
def test_when_an_entry_is_marked(sitting: dict[str, object], words: str) -> None:
    base = {"now": NOON, "cycle_state": "running", "clock": Clock(opens_at=NOON - 2 * HOUR, closes_at=NOON - HOUR)}
    try:
        check_sitting(Sitting(**(base | sitting)))
        said = ""
    except GameError as refusal:
        said = refusal.message
    assert (words in said) if words else said == ""


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_are_refused_with_a_place(content: bytes) -> None:
    lines, problems = read_lines(content)
    assert all(one.where for one in problems)
    assert all(line.number > 1 for line in lines)
