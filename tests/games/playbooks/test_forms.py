"""Answers to a form: what is kept, and how each fault is named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.playbooks.forms import AnswersRefused, Attached, check_answers
from games.playbooks.schema import FormField

FORM = [
    FormField.model_validate(one)
    for one in (
        {"key": "title", "name": "Title", "required": True, "max_length": 10},
        {"key": "cost", "type": "number", "min": 0, "max": 100, "step": "0.5"},
        {"key": "field", "type": "choice", "choices": ["water", "air"]},
        {"key": "tags", "type": "choice", "choices": ["a", "b", "c"], "many": True},
        {"key": "site", "type": "url", "max_length": 40},
        {"key": "paper", "type": "file", "types": ["pdf"], "max_bytes": 100},
    )
]
FILES = {
    1: Attached("paper", "pdf", 100),
    2: Attached("paper", "exe", 5),
    3: Attached("other", "pdf", 5),
    4: Attached("paper", "pdf", 101),
}


def faults(answers: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(AnswersRefused) as refused:
        check_answers(FORM, answers, files=FILES)
    return {one.where: one.message for one in refused.value.problems}


def test_answers_are_kept_in_a_fixed_form() -> None:
    given_ = {"title": "On water", "cost": 2.5, "field": "air", "tags": ["c", "a"], "site": " https://example.org/x ", "paper": 1}
    assert check_answers(FORM, given_, files=FILES) == {
        "title": "On water",
        "cost": "2.5",
        "field": "air",
        "tags": ["a", "c"],
        "site": "https://example.org/x",
        "paper": 1,
    }


def test_unanswered_fields_are_left_out() -> None:
    empty = {"title": "T", "cost": "", "field": None, "tags": [], "site": "  "}
    assert check_answers(FORM, empty) == {"title": "T"}


def test_every_fault_is_named_at_once() -> None:
    assert faults({"cost": 101, "field": "fire", "colour": "red"}) == {
        "colour": "not a field of the form; known: cost, field, paper, site, tags, title",
        "title": "Title: an answer is needed",
        "cost": "cost: 101 is outside 0 to 100",
        "field": "field: 'fire' is not among the choices: water, air",
    }


@pytest.mark.parametrize(
    ("key", "answer", "words"),
    [
        ("title", "x" * 11, "at most 10 characters, found 11"),
        ("title", 7, "expected text, found 7"),
        ("title", "a\0b", "without null characters"),
        ("cost", "2.25", "not on the step 0.5"),
        ("cost", "much", "expected a number"),
        ("cost", True, "expected a number"),
        ("cost", 1e300, "expected a number"),
        ("tags", ["a", "z"], "'z' is not among the choices"),
        ("tags", [["a"]], "is not among the choices"),
        ("field", ["air"], "is not among the choices"),
        ("site", "javascript:alert(1)", "begins with https://"),
        ("site", "https://", "begins with https://"),
        ("site", "https://example.org/a b", "begins with https://"),
        ("site", "https://[", "begins with https://"),
        ("site", "https://example.org/" + "x" * 40, "at most 40 characters"),
        ("paper", 2, 'ending in "exe" is not taken'),
        ("paper", 3, "uploaded for this field"),
        ("paper", 4, "101 bytes, at most 100"),
        ("paper", 9, "uploaded for this field"),
        ("paper", True, "uploaded for this field"),
        ("paper", "1", "uploaded for this field"),
    ],
)
def test_what_an_answer_must_be(key: str, answer: Any, words: str) -> None:
    found = faults({"title": "T", key: answer})
    assert list(found) == [key]
    assert words in found[key]


def test_numbers_beyond_what_json_keeps_become_text() -> None:
    free = [FormField.model_validate({"key": "n", "type": "number"})]
    assert check_answers(free, {"n": 2**53})["n"] == str(2**53)
    assert check_answers(free, {"n": 2**53 - 1})["n"] == 2**53 - 1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([one.key for one in FORM]), _JSON, max_size=6))
def test_whatever_json_is_sent_is_taken_or_refused_and_taken_twice_alike(answers: dict[str, Any]) -> None:
    try:
        checked = check_answers(FORM, answers, files=FILES)
    except AnswersRefused:
        return
    assert check_answers(FORM, checked, files=FILES) == checked
