import pytest

from leaderboards.engine.facts import Attempt, Attempts, Facts, Points
from leaderboards.engine.numbers import fixed, text
from leaderboards.engine.pipeline import compute
from tests.leaderboards.engine.building import F, decide, groups, places, read, scores, single, sound

SEASON = """
rounds = [
  {{ key = "r1", closes = 2027-01-01T00:00:00Z }},
  {{ key = "r2", closes = 2027-01-31T00:00:00Z }},
  {{ key = "r3", closes = 2027-03-02T00:00:00Z }},
]
challenges = [{{ key = "c", criteria = [{{ key = "m" }}] }}]
boards = [{{ {options}key = "b" }}]
"""


def season(options: str, rows: dict[str, str], *decisions, **columns):
    """Marks of three rounds as "5 - 7"; a dash is no mark."""
    given = tuple(
        mark
        for number in range(3)
        for group, values in rows.items()
        if (value := values.split()[number]) != "-"
        for mark in single(f"r{number + 1}", "c", "m", {group: value})
    )
    facts = Facts(groups=groups(*rows, **columns), marks=given, decisions=decisions)
    return compute(sound(SEASON.format(options=f"{options}, " if options else "")), facts)


def board(options: str, rows: dict[str, str], *decisions, **columns):
    return season(options, rows, *decisions, **columns).boards["b"]


ROWS = {"ada": "10 0 5", "ben": "4 9 -"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", {"ada": "15", "ben": "13"}),
        ('combine = "mean"', {"ben": "6.5", "ada": "5"}),
        ('missing = "zero", combine = "mean"', {"ada": "5", "ben": "13/3"}),
        ('missing = "unscored"', {"ada": "15", "ben": None}),
        ("best = 1", {"ada": "10", "ben": "9"}),
        ("weights = { r1 = 0.5, r2 = 2 }", {"ben": "20", "ada": "5"}),
        ('weights = { r1 = 3, r2 = 1 }, combine = "mean", decimals = 1', {"ada": "7.5", "ben": "5.3"}),
        ('rounds = ["r1"]', {"ada": "10", "ben": "4"}),
        ('rounds = ["r2", "r3"]', {"ben": "9", "ada": "5"}),
    ],
)
def test_rounds_become_a_score_as_declared(options, expected):
    assert scores(board(options, ROWS)) == expected


def test_places_in_each_round_may_become_points_first():
    rows = {"ada": "9 8 1", "ben": "9 9 2", "cy": "1 7 3"}
    assert scores(board("points = [10, 6, 4]", rows)) == {"ben": "24", "ada": "18", "cy": "18"}
    assert scores(board('points = "borda"', rows)) == {"ben": "4.5", "ada": "2.5", "cy": "2"}


def test_equal_points_are_told_apart_by_the_best_single_rounds():
    rows = {"ada": "9 8 1", "ben": "9 9 2", "cy": "1 7 3"}
    found = board('points = [10, 6, 4], order = ["score", "countback"]', rows)
    assert places(found) == {"ben": "1", "cy": "2", "ada": "3"}


def test_what_was_won_long_ago_counts_less():
    """Oracle O-HL: 100 after 30 days with a half-life of 90 days is 79.370053."""
    found = board("half_life = 90", {"ada": "- 100 0"})
    assert fixed(found.rows[0].score or F(0), 6) == "79.370053"
    assert text(board("half_life = 30", {"ada": "8 4 2"}).rows[0].score or F(0)) == "6"


def test_without_a_later_score_nothing_has_faded():
    assert scores(board("half_life = 30", {"ada": "8 - -"})) == {"ada": "8"}


@pytest.mark.parametrize(
    ("style", "expected"),
    [("1224", ["1", "2", "2", "4"]), ("1223", ["1", "2", "2", "3"]), ("fractional", ["1", "2.5", "2.5", "4"])],
)
def test_shared_places_are_numbered_as_declared(style, expected):
    found = board(f'places = "{style}"', {"ada": "3 0 0", "ben": "2 0 0", "cy": "2 0 0", "dee": "1 0 0"})
    assert list(places(found).values()) == expected


def test_a_tie_chain_decides_by_the_first_difference():
    rows = {"ada": "2 4 4", "ben": "4 2 4", "cy": "4 2 4"}
    assert places(board('order = ["score", "r2", "r1"]', rows)) == {"ada": "1", "ben": "2", "cy": "2"}
    assert places(board('order = ["score", "r2 low", "r1"]', rows)) == {"ben": "1", "cy": "1", "ada": "3"}


def test_a_missing_value_stands_last_in_both_directions():
    rows = {"ada": "1 - 1", "ben": "0 1 1", "cy": "1 0 1"}
    for direction in ("high", "low"):
        assert list(places(board(f'order = ["score", "r2 {direction}"]', rows)))[-1] == "ada"


def test_equal_joins_neighbours_though_their_scores_differ():
    rows = {"ada": "9 0 0", "ben": "8 0 0", "cy": "7 0 0", "dee": "6 0 0"}
    found = board("", rows, decide("equal", "cy", other="ben", board="b"))
    assert places(found) == {"ada": "1", "ben": "2", "cy": "2", "dee": "4"}


def test_several_equals_chain_and_strangers_cannot_be_joined():
    rows = {"ada": "9 0 0", "ben": "8 0 0", "cy": "7 0 0", "dee": "6 0 0"}
    chained = season("", rows, decide("equal", "dee", other="ben"), decide("equal", "cy", other="ben"))
    assert places(chained.boards["b"]) == {"ada": "1", "ben": "2", "cy": "2", "dee": "2"}
    assert chained.problems == ()
    strangers = season("", rows, decide("equal", "dee", other="ada", board="b"))
    assert list(places(strangers.boards["b"]).values()) == ["1", "2", "3", "4"]
    assert [str(one) for one in strangers.problems] == [
        'decisions: "dee" cannot share the place of "ada" on board "b": they are not neighbours'
    ]


def test_break_orders_groups_inside_a_tie_only():
    rows = {"ada": "5 0 0", "ben": "5 0 0", "cy": "5 0 0", "dee": "9 0 0"}
    found = board("", rows, decide("break", "cy", value="1"), decide("break", "ada", value="2"))
    assert places(found) == {"dee": "1", "cy": "2", "ada": "3", "ben": "4"}
    alone = season("", rows, decide("break", "dee", value="1"), decide("break", "ada", value="first"))
    assert [one.message for one in alone.problems] == [
        'break of "ada" needs a number 1, 2, …, found "first"',
        'break of "dee": it shares its place with nobody, so there is no tie to break',
    ]


def test_break_splits_what_equal_has_joined():
    rows = {"ada": "9 0 0", "ben": "8 0 0", "cy": "1 0 0"}
    found = board(
        "", rows, decide("equal", "ben", other="ada"), decide("break", "ben", value="1"), decide("break", "ada", value="2")
    )
    assert places(found) == {"ben": "1", "ada": "2", "cy": "3"}


def test_each_division_is_ranked_on_its_own():
    found = board(
        'within = "division"', {"ada": "5 0 0", "ben": "4 0 0", "cy": "3 0 0"}, division={"ada": "x", "ben": "y", "cy": "x"}
    )
    assert [(row.within, row.group, text(row.place or F(0))) for row in found.rows] == [
        ("x", "ada", "1"),
        ("x", "cy", "2"),
        ("y", "ben", "1"),
    ]


@pytest.mark.parametrize(
    ("ranked", "expected"),
    [("last", ["ada"]), ("any", ["ada", "ben", "cy"]), ("all", ["ada"]), ("enrolled", ["ada", "ben", "cy"])],
)
def test_who_is_ranked_is_declared(ranked, expected):
    stops = (decide("stop", "ben", round="r3"), decide("stop", "cy", round="r2"))
    found = board(f'ranked = "{ranked}"', {"ada": "1 1 1", "ben": "2 2 -", "cy": "1 - -"}, *stops)
    assert sorted(row.group for row in found.rows) == expected


def test_a_stopped_group_keeps_its_place_on_a_board_of_all():
    found = board('ranked = "any"', {"ada": "1 1 1", "ben": "2 2 -"}, decide("stop", "ben", round="r3"))
    assert places(found) == {"ben": "1", "ada": "2"}


def test_disqualified_and_withdrawn_groups_stand_behind_without_place():
    rows = {"ada": "1 1 1", "ben": "2 2 2", "cy": "3 3 3", "dee": "- - -"}
    found = board("", rows, decide("disqualify", "ben", round="r3"), decide("withdraw", "cy", round="r2"))
    assert [(row.group, row.status.value) for row in found.rows] == [
        ("ada", "ranked"),
        ("dee", "unscored"),
        ("cy", "withdrawn"),
        ("ben", "disqualified"),
    ]
    earlier = board('rounds = ["r1"]', rows, decide("disqualify", "ben", round="r3"), decide("withdraw", "cy", round="r2"))
    assert places(earlier) == {"cy": "1", "ben": "2", "ada": "3", "dee": None}


NAMES = """
rounds = [{ key = "r1" }, { key = "r2" }]
boards = [{ key = "b", order = [
  "x", "x.points", "x.count", "x.countback", "jury", "bonus", "c", "r1", "r2.x", "r2.jury", "r1.score",
  "judged", "full_marks", "reached", "improvement", "countback", "r1.judged",
] }]
[[challenges]]
key = "c"
criteria = [{ key = "x", weight = 2, max = 10 }, { key = "y", max = 10 }]
fields = [{ key = "bonus", default = 1 }]
adjust = [{ plus = "bonus" }]
"""


def test_every_named_value_can_be_asked_for():
    given = (
        *single("r1", "c", "x", {"ada": "10 10"}),
        *single("r1", "c", "y", {"ada": "10 10"}),
        *single("r2", "c", "x", {"ada": "6 0"}),
        *single("r2", "c", "y", {"ada": "1 3"}),
    )
    (row,) = compute(sound(NAMES), Facts(groups=groups("ada"), marks=given)).boards["b"].rows
    assert row.values == {
        "x": 13,
        "x.points": 26,
        "x.count": 3,
        "x.countback": (10, 10, 6, 0),
        "jury": 30 + 8,
        "bonus": 2,
        "c": 31 + 9,
        "r1": 31,
        "r2.x": 3,
        "r2.jury": 8,
        "r1.score": 31,
        "judged": 2,
        "full_marks": 1,
        "reached": 2,
        "improvement": -22,
        "countback": (31, 9),
        "r1.judged": 1,
    }
    assert row.keys == tuple(row.values.values())
    assert row.rounds == {"r1": 31, "r2": 9}


def test_a_board_may_count_some_challenges_only():
    design = """
    rounds = [{ key = "r" }]
    challenges = [{ key = "c", weight = 2, criteria = [{ key = "x" }] }, { key = "d", criteria = [{ key = "x" }] }]
    boards = [{ key = "all", order = ["score"] }, { key = "only", challenges = ["c"], order = ["score", "x"] }]
    """
    facts = Facts(groups=groups("ada"), marks=(*single("r", "c", "x", {"ada": "3"}), *single("r", "d", "x", {"ada": "5"})))
    outcome = compute(sound(design), facts)
    assert (outcome.boards["all"].rows[0].score, outcome.boards["only"].rows[0].score) == (11, 6)
    assert outcome.boards["only"].rows[0].values["x"] == 3


def test_best_n_of_a_round_and_what_is_missing_in_it():
    design = """
    rounds = [{{ key = "r", {0} }}]
    challenges = [{{ key = "c", criteria = [{{ key = "x" }}] }}, {{ key = "d", criteria = [{{ key = "x" }}] }}]
    boards = [{{ key = "b" }}]
    """
    facts = Facts(
        groups=groups("ada", "ben"),
        marks=(*single("r", "c", "x", {"ada": "3", "ben": "9"}), *single("r", "d", "x", {"ada": "5"})),
    )
    for options, expected in (
        ("best = 1", {"ben": "9", "ada": "5"}),
        ('combine = "mean", missing = "zero"', {"ben": "4.5", "ada": "4"}),
        ('missing = "unscored"', {"ada": "8", "ben": None}),
    ):
        assert scores(compute(sound(design.format(options)), facts).boards["b"]) == expected


def test_the_n_best_are_the_lowest_where_low_is_better():
    design = """
    rounds = [{ key = "r1" }, { key = "r2" }, { key = "r3" }]
    challenges = [{ key = "run", format = "measured", better = "low" }]
    boards = [{ key = "b", best = 2, order = ["score low"] }]
    """
    facts = Facts(
        groups=groups("ada"),
        attempts=Attempts(Attempt(key, "run", "ada", 1, "", F(value)) for key, value in (("r1", 9), ("r2", 5), ("r3", 7))),
    )
    assert scores(compute(sound(design), facts).boards["b"]) == {"ada": "12"}


def test_a_board_may_rank_points_earned_by_acts():
    design = """
    rounds = [{ key = "r" }]
    challenges = [{ key = "c", criteria = [{ key = "x" }] }]
    boards = [{ key = "b", source = "points" }]
    """
    facts = Facts(groups=groups("ada", "ben"), points=(Points("ben", F(7)),))
    assert scores(compute(sound(design), facts).boards["b"]) == {"ben": "7", "ada": "0"}


def test_after_four_hundred_half_lives_nothing_is_left():
    assert scores(board("half_life = 0.01", {"ada": "8 - 1"})) == {"ada": "1"}


def test_without_any_score_nothing_fades():
    assert scores(board("half_life = 30", {"ada": "- - -"})) == {"ada": None}


def test_weights_that_leave_nothing_present_give_no_mean():
    assert scores(board('weights = { r1 = 0, r2 = 1 }, combine = "mean"', {"ada": "5 - -"})) == {"ada": None}


def test_who_withdrew_and_was_then_disqualified_is_disqualified():
    decisions = (
        decide("withdraw", "ben", round="r2"),
        decide("disqualify", "ben", round="r3"),
        decide("withdraw", "ben", round="r3"),
    )
    assert board("", {"ada": "1 1 1", "ben": "2 2 2"}, *decisions).row("ben").status == "disqualified"
    without_round = board("", {"ada": "1 1 1", "ben": "2 2 2"}, decide("disqualify", "ben"))
    assert places(without_round) == {"ada": "1", "ben": None}


def test_the_first_board_may_stand_for_one_per_round():
    design = """
    rounds = [{ key = "r1" }, { key = "r2" }]
    challenges = [{ key = "c", criteria = [{ key = "m" }] }]
    boards = [{ each = true }]
    awards = [{ key = "gold", places = [1, 1] }]
    """
    rows = {"ada": "5", "ben": "5"}
    facts = Facts(groups=groups("ada", "ben"), marks=single("r1", "c", "m", rows), decisions=(decide("break", "ben", value="1"),))
    outcome = compute(sound(design), facts)
    assert list(outcome.boards) == ["r1", "r2"]
    assert places(outcome.boards["r1"]) == {"ben": "1", "ada": "2"}
    assert [winner.group for winner in outcome.awards[0].winners] == ["ben"]


def test_an_award_of_a_board_that_does_not_exist_is_told_and_given_to_nobody():
    design = """
    rounds = [{ key = "r1" }]
    challenges = [{ key = "c", criteria = [{ key = "m" }] }]
    awards = [{ key = "gold", places = [1, 1] }, { key = "cup", board = "x", by = "nothing", places = [1, 1] }]
    """
    outcome = compute(read(design), Facts(groups=groups("ada"), marks=single("r1", "c", "m", {"ada": "5"})))
    assert outcome.awards == ()
    assert [str(one) for one in outcome.problems] == ['award "gold": "" is not a board', 'award "cup": "x" is not a board']


def test_a_name_that_nobody_knows_is_no_award():
    design = """
    rounds = [{ key = "r1" }]
    challenges = [{ key = "c", criteria = [{ key = "m" }] }]
    boards = [{ key = "b" }]
    awards = [{ key = "cup", by = "nothing", at_least = 0 }]
    """
    outcome = compute(read(design), Facts(groups=groups("ada"), marks=single("r1", "c", "m", {"ada": "5"})))
    assert outcome.awards[0].winners == ()


def test_a_board_that_counts_no_round_lists_nobody():
    design = """
    rounds = [{ key = "r1" }]
    challenges = [{ key = "c", criteria = [{ key = "m" }] }]
    boards = [{ key = "none", rounds = [], ranked = "all" }, { key = "last", rounds = [] }, { key = "any", rounds = [], order = ["m"] }]
    """
    outcome = compute(read(design), Facts(groups=groups("ada")))
    assert [row.group for board_ in outcome.boards.values() for row in board_.rows] == []
