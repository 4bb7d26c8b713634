"""How a score came about, in words and chips."""

import pytest

from backend.web.explained import explained
from games.playbooks.schema import ChallengeDesign

SPEC = ChallengeDesign.model_validate({"key": "c", "criteria": [{"key": "x"}], "panels": [{"key": "jury"}]})


def marks_of(*marks):
    fold = {"panel": "jury", "criterion": "x", "centre": None, "value": "7", "weighted": "7", "marks": list(marks)}
    return explained(SPEC, {"panels": [fold], "steps": []}, status="scored")


@pytest.mark.parametrize(
    ("mark", "used", "words"),
    [
        (["j", "8", "7.587655", "adjusted"], "7.59", "without the judge's severity"),
        (["j", "8", "7", "clipped"], "7.00", "without the judge's severity, then pulled to the others"),
        (["j", "8", "7.5", "pulled"], "7.5", "pulled to the others"),
        (["j", "8", "8", "counted"], None, "counted"),
        (["j", "8", None, "dropped"], None, "left out: highest or lowest"),
    ],
)
def test_a_mark_says_what_was_given_and_what_counted(mark, used, words):
    found = marks_of(mark)["panels"][0]["rows"][0]["marks"][0]
    assert (found["given"], found["used"], found["words"]) == ("8", used, words)


def test_what_became_of_marks_is_told_once_below():
    found = marks_of(["j", "8", "7.5", "adjusted"], ["k", "6", "6.2", "adjusted"], ["l", "6", "6", "counted"])
    assert found["fates"] == [{"fate": "adjusted", "words": "without the judge's severity"}]


@pytest.mark.parametrize(
    ("fate", "value", "centre"), [("adjusted", "7.43", "7.00"), ("clipped", "7.43", "7.00"), ("pulled", "7.428571", "7.001")]
)
def test_what_statistics_gave_is_read_with_two_decimals(fate, value, centre):
    fold = {
        "panel": "jury",
        "criterion": "x",
        "centre": "7.001",
        "value": "7.428571",
        "weighted": "14.857142",
        "marks": [["j", "8", "7.5", fate]],
    }
    panel = explained(SPEC, {"panels": [fold], "steps": []}, status="scored")["panels"][0]
    row = panel["rows"][0]
    assert (row["value"], row["centre"], row["weighted"]) == (value, centre, "14.86" if fate != "pulled" else "14.857142")
    assert panel["weighted"]


PAIRS = {"strength": "0.843211", "expected": "71.356", "compared": "9.5", "won": "6"}


def in_pairs(values, status="scored", **rules):
    spec = ChallengeDesign.model_validate({"key": "c", "format": "pairwise", **rules})
    return explained(spec, {"panels": [], "steps": []}, status=status, values=values)


def test_a_score_from_pairs_says_how_often_and_against_whom():
    found = in_pairs(PAIRS, scale=100)["pairs"]
    assert found[0].startswith("Compared 9.5 times, won 6:")
    assert "71.36 of 100" in found[1]
    assert "strength is 0.84, where 0 is the middle" in found[2]


def test_without_a_scale_the_strength_is_the_score_counted_from_the_reference():
    found = in_pairs(PAIRS, reference="anchor")["pairs"]
    assert len(found) == 2
    assert found[1] == "Its strength is 0.84, counted from anchor."


def test_without_comparisons_there_is_only_the_reason():
    nothing = {"strength": None, "expected": None, "compared": "0", "won": None}
    found = in_pairs(nothing, status="no_marks")
    assert found["pairs"] == []
    assert str(found["why"]) == "Compared with nobody yet."
    assert str(in_pairs(nothing | {"compared": "3"}, status="quorum")["why"]) == "Compared too rarely for a score."
    assert marks_of(["j", "8", "8", "counted"])["pairs"] == []
