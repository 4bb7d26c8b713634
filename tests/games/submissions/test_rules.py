"""Pure decisions about entries."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.errors import GameError
from games.playbooks.files import kind_of
from games.playbooks.schema import ChallengeDesign
from games.rounds.rules import Clock, accepts
from games.submissions.rules import (
    AnswerRefused,
    FieldRefused,
    Occasion,
    blind_label,
    blind_name,
    check_open,
    digest_of,
    elapsed_ms,
    entry_number,
    exactly_scaled,
    judge,
    safe_name,
    scaled_fields,
)
from leaderboards.engine.spec import FieldSpec

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
TIMES = st.none() | st.integers(-3, 3).map(lambda hours: NOON + timedelta(hours=hours))


def automatic(**answer: Any) -> ChallengeDesign:
    return ChallengeDesign.model_validate({"key": "task", "format": "automatic", "answer": answer})


@given(
    clock=st.builds(
        Clock,
        opens_at=TIMES,
        closes_at=TIMES,
        extended_to=TIMES,
        gated=st.booleans(),
        passed_at=TIMES,
        locked_at=TIMES,
        closed_at=TIMES,
    ),
    until=TIMES,
    now=TIMES.filter(bool),
)
def test_the_window_is_open_exactly_when_the_round_accepts(clock: Clock, until: datetime | None, now: datetime) -> None:
    try:
        check_open(Occasion(now=now, cycle_state="running", clock=clock, until=until))
        opened = True
    except GameError:
        opened = False
    assert opened == accepts(clock, until, now)


def test_the_digest_is_that_of_the_canonical_json() -> None:
    written = '{"data":{"a":1,"b":"\u00e9"},"fields":{"cost":"125000"},"files":{"paper":"ab"}}'
    assert (
        digest_of({"b": "é", "a": 1, "paper": 7}, {"cost": 125000}, {"paper": "ab"})
        == hashlib.sha256(written.encode()).hexdigest()
    )


@given(
    st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers() | st.lists(st.booleans(), max_size=3), max_size=5)
)
def test_the_digest_does_not_depend_on_the_order_of_keys(data: dict[str, Any]) -> None:
    turned = dict(reversed(list(data.items())))
    assert digest_of(data, {}, {}) == digest_of(turned, {}, {})


@given(st.integers(-(10**12), 10**12))
def test_scaling_is_exact(number: int) -> None:
    text = f"{Fraction(number, 10000).numerator}/{Fraction(number, 10000).denominator}"
    assert exactly_scaled(text, 4) == number


def test_scoring_numbers_keep_to_their_bounds_and_all_faults_are_named() -> None:
    specs = [FieldSpec(key="cost", min=Fraction(0)), FieldSpec(key="share", max=Fraction(1)), FieldSpec(key="days")]
    with pytest.raises(FieldRefused) as refused:
        scaled_fields(specs, {"cost": -1, "share": "1.5"}, {}, decimals=4)
    assert [str(one) for one in refused.value.problems] == [
        "cost: -1 is outside 0 to no limit",
        "share: 1.5 is outside no limit to 1",
    ]
    assert scaled_fields(specs, {"cost": 1}, {"days": 7, "other": 1}, decimals=2) == {"cost": 100, "days": 7}


def test_elapsed_time_is_whole_milliseconds() -> None:
    clock = Clock(opens_at=NOON)
    assert elapsed_ms(clock, NOON + timedelta(microseconds=1999)) == 1
    assert elapsed_ms(clock, NOON - timedelta(hours=1)) == 0


@pytest.mark.parametrize(
    ("answer", "right"),
    [("Ludus", True), (" ludus\n", False), ("LUDUS", False), ("", False)],
)
def test_a_flag_with_case(answer: str, right: bool) -> None:
    assert (judge(automatic(kind="flag", values=["Ludus"]), answer).verdict == "AC") is right


def test_a_flag_without_case_and_a_hashed_one() -> None:
    assert judge(automatic(kind="flag", values=["Straße"], case=False), "STRASSE").verdict == "AC"
    digest = hashlib.sha256(b"saltsaltludus").hexdigest()
    hashed = automatic(kind="flag", hashes=[f"sha256:saltsalt:{digest}"], case=False)
    assert judge(hashed, "Ludus").verdict == "AC"
    assert judge(hashed, "minerva").verdict == "WA"


@pytest.mark.parametrize(
    ("answer", "spec", "right"),
    [
        ("3.14", {"value": "3.14159", "tolerance": "0.01"}, True),
        ("3,14", {"value": "3.14159", "tolerance": "0.01"}, True),
        ("3.2", {"value": "3.14159", "tolerance": "0.01"}, False),
        ("110", {"value": 100, "tolerance": "0.1", "relative": True}, True),
        ("-110", {"value": -100, "tolerance": "0.1", "relative": True}, True),
        ("111", {"value": 100, "tolerance": "0.1", "relative": True}, False),
        ("1/3", {"value": "1/3"}, True),
    ],
)
def test_a_number_is_right_within_its_tolerance(answer: str, spec: dict[str, Any], right: bool) -> None:
    assert (judge(automatic(kind="number", **spec), answer).verdict == "AC") is right


def test_a_quiz_may_ask_for_every_question() -> None:
    questions = [{"key": key, "name": key, "choices": ["x", "y"], "correct": ["x"]} for key in "ab"]
    some, every = automatic(kind="quiz", questions=questions), automatic(kind="quiz", questions=questions, full_marks=True)
    half = json.dumps({"a": "x", "b": "y"})
    assert judge(some, half) == ("AC", 1)
    assert judge(every, half) == ("WA", 1)
    with pytest.raises(AnswerRefused, match='"c" is not a question'):
        judge(some, '{"c": "x"}')


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\work\\plan.pdf", "plan.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "a_b_Set-Cookie_ x.pdf"),
        ("...", "file"),
        ("Übung (2).md", "Übung (2).md"),
    ],
)
def test_a_file_name_is_safe_in_a_header(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(max_size=300))
def test_no_file_name_breaks_out(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= 120
    assert not set(safe) & set('/\\"\r\n\0')


def test_judges_of_a_blind_round_see_the_field_not_the_name() -> None:
    assert blind_name("paper", "Team Aqua final.PDF") == "paper.pdf"


def test_text_cut_within_a_character_is_still_text() -> None:
    long = ("é" * 5000).encode()
    assert kind_of(long[:8191]) == ""  # a whole small file must be whole
    assert kind_of(b"x" + long[:8191]) == "text"


@given(st.integers(1, 2000), st.binary(min_size=1, max_size=8))
def test_blind_numbers_are_stable_unique_and_near_their_place(count: int, secret: bytes) -> None:
    numbers = [entry_number(ordinal, secret) for ordinal in range(1, count + 1)]
    assert len(set(numbers)) == count
    assert all((number - 1) // 100 == place // 100 for place, number in enumerate(numbers))
    assert numbers[: count // 2] == [entry_number(ordinal, secret) for ordinal in range(1, count // 2 + 1)]


def test_another_secret_gives_other_numbers() -> None:
    first, second = ([entry_number(one, secret) for one in range(1, 101)] for secret in (b"a", b"b"))
    assert first != second
    assert first != list(range(1, 101))
    assert blind_label(1, b"a") == f"Entry {first[0]}"
