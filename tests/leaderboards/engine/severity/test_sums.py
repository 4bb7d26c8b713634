"""Who cannot be told apart on boards that add up several panels."""

from fractions import Fraction
from math import sqrt
from statistics import mean
from typing import Any

import numpy as np
import pytest

from leaderboards.engine.analysing import board_digest, board_tables, board_ties, digest, panel_tables
from leaderboards.engine.facts import Attempt, Attempts, Facts, Mark
from leaderboards.engine.pipeline import compute
from leaderboards.engine.severity.sums import _add, precision_in, summed_ties
from leaderboards.engine.severity.uncertainty import pair_errors
from leaderboards.engine.spec import Scoring
from tests.leaderboards.engine.building import groups, sound

F = Fraction
RULES = """
rounds = [{{ key = "r" }}, {{ key = "s" }}]
boards = [{{ key = "b", {board} }}]
[[challenges]]
key = "c"
rounds = ["r"]
{task}
criteria = [{{ key = "x", min = 0, max = 20 }}]
panels = [{{ key = "jury"{panel} }}]
[[challenges]]
key = "d"
rounds = ["s"]
criteria = [{{ key = "x", min = 0, max = 20 }}]
"""
GIVEN = {  # judged by three, twice
    "c": {"ann": (14, 15, 16), "bob": (14, 14, 16), "cat": (11, 12, 13), "dan": (5, 6, 7)},
    "d": {"ann": (10, 12, 14), "bob": (10, 12, 13), "cat": (8, 10, 12), "dan": (9, 10, 11)},
}


def scoring(board: str = 'weights = { r = "0.5", s = 2 }', task: str = "", panel: str = "") -> Scoring:
    return sound(RULES.format(board=board, task=task, panel=panel))


def facts(given: Any = GIVEN) -> Facts:
    marks = tuple(
        Mark({"c": "r", "d": "s"}[task], task, group, f"{task}{number}", "x", F(value))
        for task, rows in given.items()
        for group, values in rows.items()
        for number, value in enumerate(values)
    )
    return Facts(groups=groups("ann", "bob", "cat", "dan"), marks=marks)


def told(rules: Scoring, found: Facts) -> Any:
    outcome = compute(rules, found)
    tables = {(one.round, one.challenge, one.panel): one for one in panel_tables(rules, found, outcome)}
    return [(board.id, weighed, board_ties(weighed, tables)) for board, weighed in board_tables(rules, outcome)]


def expected(weights: dict[str, float]) -> dict[str, list[str]]:
    """By hand: each panel's variance about its means, weighed twice, over three sheets, for both of a pair."""
    variance = 0.0
    for task, weight in weights.items():
        rows = GIVEN[task].values()
        s2 = sum((value - mean(row)) ** 2 for row in rows for value in row) / (12 - 4)
        variance += weight**2 * s2 * 2 / 3
    scores = {group: sum(weight * mean(GIVEN[task][group]) for task, weight in weights.items()) for group in GIVEN["c"]}
    return {
        one: sorted(other for other in scores if other != one and abs(scores[one] - scores[other]) < sqrt(variance))
        for one in scores
    }


@pytest.mark.parametrize(
    ("board", "weights"),
    [
        ('weights = { r = "0.5", s = 2 }', {"c": 0.5, "d": 2}),
        ('weights = { r = 1, s = 3 }\ncombine = "mean"', {"c": 0.25, "d": 0.75}),
        ('rounds = ["r", "s"]', {"c": 1, "d": 1}),
    ],
)
def test_errors_are_weighed_as_the_board_weighs_values(board: str, weights: dict[str, float]) -> None:
    [(key, weighed, found)] = told(scoring(board.replace("\n", ", ")), facts())
    assert (key, found["why"]) == ("b", "")
    shares = weighed.rows[""][0][2]
    assert {place[1]: float(share) for place, share in shares.items()} == weights
    wanted = expected(weights)
    assert {key: sorted(found["tied"].get(key, [])) for key in wanted} == wanted
    assert wanted["ann"] == ["bob"]


def test_a_number_times_the_score_and_two_panels_on_one_task_are_weighed_too() -> None:
    rules = sound(
        """
        rounds = [{ key = "r", combine = "mean" }]
        [[boards]]
        key = "b"
        [[challenges]]
        key = "c"
        combine = "mean"
        weight = 3
        adjust = [{ times = 2 }, { plus = 5 }]
        criteria = [{ key = "x", min = 0, max = 20, weight = 3 }, { key = "y", panel = "crowd", min = 0, max = 20 }]
        panels = [{ key = "jury" }, { key = "crowd" }]
        [[challenges]]
        key = "run"
        format = "measured"
        """
    )
    marks = [
        Mark("r", "c", group, f"{one}{judge}", one, F(value + judge))
        for group, value in (("ann", 9), ("bob", 5))
        for one in "xy"
        for judge in range(3)
    ]
    tries = [Attempt("r", "run", group, 1, "", F(3)) for group in ("ann", "bob")]
    found = Facts(groups=groups("ann", "bob"), marks=tuple(marks), attempts=Attempts(tries))
    [(_key, weighed, ties)] = told(rules, found)
    assert weighed.rows[""][0][2] == {("r", "c", "jury"): F(3, 4) * 2 * F(3, 4), ("r", "c", "crowd"): F(3, 4) * 2 * F(1, 4)}
    assert ties == {"why": "", "tied": {}}


@pytest.mark.parametrize(
    ("board", "task", "panel", "why"),
    [
        ('points = "borda"', "", "", "turned into points"),
        ("best = 1", "", "", "only the best"),
        ('order = ["r", "s"]', "", "", "not what orders"),
        ("", "", ', combine = "median"', "not a mean"),
        ("", 'fields = [{ key = "f", default = 2 }]\nadjust = [{ times = "f" }]', "", "a number of the entry"),
        ("", 'format = "ranking"', ', points = "borda"', "ranks are added"),
    ],
)
def test_where_it_cannot_be_told_the_board_says_why(board: str, task: str, panel: str, why: str) -> None:
    head = 'rounds = ["r", "s"]' + (f", {board}" if board else "")
    [(_key, _weighed, found)] = told(scoring(head, task, panel), facts())
    assert (why in found["why"], found["tied"]) == (True, {})


def test_one_sheet_for_each_entry_says_nothing_about_noise() -> None:
    alone = {"c": GIVEN["c"], "d": {group: values[:1] for group, values in GIVEN["d"].items()}}
    [(_key, _weighed, found)] = told(scoring(), facts(alone))
    assert found == {"why": "too few entries have several sheets", "tied": {}}


def test_boards_of_one_panel_on_one_task_are_told_by_its_own_analysis() -> None:
    assert told(scoring('rounds = ["r"]'), facts()) == []


def test_the_same_marks_have_the_same_name() -> None:
    rules, found = scoring(), facts()
    outcome = compute(rules, found)
    names = {(one.round, one.challenge, one.panel): digest(one) for one in panel_tables(rules, found, outcome)}
    [(_board, weighed)] = board_tables(rules, outcome)
    assert board_digest(weighed, names) == board_digest(weighed, dict(names))
    assert board_digest(weighed, names) != board_digest(weighed, names | {("r", "c", "jury"): "other"})


def test_with_severities_two_halves_of_the_same_panel_err_by_the_root_of_two_less() -> None:
    """One panel alone errs as its analysis says; two that err alike and independently, each counted half, by 1/sqrt(2) of that."""
    rows = [
        Mark("r", "c", f"g{entry}", f"j{judge}", "x", F(10 + entry + 2 * judge + (entry * 7 + judge * 5) % 3))
        for entry in range(8)
        for judge in range(5)
        if (entry + judge) % 5 < 3
    ]
    rules = scoring('rounds = ["r"]', panel=', combine = "severity"')
    found = Facts(groups=groups(*(f"g{entry}" for entry in range(8))), marks=tuple(rows))
    [table] = panel_tables(rules, found, compute(rules, found))
    precision = precision_in(table)
    assert precision is not None
    assert table.applied
    keys = list(precision.fit.ratings.entries)
    one, two = [np.zeros(len(keys) - 1)], [np.zeros(len(keys) - 1)]
    _add(one, precision, keys, dict.fromkeys(keys, F(1)))
    for _ in range(2):
        _add(two, precision, keys, dict.fromkeys(keys, F(1, 2)))
    alone = pair_errors(precision, np.arange(len(keys) - 1), np.arange(1, len(keys)))
    assert np.sqrt(one[0]) == pytest.approx(alone)
    assert np.sqrt(two[0]) == pytest.approx(alone / sqrt(2))
    assert summed_ties([], []) == {}
