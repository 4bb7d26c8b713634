"""A panel that adjusts for severity, through the whole pipeline."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.facts import Facts, Mark
from leaderboards.engine.numbers import Rounding, rounded, text
from leaderboards.engine.outcome import Fate
from leaderboards.engine.pipeline import compute
from leaderboards.engine.words import challenge_rules
from tests.leaderboards.engine.building import groups, places, scores, sound

F = Fraction

JURY = """
rounds = [{{ key = "r" }}]
boards = [{{ key = "b" }}]
[[challenges]]
key = "c"
combine = "{combine}"
criteria = [{{ key = "x", min = 0, max = 20 }}, {{ key = "y", min = 0, max = 20, weight = 2 }}]
panels = [{{ key = "jury", combine = "{fold}"{more} }}]
"""
EIGHT = tuple("abcdefgh")


def scoring(fold: str = "severity", more: str = "", combine: str = "sum"):
    return sound(JURY.format(fold=fold, more=more, combine=combine))


def marked(each: int = 3, judges: int = 5, seed: int = 3, strict: int = 0) -> tuple[Mark, ...]:
    """Every entry is read by `each` of the judges; judge j0 marks `strict` lower."""
    dice = random.Random(seed)
    rows = []
    for place, group in enumerate(EIGHT):
        for judge in range(judges) if each >= judges else [(place + step) % judges for step in range(each)]:
            for criterion in "xy":
                value = 5 + place + dice.randint(-1, 1) - strict * (judge == 0)
                rows.append(Mark("r", "c", group, f"j{judge}", criterion, F(value)))
    return tuple(rows)


def outcome(rules, marks):
    return compute(rules, Facts(groups=groups(*EIGHT), marks=marks))


def test_each_mark_says_what_was_given_and_what_was_used():
    found = outcome(scoring(), marked(strict=4))
    offsets = found.offsets["r", "c", "jury", "x"]
    assert (offsets.why, offsets.offsets["j0"] < -2) == ("", True)
    for cell in found.cells.values():
        for fold in cell.folds:
            taken = found.offsets["r", "c", "jury", fold.criterion].offsets
            assert {mark.fate for mark in fold.marks} == {Fate.ADJUSTED}
            assert all(mark.used == mark.given - taken[mark.judge] for mark in fold.marks)
            mean = sum((mark.used for mark in fold.marks), F(0)) / len(fold.marks)
            assert fold.value == rounded(mean, 6, Rounding.HALF_EVEN)
        assert cell.score == cell.values["x"] + 2 * cell.values["y"]


def test_offsets_have_six_decimals_and_lam_six_digits():
    found = outcome(scoring(), marked(strict=4)).offsets["r", "c", "jury", "x"]
    assert all((value * 10**6).denominator == 1 for value in found.offsets.values())
    assert len(text(found.lam).replace(".", "").lstrip("0")) <= 6


def test_a_strict_judge_costs_nobody_a_place():
    """Each entry is equally good; one judge gives 4 less. Who met that judge is behind by the plain mean only."""
    level = tuple(replace(one, value=F(10) + (hash_of(one) % 3) - (4 if one.judge == "j0" else 0)) for one in marked(each=3))
    plain, adjusted = outcome(scoring("mean"), level), outcome(scoring(), level)
    met = {one.group for one in level if one.judge == "j0"}

    def gap(found) -> F:
        means = [[found.boards["b"].row(group).score for group in EIGHT if (group in met) is seen] for seen in (True, False)]
        return abs(sum(means[0], F(0)) / len(means[0]) - sum(means[1], F(0)) / len(means[1]))

    assert gap(adjusted) < gap(plain) / 3


def hash_of(mark: Mark) -> int:
    return sum(map(ord, f"{mark.group}{mark.judge}{mark.criterion}"))


def test_where_everybody_judges_everything_the_ranking_is_that_of_the_mean():
    marks = marked(each=5, strict=3)
    assert places(outcome(scoring(), marks).boards["b"]) == places(outcome(scoring("mean"), marks).boards["b"])


def test_sheets_are_adjusted_as_a_whole():
    found = outcome(scoring(more=', per = "sheet"'), marked(strict=4))
    assert list(found.offsets) == [("r", "c", "jury", "")]
    cell = found.cells["r", "c", "a"]
    fold = next(one for one in cell.folds if one.criterion == "")
    assert {mark.fate for mark in fold.marks} == {Fate.ADJUSTED}
    assert cell.score == fold.value


@pytest.mark.parametrize(
    ("marks", "why"),
    [
        (marked(judges=3), "there are fewer than 4 judges (3)"),
        (marked(each=2), "too few entries were judged more than once (8 marks beyond the first of each entry, 15 are needed)"),
    ],
)
def test_where_a_gate_fails_the_mean_counts_and_the_outcome_says_so(marks, why):
    found = outcome(scoring(), marks)
    assert scores(found.boards["b"]) == scores(outcome(scoring("mean"), marks).boards["b"])
    assert {one.why for one in found.offsets.values()} == {why}
    said = [str(one) for one in found.problems if "severity" in one.message]
    assert said == [
        f'challenge "c" in round "r": panel "jury" (x, y): the judges\' severity is not taken off, because {why}: the mean counts'
    ]
    assert {mark.fate for cell in found.cells.values() for fold in cell.folds for mark in fold.marks} == {Fate.COUNTED}


def test_without_marks_there_is_nothing_to_say():
    found = outcome(scoring(), ())
    assert (dict(found.offsets), [one for one in found.problems if "severity" in one.message]) == ({}, [])


def test_entries_nobody_judged_are_listed_last_without_a_place():
    marks = tuple(one for one in marked(each=4) if one.group != "h")
    assert places(outcome(scoring(), marks).boards["b"])["h"] is None


def test_a_clipped_mark_was_adjusted_first():
    wild = tuple(
        replace(one, value=F(20)) if (one.group, one.judge, one.criterion) == ("a", "j1", "x") else one for one in marked()
    )
    rules = scoring("severity_clip", ', band = { width = 1.5, around = "median" }')
    fold = outcome(rules, wild).cells["r", "c", "a"].folds[0]
    fates = {mark.judge: mark.fate for mark in fold.marks}
    assert (fates["j1"], {fates["j0"], fates["j2"]}) == (Fate.CLIPPED, {Fate.ADJUSTED})
    used = {mark.judge: mark.used for mark in fold.marks}
    assert used["j1"] == fold.centre + F(3, 2)
    assert (
        fold.centre
        == sorted(mark.given - outcome(rules, wild).offsets["r", "c", "jury", "x"].offsets[mark.judge] for mark in fold.marks)[1]
    )


def test_a_clipped_panel_that_fails_its_gate_still_pulls():
    rules = scoring("severity_clip", ', band = { width = 1, around = "median" }')
    plain = scoring("mean", ', band = { width = 1, around = "median" }')
    marks = marked(judges=3)
    assert scores(outcome(rules, marks).boards["b"]) == scores(outcome(plain, marks).boards["b"])


def test_a_recused_judge_is_out_of_the_fit():
    marks = marked(strict=4)
    gone = tuple(replace(one, value=None, state="recused") if (one.group, one.judge) == ("a", "j0") else one for one in marks)
    without = tuple(one for one in marks if (one.group, one.judge) != ("a", "j0"))
    assert outcome(scoring(), gone).offsets == outcome(scoring(), without).offsets
    assert scores(outcome(scoring(), gone).boards["b"]) == scores(outcome(scoring(), without).boards["b"])


def test_an_adjusted_score_may_leave_the_scale():
    marks = tuple(replace(one, value=F(20)) if one.group == "f" else one for one in marked(strict=6))
    found = outcome(scoring(), marks)
    assert max(cell.values["x"] for cell in found.cells.values()) > 20


def test_panel_decimals_round_what_is_shown_and_ranked():
    found = outcome(scoring(more=", decimals = 1"), marked(strict=4))
    assert all((cell.values["x"] * 10).denominator == 1 for cell in found.cells.values())


@given(st.integers(0, 500), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(seed, dice):
    marks = marked(seed=seed, strict=seed % 5)
    assert outcome(scoring(), tuple(dice.sample(marks, len(marks)))) == outcome(scoring(), marks)


@given(st.integers(0, 500), st.permutations(EIGHT), st.permutations(range(5)))
def test_other_names_change_nothing_else(seed, order, judges):
    marks = marked(seed=seed, strict=3)
    new = dict(zip(EIGHT, order, strict=True))
    renamed = tuple(replace(one, group=new[one.group], judge=f"j{judges[int(one.judge[1:])]}") for one in marks)
    before, after = scores(outcome(scoring(), marks).boards["b"]), scores(outcome(scoring(), renamed).boards["b"])
    assert {new[group]: score for group, score in before.items()} == after


def test_the_rules_in_words():
    told = challenge_rules(scoring(), scoring().challenges[0])
    assert told[1].startswith("Some judges mark lower than others who saw the same entries.")
    assert "worked out from all marks of the challenge, criterion by criterion, with doubt where a judge saw little" in told[1]
    assert told[2] == (
        "With fewer than 4 judges, or fewer than 15 marks beyond the first of each entry, nothing is taken off, and the marks count as they are."
    )
    assert told[3] == "The value of the panel is the mean of the adjusted marks, rounded to 6 decimals."
    clipped = scoring("severity_clip", ', per = "sheet", band = { width = 1.5, around = "median" }')
    told = challenge_rules(clipped, clipped.challenges[0])
    assert "Adjusted sheets further than 1.5 from the median are pulled to that distance, once." in told
