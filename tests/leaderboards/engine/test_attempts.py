import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.attempts import worth
from leaderboards.engine.facts import Attempts, Facts
from leaderboards.engine.pipeline import compute
from leaderboards.engine.spec import ChallengeSpec
from tests.leaderboards.engine.building import F, groups, places, scores, sound, tries

CONTEST = """
rounds = [{ key = "contest" }]
challenges = [{ key = "A", format = "attempts" }, { key = "B", format = "attempts" }]
boards = [{ key = "standings", order = ["solved", "penalty low", "last low"], freeze = "4:00:00" }]
"""


def contest(*attempts, names=("ada", "ben"), text=CONTEST):
    return compute(sound(text), Facts(groups=groups(*names), attempts=Attempts(one for row in attempts for one in row)))


def line(outcome, group, board="standings"):
    values = outcome.boards[board].row(group).values
    return tuple(int(values[name]) for name in ("solved", "penalty"))


def test_penalty_is_minutes_plus_twenty_for_each_rejection_before():
    """Oracle O-ICPC1: 67 + 72 = 139."""
    outcome = contest(
        tries("contest", "A", "ada", (30, "WA"), ("47.99", "AC")),
        tries("contest", "B", "ada", (22, "RTE"), (52, "AC")),
    )
    assert line(outcome, "ada") == (2, 67 + 72)


def test_penalty_adds_up_over_problems():
    """Oracle O-ICPC2: 30 + 40 and 45 + 20 = 135."""
    outcome = contest(
        tries("contest", "A", "ada", (1, "WA"), (2, "WA"), ("30.5", "AC")), tries("contest", "B", "ada", (3, "WA"), (45, "AC"))
    )
    assert line(outcome, "ada") == (2, 135)


def test_an_unsolved_problem_costs_nothing_and_compile_errors_are_free():
    outcome = contest(tries("contest", "A", "ada", (1, "CE"), (10, "AC")), tries("contest", "B", "ada", (3, "WA"), (4, "WA")))
    assert line(outcome, "ada") == (1, 10)
    assert outcome.cells["contest", "B", "ada"].values["rejected"] == 2


def test_nothing_after_the_first_accepted_attempt_counts():
    outcome = contest(tries("contest", "A", "ada", (10, "AC"), (11, "WA"), (12, "AC"), (13, "")))
    assert line(outcome, "ada") == (1, 10)
    assert outcome.boards["standings"].row("ada").pending == 0


def test_a_group_without_attempts_has_solved_nothing_and_still_stands():
    outcome = contest(tries("contest", "A", "ada", (10, "AC")))
    assert line(outcome, "ben") == (0, 0)
    assert places(outcome.boards["standings"]) == {"ada": "1", "ben": "2"}


def test_an_empty_verdict_is_pending():
    outcome = contest(tries("contest", "A", "ada", (10, ""), (11, "")))
    row = outcome.boards["standings"].row("ada")
    assert (row.pending, row.values["solved"]) == (2, 0)


def test_the_frozen_board_counts_what_was_before_the_freeze_and_shows_the_rest_as_pending():
    outcome = contest(
        tries("contest", "A", "ada", (10, "AC")),
        tries("contest", "B", "ada", (239, "WA"), (240, "AC")),
        tries("contest", "A", "ben", (5, "AC")),
        tries("contest", "B", "ben", ("239.9", "AC"), (250, "AC")),
    )
    frozen = outcome.board("standings", frozen=True)
    assert frozen.frozen
    assert [(row.group, int(row.values["solved"]), int(row.values["penalty"]), row.pending) for row in frozen.rows] == [
        ("ben", 2, 244, 0),
        ("ada", 1, 10, 1),
    ]
    assert line(outcome, "ada") == (2, 10 + 240 + 20)
    assert not outcome.board("standings").frozen


def test_the_last_solve_breaks_a_tie():
    outcome = contest(
        tries("contest", "A", "ada", (10, "AC")),
        tries("contest", "B", "ada", (30, "AC")),
        tries("contest", "A", "ben", (20, "AC")),
        tries("contest", "B", "ben", ("20.9", "AC")),
    )
    assert places(outcome.boards["standings"]) == {"ben": "1", "ada": "2"}


def test_falling_worth_follows_the_published_curve():
    """Oracle O-CTFD: 500/100/20 at so many solves."""
    rule = ChallengeSpec(key="c", worth={"initial": 500, "minimum": 100, "decay": 20})
    assert [int(worth(rule, solves)) for solves in (0, 1, 2, 5, 10, 11, 20, 21, 30)] == [
        500,
        500,
        499,
        484,
        419,
        400,
        139,
        100,
        100,
    ]


def test_falling_worth_may_be_a_line():
    rule = ChallengeSpec(key="c", worth={"initial": 100, "minimum": 40, "decay": 25, "function": "linear"})
    assert [int(worth(rule, solves)) for solves in range(6)] == [100, 100, 75, 50, 40, 40]


@given(st.integers(1, 1000), st.integers(0, 1000), st.integers(0, 50), st.sampled_from(["log", "linear"]), st.integers(0, 60))
def test_falling_worth_never_rises_and_stays_in_its_bounds(initial, minimum, decay, function, solves):
    """The declared invariant of decaying value."""
    low, high = sorted((initial, minimum))
    rule = ChallengeSpec(key="c", worth={"initial": high, "minimum": low, "decay": decay, "function": function})
    assert low <= worth(rule, solves + 1) <= worth(rule, solves) <= high


CTF = """
rounds = [{ key = "ctf" }]
challenges = [
  { key = "web", format = "attempts", worth = 100, first = [30, 20], ignored = [] },
  { key = "crypto", format = "attempts", worth = { initial = 500, minimum = 100, decay = 20 } },
]
boards = [{ key = "board", order = ["score", "last low"] }]
"""


def ctf(*attempts, names=("ada", "ben", "cy")):
    return contest(*attempts, names=names, text=CTF)


def test_first_solvers_get_a_bonus_and_hints_cost():
    outcome = ctf(
        tries("ctf", "web", "ada", (1, "hint", 15), (9, "AC")),
        tries("ctf", "web", "ben", (5, "AC"), (6, "hint", 50)),
        tries("ctf", "web", "cy", (2, "hint", 10)),
    )
    assert scores(outcome.boards["board"]) == {"ben": "130", "ada": "105", "cy": "-10"}


def test_solvers_of_the_same_moment_share_the_bonus():
    outcome = ctf(tries("ctf", "web", "ada", (5, "AC")), tries("ctf", "web", "ben", (5, "AC")))
    assert scores(outcome.boards["board"])["ada"] == scores(outcome.boards["board"])["ben"] == "125"


def test_every_solver_has_the_worth_of_now():
    outcome = ctf(*(tries("ctf", "crypto", name, (minute, "AC")) for minute, name in enumerate(("ada", "ben"))))
    assert scores(outcome.boards["board"]) == {"ada": "499", "ben": "499", "cy": "0"}


AUTOMATIC = """
rounds = [{{ key = "quiz" }}]
challenges = [{{ key = "q", format = "automatic", worth = 10, keep = "{keep}" }}]
boards = [{{ key = "board" }}]
"""


@pytest.mark.parametrize(("keep", "expected"), [("best", "10"), ("latest", "4"), ("first", "0"), ("improvement", "4")])
def test_an_automatic_check_gives_its_own_points_or_the_worth_of_a_solve(keep, expected):
    outcome = contest(
        tries("quiz", "q", "ada", (1, "WA"), (2, "AC"), (3, "WA", 4)), names=("ada", "ben"), text=AUTOMATIC.format(keep=keep)
    )
    assert scores(outcome.boards["board"]) == {"ada": expected, "ben": None}


def test_the_time_of_an_automatic_solve_is_exact():
    outcome = contest(tries("quiz", "q", "ada", ("1.5", "AC")), text=AUTOMATIC.format(keep="best"))
    assert outcome.cells["quiz", "q", "ada"].values["last"] == F(3, 2)
