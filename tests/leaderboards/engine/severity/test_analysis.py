"""What is told about a panel, for any method, size and gap."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaderboards.engine.analysing import digest, panel_tables
from leaderboards.engine.facts import Facts, Mark
from leaderboards.engine.numbers import parse
from leaderboards.engine.pipeline import compute
from leaderboards.engine.severity import analysis
from leaderboards.engine.severity.analysis import analyse
from tests.leaderboards.engine.building import decide, groups, sound
from tests.leaderboards.engine.severity.test_pipeline import EIGHT, marked

F = Fraction

RULES = """
rounds = [{{ key = "r" }}, {{ key = "s" }}, {{ key = "t" }}]
boards = [{{ key = "b", rounds = ["r"] }}, {{ key = "other", rounds = ["s"] }}]
cuts = [{{ board = "b", to = "s", first = 5 }}, {{ board = "other", to = "t", first = 2 }}]
awards = [{{ key = "medals", places = [1, 4] }}]
[[challenges]]
key = "c"
rounds = ["r"]
combine = "{combine}"
{extra}
criteria = [{{ key = "x", min = 0, max = 20 }}, {{ key = "y", min = 0, max = 20, weight = 2 }}]
panels = [{{ key = "jury"{panel} }}]
"""


def scoring(panel: str = "", combine: str = "sum", extra: str = ""):
    return sound(RULES.format(panel=panel, combine=combine, extra=extra))


def tables(marks, rules=None, **facts):
    rules = rules or scoring()
    found = Facts(groups=groups(*EIGHT), marks=tuple(marks), **facts)
    return list(panel_tables(rules, found, compute(rules, found)))


def told(marks, rules=None, **facts):
    return analyse(tables(marks, rules, **facts)[0], seed=1)


def by(rows, key="group"):
    return {row[key]: row for row in rows}


def test_everything_is_there_as_text():
    body = told(marked(each=3, strict=4))
    assert set(body) == {
        *("method", "applied", "why", "lam", "s2", "sb2", "components", "lambda2", "alpha", "reliability", "icc", "warnings"),
        *("entries", "judges", "outliers", "taken"),
    }
    assert (body["method"], body["applied"], body["why"], body["components"]) == ("mean", False, "", 1)
    entry = body["entries"][0]
    assert set(entry) == {
        *(
            "group",
            "n",
            "raw",
            "adjusted",
            "official",
            "place_raw",
            "place",
            "spread",
            "se",
            "low",
            "high",
            "top",
            "sure",
            "tied_with",
        ),
    }
    assert entry["place"] == 1
    assert [row["place"] for row in body["entries"]] == sorted(row["place"] for row in body["entries"])
    assert entry["low"] <= entry["place"] <= entry["high"]
    assert set(body["judges"][0]) == {"judge", "n", "offset", "se", "consistency", "halo", "centrality", "flags"}
    for text in (body["lam"], body["alpha"], entry["raw"], entry["se"], body["judges"][0]["offset"]):
        parse(text)


def test_a_strict_judge_is_seen_whatever_the_method():
    judges = by(told(marked(each=3, strict=4))["judges"], "judge")
    assert float(judges["j0"]["offset"]) < -5
    assert "severe" in judges["j0"]["flags"]


def test_where_the_result_is_adjusted_the_analysis_tells_the_official_values_and_offsets():
    rules, marks = scoring(', combine = "severity"'), marked(each=3, strict=4)
    outcome = compute(rules, Facts(groups=groups(*EIGHT), marks=marks))
    body = told(marks, rules)
    assert (body["method"], body["applied"]) == ("severity", True)
    for row in body["entries"]:
        assert row["adjusted"] == row["official"]
        assert parse(row["official"]) == outcome.cells["r", "c", row["group"]].values["jury"]
    offsets = {criterion: outcome.offsets["r", "c", "jury", criterion].offsets for criterion in "xy"}
    assert [(one["criterion"], parse(one["lam"])) for one in body["taken"]] == [
        (criterion, outcome.offsets["r", "c", "jury", criterion].lam) for criterion in "xy"
    ]
    assert {judge: parse(value) for judge, value in body["taken"][0]["offsets"].items()} == offsets["x"]
    for row in body["judges"]:
        assert parse(row["offset"]) == offsets["x"][row["judge"]] + 2 * offsets["y"][row["judge"]]


def test_offsets_of_a_mean_of_criteria_are_weighed_and_divided():
    rules, marks = scoring(', combine = "severity"', combine="mean"), marked(each=3, strict=4)
    outcome = compute(rules, Facts(groups=groups(*EIGHT), marks=marks))
    offsets = {criterion: outcome.offsets["r", "c", "jury", criterion].offsets for criterion in "xy"}
    row = by(told(marks, rules)["judges"], "judge")["j0"]
    assert abs(parse(row["offset"]) - (offsets["x"]["j0"] + 2 * offsets["y"]["j0"]) / 3) < F(1, 10**6)


def test_behind_a_gate_the_mean_stands_and_the_reason_is_given():
    body = told(marked(judges=3))
    assert body["why"] == "there are fewer than 4 judges (3)"
    assert all(row["adjusted"] == row["raw"] and row["place"] == row["place_raw"] for row in body["entries"])
    assert all(row["se"] for row in body["entries"])


def test_where_everybody_judges_everything_adjusting_moves_nobody():
    body = told(marked(each=5, strict=4))
    assert all(row["place"] == row["place_raw"] for row in body["entries"])
    assert body["icc"]


def test_places_that_matter_are_asked_for():
    """The usual ones, the cuts from boards that count the round, and places that win something; none beyond the field."""
    assert set(told(marked())["entries"][0]["top"]) == {"1", "3", "4", "5"}


def test_one_sheet_is_enough_to_answer():
    body = told([one for one in marked() if one.group == "a" and one.judge == "j0"])
    assert (body["lam"], body["alpha"], body["reliability"], len(body["entries"])) == ("", "", "", 1)
    assert body["entries"][0]["se"] == ""
    assert (body["entries"][0]["low"], body["entries"][0]["high"]) == (1, 1)


def test_marks_that_are_all_the_same_leave_everybody_first_and_sure_of_it():
    body = told([replace(one, value=F(10)) for one in marked()])
    assert {row["place"] for row in body["entries"]} == {1}
    assert {(row["low"], row["high"], row["se"], row["top"]["1"]) for row in body["entries"]} == {(1, 1, "0", "1.000")}
    assert all(len(row["tied_with"]) == 7 for row in body["entries"])
    assert body["outliers"] == []


def test_nobody_without_a_sheet_is_in_it():
    marks = [one for one in marked() if one.group != "h"]
    assert "h" not in by(told(marks)["entries"])
    assert tables([]) == []


def test_who_withdrew_is_left_out_of_the_fit():
    gone = decide("withdraw", "a", round="r")
    assert "a" not in by(told(marked(), decisions=(gone,))["entries"])


def test_an_incomplete_sheet_cannot_be_compared_with_whole_ones():
    marks = [one for one in marked() if (one.group, one.judge, one.criterion) != ("a", "j0", "y")]
    for extra in ("", 'incomplete = "use"'):
        assert by(told(marks, scoring(extra=extra))["entries"])["a"]["n"] == 2


def test_a_slip_of_the_pen_is_found_on_its_criterion():
    marks = [
        replace(one, value=F(20)) if (one.group, one.judge, one.criterion) == ("b", "j2", "x") else one for one in marked(each=4)
    ]
    first = told(marks)["outliers"][0]
    assert (first["group"], first["judge"], first["criterion"]) == ("b", "j2", "x")
    assert float(first["distance"]) > 2.5
    sheet = told(marks, scoring(', per = "sheet"'))["outliers"]
    assert all(one["criterion"] == "" for one in sheet)


def test_points_by_rank_are_analysed_as_the_marks_they_were_made_from():
    assert (
        told(marked(), scoring(', points = "borda", combine = "sum"'))["entries"][0]["raw"] == told(marked())["entries"][0]["raw"]
    )


def test_too_many_judges_are_not_taken_apart(monkeypatch):
    monkeypatch.setattr(analysis, "MOST_JUDGES", 4)
    monkeypatch.setattr(analysis, "gate", lambda judges, _df: f"there are too many judges ({judges})")
    body = told(marked(strict=4))
    assert (body["why"], body["lam"]) == ("there are too many judges (5)", "")
    assert {row["offset"] for row in body["judges"]} == {"0"}
    assert all(row["se"] for row in body["entries"])


def test_the_digest_names_the_marks():
    marks = marked()
    first = digest(tables(marks)[0])
    assert digest(tables(random.Random(1).sample(marks, len(marks)))[0]) == first
    assert digest(tables([replace(marks[0], value=F(1)), *marks[1:]])[0]) != first
    assert digest(tables(marks[2:])[0]) != first
    assert digest(tables(marks, scoring(', combine = "median"'))[0]) != first
    recused = [replace(one, value=None, state="recused") if (one.group, one.judge) == ("a", "j0") else one for one in marks]
    assert digest(tables(recused)[0]) != first


@settings(max_examples=25)
@given(st.integers(0, 400), st.integers(1, 5), st.integers(1, 7), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(seed, each, judges, dice):
    marks = marked(each=each, judges=judges, seed=seed, strict=seed % 4)
    assert told(dice.sample(marks, len(marks))) == told(marks)


sparse = st.dictionaries(
    st.tuples(st.sampled_from(EIGHT), st.integers(0, 5), st.sampled_from("xy")), st.integers(0, 20), min_size=1
)


@settings(max_examples=40)
@given(sparse, st.sampled_from(("", ', combine = "severity"', ', per = "sheet"', ', per = "sheet", combine = "severity"')))
def test_any_marks_can_be_analysed(given_, panel):
    marks = [Mark("r", "c", group, f"j{judge}", criterion, F(value)) for (group, judge, criterion), value in given_.items()]
    rules = scoring(panel)
    for table in tables(marks, rules):
        body = analyse(table)
        for row in body["entries"]:
            assert 1 <= row["low"] <= row["high"] <= len(body["entries"])
            assert row["group"] not in row["tied_with"]
        for row in body["judges"]:
            assert set(row["flags"]) <= {
                "few",
                "severe",
                "lenient",
                "unpredictable",
                "predictable",
                "constant",
                "central",
                "halo",
            }


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_tells_the_same(seed):
    table = tables(marked())[0]
    assert analyse(table, seed=seed) == analyse(table, seed=seed)
