"""Options that real competitions use and no shipped example needs, each as the competition says it."""

import pytest

from leaderboards.engine.facts import Attempt, Attempts, Facts
from leaderboards.engine.pipeline import compute
from leaderboards.engine.words import scoring_rules
from tests.leaderboards.engine.building import F, decide, groups, places, scores, single, sound


def play(design: str, *marks, decisions=(), attempts=()):
    names = sorted({row.group for row in marks} | {row.group for row in attempts})
    scoring = sound(design)
    assert all(scoring_rules(scoring).values())
    return compute(scoring, Facts(groups=groups(*names), marks=marks, decisions=decisions, attempts=Attempts(attempts)))


def test_drop_the_two_highest_and_two_lowest_then_sum():
    design = """
    rounds = [{ key = "final" }]
    challenges = [{ key = "dive", criteria = [{ key = "execution" }], panels = [{ key = "judges", drop_high = 2, drop_low = 2, combine = "sum" }] }]
    boards = [{ key = "b" }]
    """
    outcome = play(design, *single("final", "dive", "execution", {"ada": "7 7.5 8 8 8.5 9 6", "ben": "8 8 8 8 8 8 8"}))
    assert scores(outcome.boards["b"]) == {"ben": "24", "ada": "23.5"}


def test_the_final_counts_semi_final_and_final_and_forgets_the_preliminary():
    design = """
    rounds = [{ key = "preliminary" }, { key = "semi" }, { key = "final" }]
    challenges = [{ key = "c", criteria = [{ key = "m" }] }]
    boards = [{ key = "result", rounds = ["semi", "final"] }, { key = "preliminary", rounds = ["preliminary"] }]
    cuts = [{ board = "preliminary", to = "semi", first = 2 }]
    """
    outcome = play(
        design,
        *single("preliminary", "c", "m", {"ada": "99", "ben": "50", "cy": "1"}),
        *single("semi", "c", "m", {"ada": "1", "ben": "2"}),
        *single("final", "c", "m", {"ada": "3", "ben": "3"}),
    )
    assert scores(outcome.boards["result"]) == {"ben": "5", "ada": "4"}


def test_four_rounds_weigh_a_tenth_a_fifth_and_twice_thirty_five_hundredths():
    design = """
    rounds = [{ key = "s1" }, { key = "s2" }, { key = "s3" }, { key = "final" }]
    challenges = [{ key = "c", criteria = [{ key = "m" }] }]
    boards = [{ key = "result", weights = { s1 = 0.1, s2 = 0.2, s3 = 0.35, final = 0.35 }, decimals = 2 }]
    """
    given = [
        single(key, "c", "m", {"ada": value}) for key, value in (("s1", "20"), ("s2", "21"), ("s3", "22"), ("final", "23.5"))
    ]
    assert scores(play(design, *(mark for row in given for mark in row)).boards["result"]) == {"ada": "22.13"}


def test_equal_places_are_set_by_decision_though_the_scores_differ():
    design = """
    rounds = [{ key = "final" }]
    challenges = [{ key = "c", criteria = [{ key = "m" }] }]
    boards = [{ key = "result" }]
    awards = [{ key = "silver", places = [2, 2] }, { key = "money", amounts = [100, 60, 20] }]
    """
    marks = single("final", "c", "m", {"ada": "9", "ben": "8.5", "cy": "8.4", "dee": "1"})
    outcome = play(design, *marks, decisions=(decide("equal", "cy", other="ben", board="result", reason="jury"),))
    assert places(outcome.boards["result"]) == {"ada": "1", "ben": "2", "cy": "2", "dee": "4"}
    assert scores(outcome.boards["result"])["cy"] == "8.4"
    assert [winner.group for winner in outcome.awards[0].winners] == ["ben", "cy"]
    assert [winner.cents for winner in outcome.awards[1].winners] == [100, 40, 40]


OLYMPIAD = """
rounds = [{{ key = "day" }}]
challenges = [
  {{ key = "p1", criteria = [{{ key = "q1", min = 0, max = 7, step = 1 }}] }},
  {{ key = "p2", criteria = [{{ key = "q2", min = 0, max = 7, step = 1 }}] }},
]
boards = [{{ key = "b" }}]
awards = [{0}, {{ key = "mention", kind = "certificate", set = "medals", by = "full_marks", at_least = 1 }}]
"""
ABSOLUTE = '{ key = "gold", set = "medals", at_least = 12 }, { key = "silver", set = "medals", at_least = 8 }'
SHARES = '{ key = "gold", set = "medals", share = 0.25 }, { key = "silver", set = "medals", share = 0.5 }'


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (ABSOLUTE, {"gold": "ada", "silver": "ben", "mention": "cy"}),
        (SHARES, {"gold": "ada", "silver": "ben", "mention": "cy"}),
    ],
)
def test_medals_by_cutoff_or_share_with_a_mention_for_one_full_mark_problem(rules, expected):
    rows = {"ada": ("7", "6"), "ben": ("5", "5"), "cy": ("7", "0"), "dee": ("6", "0")}
    marks = [single("day", f"p{number}", f"q{number}", {key: row[number - 1] for key, row in rows.items()}) for number in (1, 2)]
    outcome = play(OLYMPIAD.format(rules), *marks[0], *marks[1])
    assert {award.key: " ".join(winner.group for winner in award.winners) for award in outcome.awards} == expected


def test_two_panels_whose_sums_add_up_and_ties_go_to_the_higher_public_total():
    design = """
    rounds = [{ key = "final" }]
    boards = [{ key = "b", order = ["score", "public"] }]
    [[challenges]]
    key = "song"
    criteria = [{ key = "points", panel = "jury" }, { key = "votes", panel = "public" }]
    panels = [{ key = "jury", combine = "sum" }, { key = "public", combine = "sum" }]
    """
    outcome = play(
        design,
        *single("final", "song", "points", {"ada": "12 10", "ben": "8 7", "cy": "1 1"}),
        *single("final", "song", "votes", {"ada": "3 2", "ben": "12", "cy": "24"}, judge="country"),
    )
    assert scores(outcome.boards["b"]) == {"ben": "27", "ada": "27", "cy": "26"}
    assert places(outcome.boards["b"]) == {"ben": "1", "ada": "2", "cy": "3"}


def test_an_entry_disqualified_after_qualifying_leaves_the_ranking_and_stays_on_record():
    design = """
    rounds = [{ key = "semi" }, { key = "final" }]
    challenges = [{ key = "song", criteria = [{ key = "votes" }] }]
    boards = [{ key = "final", rounds = ["final"] }, { key = "semi", rounds = ["semi"] }]
    cuts = [{ board = "semi", to = "final", first = 2 }]
    """
    marks = (
        *single("semi", "song", "votes", {"ada": "9", "ben": "8", "cy": "1"}),
        *single("final", "song", "votes", {"ada": "5"}),
    )
    outcome = play(design, *marks, decisions=(decide("disqualify", "ben", round="final", reason="incident"),))
    assert places(outcome.boards["semi"]) == {"ada": "1", "ben": "2", "cy": "3"}
    assert places(outcome.boards["final"]) == {"ada": "1", "ben": None}
    assert outcome.boards["final"].row("ben").status == "disqualified"
    assert outcome.cuts[0].through == ("ada", "ben")


def test_lower_time_is_better_the_latest_counts_and_entries_may_be_taken_off():
    design = """
    rounds = [{ key = "open" }]
    challenges = [{ key = "run", format = "measured", better = "low", keep = "latest", unit = "seconds" }]
    boards = [{ key = "b", order = ["score low"] }]
    """
    attempts = (
        Attempt("open", "run", "ada", 1, "", F(10)),
        Attempt("open", "run", "ada", 5, "", F(12)),
        Attempt("open", "run", "ben", 2, "", F(11)),
        Attempt("open", "run", "cy", 2, "", F(9)),
        Attempt("open", "run", "cy", 6, "withdrawn"),
    )
    assert scores(play(design, attempts=attempts).boards["b"]) == {"ben": "11", "ada": "12", "cy": None}


def test_tasks_worth_from_minus_five_to_fifteen_over_a_season():
    design = """
    rounds = [{ key = "week1" }, { key = "week2" }]
    boards = [{ key = "season", ranked = "any" }, { each = true }]
    [[challenges]]
    key = "task"
    criteria = [{ key = "points", min = -5, max = 15, step = 1 }]
    """
    outcome = play(
        design,
        *single("week1", "task", "points", {"ada": "15", "ben": "-5", "cy": "0"}),
        *single("week2", "task", "points", {"ada": "-3", "ben": "14"}),
    )
    assert scores(outcome.boards["season"]) == {"ada": "12", "ben": "9", "cy": "0"}
    assert scores(outcome.boards["week1"]) == {"ada": "15", "cy": "0", "ben": "-5"}


def test_rank_only_challenges():
    design = """
    rounds = [{ key = "jam" }]
    challenges = [{ key = "fun", format = "ranking", decimals = 1 }]
    boards = [{ key = "b", order = ["score low"] }]
    """
    outcome = play(design, *single("jam", "fun", "rank", {"ada": "1 3 1", "ben": "2 1 2", "cy": "3 2 3"}))
    assert scores(outcome.boards["b"]) == {"ada": "1.7", "ben": "1.7", "cy": "2.7"}
    assert places(outcome.boards["b"]) == {"ada": "1", "ben": "1", "cy": "3"}
