"""Comparisons on their way to boards, cuts and awards."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from leaderboards.engine.facts import Facts, Submission, Vote
from leaderboards.engine.outcome import Unscored
from leaderboards.engine.pipeline import compute
from leaderboards.engine.spec import statistical
from leaderboards.engine.words import board_rules
from tests.leaderboards.engine.building import groups, places, scores, sound

DESIGN = """
rounds = [{{ key = "expo" }}, {{ key = "final" }}]
boards = [{{ key = "b", rounds = ["expo"], order = ["score", "compared"] }}]
cuts = [{{ board = "b", to = "final", first = 2 }}]
awards = [{{ key = "gold", places = [1, 1] }}]
[[challenges]]
key = "stand"
rounds = ["expo"]
format = "pairwise"
{options}
"""


def vote(a, b, outcome="a", judge="j", count=1, ranking=""):
    return Vote("expo", "stand", judge, a, b, outcome, count, ranking)


VOTES = (vote("a", "b", count=4), vote("b", "a"), vote("b", "c", count=3), vote("c", "a", "b", count=2), vote("a", "c", "tie"))


def run(options="", votes=VOTES, names="abc", submissions=()):
    return compute(sound(DESIGN.format(options=options)), Facts(groups=groups(*names), votes=votes, submissions=submissions))


def cell(outcome, group):
    return outcome.cells["expo", "stand", group]


def test_strengths_rank_and_decide_who_goes_on_and_wins():
    outcome = run()
    assert places(outcome.boards["b"]) == {"a": "1", "b": "2", "c": "3"}
    assert outcome.entrants["final"] == ("a", "b")
    assert [one.group for one in outcome.awards[0].winners] == ["a"]
    assert outcome.problems == ()
    found = cell(outcome, "a").values
    assert (found["compared"], found["won"], found["strength"]) == (8, Fraction(13, 2), cell(outcome, "a").score)


def test_with_a_scale_the_score_is_the_share_of_wins_to_expect():
    found = {group: cell(run("scale = 100"), group).score for group in "abc"}
    assert 50 < found["a"] < 100
    assert sum(found.values()) == pytest.approx(150, abs=1e-5)
    assert cell(run("scale = 100"), "a").values["strength"] == cell(run(), "a").score


def test_strengths_may_be_counted_from_a_group():
    outcome = run('reference = "c"\ndecimals = 2')
    assert scores(outcome.boards["b"])["c"] == "0"
    assert cell(outcome, "a").values["strength"] == cell(run(), "a").score - cell(run(), "c").score


def test_who_was_not_compared_or_too_seldom_has_no_score():
    outcome = run('panels = [{ key = "jury", quorum = 5 }]', names="abcd", votes=(*VOTES[:3], vote("d", "a", "")))
    assert cell(outcome, "d").unscored is Unscored.NO_MARKS
    assert cell(outcome, "c").unscored is Unscored.QUORUM
    assert cell(outcome, "c").values["compared"] == 3
    assert cell(outcome, "a").score is not None
    empty = run(votes=())
    assert {cell(empty, group).unscored for group in "abc"} == {Unscored.NO_MARKS}


def test_who_withdrew_or_is_disqualified_leaves_all_comparisons():
    gone = (Submission("expo", "stand", "c", status="withdrawn"),)
    outcome = run(submissions=gone)
    assert cell(outcome, "c").unscored is Unscored.WITHDRAWN
    assert cell(outcome, "a").score == cell(run(votes=VOTES[:2], names="ab"), "a").score


def test_comparisons_that_fall_apart_are_told():
    outcome = run(votes=(vote("a", "b"), vote("c", "d"), vote("d", "e")), names="abcde")
    assert [str(one) for one in outcome.problems] == [
        (
            'challenge "stand" in round "expo": the comparisons fall apart into 2 parts (3, 2 entries): between entries of different parts'
            " nothing says who is better"
        )
    ]
    assert "was not compared" in str(run('reference = "z"').problems[0])


def test_order_of_rows_never_matters_and_computing_twice_is_the_same():
    dice = random.Random(3)
    votes = [vote(*dice.sample("abcdef", 2), dice.choice(["a", "b", "tie", ""]), f"j{dice.randrange(3)}") for _ in range(40)]
    facts = Facts(groups=groups(*"abcdef"), votes=tuple(votes))
    scoring = sound(DESIGN.format(options=""))
    mixed = replace(facts, votes=tuple(dice.sample(votes, len(votes))))
    assert compute(scoring, mixed) == compute(scoring, facts) == compute(scoring, facts)


def test_the_order_of_a_board_may_ask_for_what_is_behind_a_strength():
    told = " ".join(board_rules(sound(DESIGN.format(options="")), "b"))
    assert "Higher score is better; ties go to the higher number of comparisons" in told


def test_fitted_results_are_known_as_such():
    plain = 'rounds = [{ key = "r" }]\nboards = [{ key = "b" }]\n[[challenges]]\nkey = "c"\ncriteria = [{ key = "m" }]\n'
    assert not statistical(sound(plain))
    assert statistical(sound(DESIGN.format(options="")))
    assert statistical(sound(plain + 'panels = [{ key = "jury", combine = "severity" }]'))
