from fractions import Fraction

import pytest

from leaderboards.engine.facts import Attempt
from leaderboards.engine.spec import BoardSpec, expand_boards
from leaderboards.engine.tempo import tasks_in_tempo, ways
from tests.leaderboards.engine.building import sound

CONTEST = """
rounds = [{ key = "contest" }]
challenges = [{ key = "A", format = "attempts" }, { key = "B", format = "attempts" }]
boards = [{ key = "standings", order = ["solved", "penalty low"] }]
"""
FLAGS = """
rounds = [{ key = "contest" }]
challenges = [{ key = "A", format = "attempts", worth = { initial = 500, minimum = 100, decay = 2, function = "linear" } }]
boards = [{ key = "standings" }]
"""
RUN = """
rounds = [{ key = "contest" }]
challenges = [{ key = "A", format = "measured", better = "low", keep = "best" }]
boards = [{ key = "standings", order = ["score low"] }]
"""
MINUTE = 60_000


def tries(*rows):
    return {
        key: [
            Attempt("contest", key, group, minute * MINUTE, verdict, value, n)
            for n, (k, group, minute, verdict, value) in enumerate(rows)
            if k == key
        ]
        for key in {row[0] for row in rows}
    }


def told(text, rows, groups, freeze=None):
    scoring = sound(text)
    tasks = tasks_in_tempo(scoring, expand_boards(scoring)[0])
    found = ways(tasks, tries(*rows), groups, freeze)
    return {
        group: [(at // MINUTE, int(value) if value.denominator == 1 else value) for at, value in way]
        for group, way in found.items()
    }


def test_each_first_accepted_try_is_a_step_and_nothing_else_is():
    rows = [("A", "ada", 5, "WA", None), ("A", "ada", 10, "AC", None), ("A", "ada", 11, "AC", None), ("B", "ada", 50, "AC", None)]
    assert told(CONTEST, rows, ["ada", "ben"]) == {"ada": [(0, 0), (10, 1), (50, 2)], "ben": [(0, 0)]}


def test_what_comes_after_the_freeze_is_not_told():
    rows = [("A", "ada", 10, "AC", None), ("B", "ada", 50, "AC", None)]
    assert told(CONTEST, rows, ["ada"], freeze=50 * MINUTE) == {"ada": [(0, 0), (10, 1)]}


def test_a_falling_worth_falls_for_all_who_have_it():
    rows = [("A", "ada", 10, "AC", None), ("A", "ben", 20, "AC", None), ("A", "cia", 30, "AC", None)]
    assert told(FLAGS, rows, ["ada", "cia"]) == {"ada": [(0, 0), (10, 500), (20, 498), (30, 496)], "cia": [(0, 0), (30, 496)]}


def test_a_measured_task_tells_the_value_that_stands():
    rows = [("A", "ada", 1, "AC", Fraction(9)), ("A", "ada", 2, "AC", Fraction(11)), ("A", "ada", 3, "AC", Fraction(15, 2))]
    assert told(RUN, rows, ["ada"]) == {"ada": [(1, 9), (3, Fraction(15, 2))]}


@pytest.mark.parametrize(
    "board",
    [
        BoardSpec(key="standings", source="points"),
        BoardSpec(key="standings", rows="records"),
        BoardSpec(key="standings", points="borda"),
    ],
)
def test_boards_that_do_not_sum_tries_have_nothing_to_tell(board):
    assert tasks_in_tempo(sound(CONTEST), board) == ()
