"""The innovation competition of the vocabulary, number by number: scores, ties at the cut, wildcard, places, awards, money."""

import pytest

from leaderboards.engine.facts import Facts
from leaderboards.engine.numbers import text
from leaderboards.engine.outcome import Fate, Unscored
from leaderboards.engine.pipeline import compute
from tests.leaderboards.engine.building import F, decide, fields, groups, marks, places, scores, single, sound

DESIGN = """
rounds = [{ key = "call", name = "Sealed call" }, { key = "final", name = "Pitch" }]
boards = [
  { key = "result", weights = { call = 0.3, final = 0.7 }, decimals = 2, order = ["score", "final.jury", "final.appeal"] },
  { key = "call", rounds = ["call"], order = ["score", "impact"] },
  { key = "favourite", rounds = ["final"], order = ["appeal"] },
]
cuts = [{ board = "call", to = "final", first = 2, ties = "include", wildcards = 1 }]
awards = [
  { key = "gold", set = "medals", places = [1, 1] },
  { key = "silver", set = "medals", places = [2, 2] },
  { key = "finalist", set = "medals", kind = "certificate", at_least = 50 },
  { key = "money", kind = "money", amounts = [500000, 250000, 100000], ties = "split" },
  { key = "audience-favourite", kind = "badge", board = "favourite", places = [1, 1] },
]
[[challenges]]
key = "concept"
rounds = ["call"]
combine = "mean"
scale = 100
decimals = 2
criteria = [
  { key = "impact", weight = 40, min = 1, max = 5, step = 1 },
  { key = "novelty", weight = 30, min = 1, max = 5, step = 1 },
  { key = "feasibility", weight = 30, min = 1, max = 5, step = 1 },
]
panels = [{ key = "jury", quorum = 3 }]
[[challenges]]
key = "prototype"
rounds = ["final"]
combine = "mean"
scale = 100
decimals = 2
criteria = [
  { key = "evidence", panel = "jury", weight = 50, min = 1, max = 5, step = 1 },
  { key = "craft", panel = "jury", weight = 30, min = 1, max = 5, step = 1 },
  { key = "appeal", panel = "audience", weight = 20, min = 0, max = 10, step = 1 },
]
panels = [{ key = "jury", per = "sheet", quorum = 3 }, { key = "audience", quorum = 5 }]
fields = [{ key = "late_days", min = 0, default = 0 }]
adjust = [{ minus = "late_days" }]
"""
CALL = {
    "aqua": "543 554 444",
    "brook": "444 444 345",
    "cloud": "333 433 343",
    "delta": "345 344 544",
    "estuary": "222 333 232",
    "fjord": "535 4-- 551 rrr",
}
JURY = {"aqua": "54 44 45", "brook": "45 44 45", "delta": "55 44 54", "estuary": "34 33 43"}
AUDIENCE = {"aqua": "6 7 8 6 7", "brook": "9 8 10 9 8", "delta": "5 6 7 6 6", "estuary": "10 9 9 10 9"}


@pytest.fixture(scope="module")
def outcome():
    facts = Facts(
        groups=groups(*CALL),
        marks=(
            *marks("call", "concept", "impact novelty feasibility", CALL),
            *marks("final", "prototype", "evidence craft", JURY),
            *single("final", "prototype", "appeal", AUDIENCE, judge="voter"),
        ),
        submissions=fields("final", "prototype", {"delta": {"late_days": 2}}),
        decisions=(decide("advance", "estuary", board="call", round="final", reason="promising"),),
    )
    return compute(sound(DESIGN), facts)


def test_nothing_is_wrong(outcome):
    assert outcome.problems == ()


def test_the_call_has_its_scores_and_shared_places(outcome):
    board = outcome.boards["call"]
    assert scores(board) == {
        "aqua": "81.67",
        "brook": "74.17",
        "delta": "74.17",
        "cloud": "55.83",
        "estuary": "35.83",
        "fjord": None,
    }
    assert places(board) == {"aqua": "1", "brook": "2", "delta": "2", "cloud": "4", "estuary": "5", "fjord": None}
    assert board.row("fjord").status == "unscored"


def test_two_whole_sheets_are_below_the_quorum(outcome):
    cell = outcome.cells["call", "concept", "fjord"]
    assert cell.unscored is Unscored.QUORUM
    fates = {(fold.criterion, mark.judge): mark.fate for fold in cell.folds for mark in fold.marks}
    assert fates["impact", "j2"] is Fate.INCOMPLETE
    assert fates["impact", "j4"] is Fate.RECUSED
    assert fates["impact", "j1"] is Fate.COUNTED


def test_the_cut_falls_into_a_tie_and_a_wildcard_comes_on_top(outcome):
    (cut,) = outcome.cuts
    assert (cut.through, cut.wildcards, cut.undecided) == (("aqua", "brook", "delta"), ("estuary",), ())
    assert outcome.entrants == {"call": tuple(sorted(CALL)), "final": ("aqua", "brook", "delta", "estuary")}


def test_the_final_and_the_result(outcome):
    assert {key: text(outcome.cells["final", "prototype", key].score) for key in JURY} == {
        "aqua": "80.27",
        "brook": "82.6",
        "delta": "80.83",
        "estuary": "65.47",
    }
    assert scores(outcome.boards["result"]) == {"aqua": "80.69", "brook": "80.07", "delta": "78.83", "estuary": "56.58"}
    assert list(places(outcome.boards["result"]).values()) == ["1", "2", "3", "4"]


def test_the_favourite_of_the_audience(outcome):
    assert places(outcome.boards["favourite"]) == {"estuary": "1", "brook": "2", "aqua": "3", "delta": "4"}


def test_awards_of_a_set_go_to_each_group_once(outcome):
    won = {award.key: [winner.group for winner in award.winners] for award in outcome.awards}
    assert won == {
        "gold": ["aqua"],
        "silver": ["brook"],
        "finalist": ["delta", "estuary"],
        "money": ["aqua", "brook", "delta"],
        "audience-favourite": ["estuary"],
    }


def test_the_money_is_paid_by_place(outcome):
    money = next(award for award in outcome.awards if award.key == "money")
    assert [winner.cents for winner in money.winners] == [500000, 250000, 100000]
    assert (money.budget, money.unallocated) == (850000, 0)


def test_a_score_can_be_explained_step_by_step(outcome):
    cell = outcome.cells["final", "prototype", "delta"]
    assert cell.values["late_days"] == 2
    (step,) = cell.steps
    assert (step.verb, step.by, step.amount, step.after) == ("minus", "late_days", 2, F(485, 6))
    sheets = next(fold for fold in cell.folds if fold.panel == "jury" and not fold.criterion)
    assert [(mark.judge, mark.used) for mark in sheets.marks] == [("j1", 100), ("j2", 75), ("j3", F(725, 8))]
    assert sheets.value == cell.values["jury"] == F(2125, 24)
