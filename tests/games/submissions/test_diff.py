"""What changed between two versions, word by word."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.submissions.rules import What, diff_answers, diff_text

TEXT = st.text(alphabet="ab \n.é", max_size=60)


def told(before: str, after: str) -> str:
    """Removed in [], added in {}, folded as …"""
    marks = {What.SAME: "{}", What.REMOVED: "[{}]", What.ADDED: "{{{}}}", What.SKIPPED: "…"}
    return "".join(marks[one.what].format(one.text) for one in diff_text(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("The water is wet.", "The water is clean.", "The water is [wet]{clean}."),
        ("one two three", "one three", "one [two ]three"),
        ("", "new", "{new}"),
        ("old", "", "[old]"),
        ("same", "same", "same"),
        ("A filter of sand and coal.", "A filter of river gravel and coal.", "A filter of [sand]{river gravel} and coal."),
        ("we walk far every day", "we drive home every day", "we [walk far]{drive home} every day"),
        ("a\nb\nc\n", "a\nx\nc\n", "a\n[b]{x}\nc\n"),
    ],
)
def test_changes_read_as_a_person_would_mark_them(before, after, expected):
    assert told(before, after) == expected


def test_unchanged_paragraphs_far_from_a_change_are_folded():
    lines = [f"Paragraph {number}.\n" for number in range(9)]
    changed = [*lines[:8], "Paragraph nine.\n"]
    pieces = diff_text("".join(lines), "".join(changed))
    assert pieces[0].what is What.SKIPPED
    assert pieces[0].text.count("\n") == 7
    assert pieces[1].text == "Paragraph 7.\n"


@given(TEXT, TEXT)
def test_both_texts_can_be_read_out_of_the_pieces(before, after):
    pieces = diff_text(before, after)
    assert "".join(one.text for one in pieces if one.what is not What.ADDED) == before
    assert "".join(one.text for one in pieces if one.what is not What.REMOVED) == after


@given(TEXT)
def test_a_text_does_not_differ_from_itself(text):
    assert all(one.what in {What.SAME, What.SKIPPED} for one in diff_text(text, text))


def test_answers_are_compared_in_the_order_of_the_form():
    before = {"title": "On wa", "cost": 12, "tags": ["a", "b"], "gone": "x"}
    after = {"title": "On water", "cost": 12, "tags": ["a", "c"]}
    found = {one.key: one for one in diff_answers(["title", "cost", "tags", "empty"], before, after)}
    assert list(found) == ["title", "cost", "tags", "gone"]
    assert [key for key, one in found.items() if one.changed] == ["title", "tags", "gone"]
    assert (found["title"].added, found["title"].removed) == (1, 1)
    assert found["cost"].pieces == ()


def test_a_long_rewritten_text_is_compared_in_no_time():
    before, after = " ".join(f"w{n % 97}" for n in range(40_000)), " ".join(f"v{n % 89}" for n in range(40_000))
    begun = time.process_time()
    assert [one.what for one in diff_text(before, after)] == [What.REMOVED, What.ADDED]
    diff_text("\n" * 50_000, "x\n" + "\n" * 49_000)
    assert time.process_time() - begun < 5
