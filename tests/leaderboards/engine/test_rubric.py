import pytest

from leaderboards.engine.facts import Facts, Submission
from leaderboards.engine.numbers import text
from leaderboards.engine.outcome import Fate, Unscored
from leaderboards.engine.pipeline import compute
from tests.leaderboards.engine.building import fields, groups, marks, places, scores, single, sound

SIMPLE = """
rounds = [{{ key = "r" }}]
boards = [{{ key = "b", order = ["score{direction}"] }}]
[[challenges]]
key = "c"
{options}
"""


def run(options: str, *rows, direction="", submissions=()):
    names = sorted({row.group for row in rows} | {row.group for row in submissions})
    return compute(
        sound(SIMPLE.format(options=options, direction=direction)),
        Facts(groups=groups(*names), marks=rows, submissions=submissions),
    )


def score(options: str, *rows, group="a", submissions=()) -> str | None:
    found = run(options, *rows, submissions=submissions).cells["r", "c", group].score
    return None if found is None else text(found)


def test_borda_points_are_summed_over_judges():
    """Oracle O-BORDA: judges x entries [9 8 7],[6 6 5],[7 9 8]."""
    rows = single("r", "c", "m", {"a": "9 6 7", "b": "8 6 9", "c": "7 5 8"})
    outcome = run('criteria = [{ key = "m" }]\npanels = [{ key = "jury", points = "borda", combine = "sum" }]', *rows)
    assert scores(outcome.boards["b"]) == {"b": "4.5", "a": "3.5", "c": "1"}


def test_points_by_rank_may_be_a_list():
    rows = single("r", "c", "m", {"a": "9 6", "b": "8 6", "c": "7 5"})
    outcome = run('criteria = [{ key = "m" }]\npanels = [{ key = "jury", points = [5, 3, 1], combine = "sum" }]', *rows)
    assert scores(outcome.boards["b"]) == {"a": "9", "b": "7", "c": "2"}


def test_a_ranking_folds_ranks_and_the_lowest_wins():
    rows = single("r", "c", "rank", {"a": "1 2 3", "b": "2 1 1", "c": "3 3 2"})
    outcome = run('format = "ranking"', *rows, direction=" low")
    assert places(outcome.boards["b"]) == {"b": "1", "a": "2", "c": "3"}
    assert scores(outcome.boards["b"])["b"] == "4/3"


def test_a_ranking_with_points_gives_most_to_rank_one():
    rows = single("r", "c", "rank", {"a": "1 2", "b": "2 1", "c": "3 3"})
    outcome = run('format = "ranking"\npanels = [{ key = "jury", points = "borda", combine = "sum" }]', *rows)
    assert scores(outcome.boards["b"]) == {"a": "3", "b": "3", "c": "0"}


TWO = 'criteria = [{ key = "x" }, { key = "y" }]\n'


def test_an_incomplete_sheet_never_counts_unless_its_marks_may_be_used():
    rows = marks("r", "c", "x y", {"a": "4,6 8,-"})
    assert score(TWO, *rows) == "10"
    assert score(TWO + 'incomplete = "use"', *rows) == "12"


def test_a_value_that_means_not_marked_is_kept_on_record_and_not_counted():
    options = 'criteria = [{ key = "x", not_marked = 0 }]'
    outcome = run(options, *single("r", "c", "x", {"a": "8 0 6", "b": "0 0 0"}))
    assert scores(outcome.boards["b"]) == {"a": "7", "b": None}
    assert outcome.cells["r", "c", "a"].folds[0].marks[1].fate is Fate.NOT_MARKED
    assert outcome.cells["r", "c", "b"].unscored is Unscored.NO_MARKS


def test_a_zero_that_is_a_mark_counts():
    assert score('criteria = [{ key = "x" }]', *single("r", "c", "x", {"a": "8 0"})) == "4"


def test_an_optional_criterion_takes_its_weight_with_it():
    options = 'combine = "mean"\ncriteria = [{ key = "x", weight = 3 }, { key = "y", optional = true }]'
    assert score(options, *marks("r", "c", "x y", {"a": "8,4"})) == "7"
    assert score(options, *marks("r", "c", "x y", {"a": "8,-"})) == "8"


def test_a_required_criterion_without_value_leaves_the_challenge_unscored():
    options = 'incomplete = "use"\n' + TWO
    outcome = run(options, *marks("r", "c", "x y", {"a": "8,-", "b": "1,1"}))
    assert scores(outcome.boards["b"]) == {"b": "2", "a": None}


def test_each_product_is_rounded_where_declared():
    options = 'criteria = [{ key = "x", weight = 0.8, decimals = 1 }, { key = "y", weight = 0.8, decimals = 1 }]'
    assert score(options, *marks("r", "c", "x y", {"a": "0.4,0.4"})) == "0.6"
    assert score(options.replace(", decimals = 1", ""), *marks("r", "c", "x y", {"a": "0.4,0.4"})) == "0.64"


def test_scale_maps_each_mark_from_its_range():
    options = 'scale = 100\ncombine = "mean"\ncriteria = [{ key = "x", min = 1, max = 5 }, { key = "y", min = 0, max = 10 }]'
    assert score(options, *marks("r", "c", "x y", {"a": "3,9"})) == "70"


def test_sheets_first_then_judges():
    options = (
        'criteria = [{ key = "x", weight = 2 }, { key = "y" }]\npanels = [{ key = "jury", per = "sheet", combine = "median" }]'
    )
    rows = marks("r", "c", "x y", {"a": "1,9 5,1 2,2"})
    outcome = run(options, *rows)
    cell = outcome.cells["r", "c", "a"]
    assert text(cell.score) == "11"
    assert (cell.values["x"], cell.values["jury"]) == (2, 11)


def test_adjustments_are_made_in_order_each_with_its_rounding():
    options = """
    criteria = [{ key = "x" }]
    fields = [{ key = "bonus" }, { key = "late", default = 0 }]
    adjust = [{ times = 0.6, decimals = 0 }, { plus = "bonus" }, { minus = "late" }, { times = "bonus" }]
    decimals = 1
    """
    row = single("r", "c", "x", {"a": "9"})
    assert score(options, *row, submissions=fields("r", "c", {"a": {"bonus": "1.25"}})) == "7.8"
    assert score(options, *row, submissions=fields("r", "c", {"a": {"bonus": "1.25", "late": 2}})) == "5.3"


def test_a_field_without_value_and_default_leaves_the_challenge_unscored():
    options = 'criteria = [{ key = "x" }]\nfields = [{ key = "bonus" }]\nadjust = [{ plus = "bonus" }]'
    outcome = run(options, *single("r", "c", "x", {"a": "9"}))
    assert outcome.cells["r", "c", "a"].unscored is Unscored.FIELD


def test_of_several_versions_the_highest_that_is_no_draft_counts():
    options = 'criteria = [{ key = "x" }]\nfields = [{ key = "n" }]\nadjust = [{ plus = "n" }]'
    versions = tuple(
        Submission("r", "c", "a", version, status=status, fields={"n": version})
        for version, status in ((3, "draft"), (2, "submitted"), (1, "submitted"))
    )
    assert score(options, *single("r", "c", "x", {"a": "9"}), submissions=versions) == "11"


@pytest.mark.parametrize("status", ["withdrawn", "disqualified"])
def test_an_entry_that_was_taken_off_stays_on_record_without_score(status):
    outcome = run(
        'criteria = [{ key = "x" }]',
        *single("r", "c", "x", {"a": "9", "b": "1"}),
        submissions=(Submission("r", "c", "a", status=status),),
    )
    assert outcome.cells["r", "c", "a"].unscored == status
    assert places(outcome.boards["b"]) == {"b": "1", "a": None}


def test_a_challenge_of_a_division_is_only_for_its_groups():
    text_ = """
    rounds = [{ key = "r" }]
    challenges = [
      { key = "m", division = "men", criteria = [{ key = "x" }] },
      { key = "l", division = "ladies", criteria = [{ key = "x" }] },
    ]
    boards = [{ key = "b", within = "division" }]
    """
    facts = Facts(
        groups=groups("a", "b", division={"a": "men", "b": "ladies"}),
        marks=(*single("r", "m", "x", {"a": "5", "b": "9"}), *single("r", "l", "x", {"b": "7"})),
    )
    outcome = compute(sound(text_), facts)
    assert scores(outcome.boards["b"]) == {"b": "7", "a": "5"}
    assert set(places(outcome.boards["b"]).values()) == {"1"}


def test_half_even_may_be_the_rule_of_the_cycle_and_half_up_that_of_one_step():
    options = 'criteria = [{{ key = "x" }}]\npanels = [{{ key = "jury", decimals = 0{0} }}]'
    rows = single("r", "c", "x", {"a": "2 3"})
    assert score(options.format(', rounding = "half_even"'), *rows) == "2"
    assert score(options.format(""), *rows) == "3"


def test_a_criterion_that_nobody_marks_and_a_drop_that_leaves_nothing_are_told():
    outcome = run(TWO + 'panels = [{ key = "jury", drop_high = 1, drop_low = 1 }]', *single("r", "c", "x", {"a": "8 9"}))
    assert [str(one) for one in outcome.problems] == [
        'challenge "c" in round "r": no mark has the criterion "y"',
    ]
    outcome = run(
        'criteria = [{ key = "x" }]\npanels = [{ key = "jury", drop_high = 1, drop_low = 1 }]',
        *single("r", "c", "x", {"a": "8 9"}),
    )
    assert [str(one) for one in outcome.problems] == [
        'challenge "c" in round "r": panel "jury" drops 2 marks, but no entry has more than 2'
    ]


def test_optional_criteria_alone_may_leave_nothing_to_judge():
    options = 'criteria = [{ key = "x", optional = true }]'
    outcome = run(options + '\npanels = [{ key = "jury", quorum = 2 }]', *single("r", "c", "x", {"a": "5"}))
    assert outcome.cells["r", "c", "a"].unscored is Unscored.NO_MARKS
    sheets = run(options + '\npanels = [{ key = "jury", per = "sheet", quorum = 2 }]', *single("r", "c", "x", {"a": "5"}))
    assert sheets.cells["r", "c", "a"].unscored is Unscored.NO_MARKS


def test_a_mark_on_something_that_is_no_criterion_is_left_out():
    assert score('criteria = [{ key = "x" }]', *single("r", "c", "x", {"a": "5"}), *single("r", "c", "typo", {"a": "9"})) == "5"


def test_a_sheet_that_was_recused_is_shown_as_such():
    rows = marks("r", "c", "x y", {"a": "4,6 r,r"})
    outcome = run(TWO + 'panels = [{ key = "jury", per = "sheet" }]', *rows)
    sheets = next(fold for fold in outcome.cells["r", "c", "a"].folds if not fold.criterion)
    assert [(mark.judge, mark.used, mark.fate) for mark in sheets.marks] == [("j1", 10, Fate.COUNTED), ("j2", None, Fate.RECUSED)]
