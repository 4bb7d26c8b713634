import pytest

from leaderboards.engine.facts import Facts
from leaderboards.engine.pipeline import compute
from tests.leaderboards.engine.building import decide, groups, places, single, sound

TWO = """
rounds = [{{ key = "heat" }}, {{ key = "final" }}]
challenges = [{{ key = "c", criteria = [{{ key = "m" }}] }}]
boards = [{{ key = "result", rounds = ["final"] }}, {{ key = "heat", rounds = ["heat"]{board} }}]
cuts = [{{ board = "heat", to = "final", {cut} }}]
"""
ROWS = {"ada": "9", "ben": "8", "cy": "8", "dee": "7", "eli": "6"}


def run(cut: str, *decisions, board: str = "", rows=ROWS, **columns):
    facts = Facts(groups=groups(*rows, "guest", **columns), marks=single("heat", "c", "m", rows), decisions=decisions)
    return compute(sound(TWO.format(cut=cut, board=board)), facts)


def through(cut: str, *decisions, **options) -> str:
    return " ".join(run(cut, *decisions, **options).entrants["final"])


def told(outcome) -> list[str]:
    return [str(one) for one in outcome.problems]


@pytest.mark.parametrize(
    ("cut", "expected"),
    [
        ("first = 2", "ada ben cy"),
        ('first = 2, ties = "exclude"', "ada"),
        ("first = 3", "ada ben cy"),
        ("first = 0", ""),
        ("share = 0.5", "ada ben cy"),
        ("share = 0.61", "ada ben cy dee"),
        ("share = 1", "ada ben cy dee eli"),
        ("at_least = 7", "ada ben cy dee"),
        ("all = true", "ada ben cy dee eli"),
    ],
)
def test_who_goes_on(cut, expected):
    assert through(cut) == expected


def test_an_unscored_group_never_goes_on():
    assert "guest" not in through("all = true")


def test_a_tie_that_must_be_decided_waits_for_its_decision():
    waiting = run('first = 2, ties = "decide"')
    assert (waiting.entrants["final"], waiting.cuts[0].undecided) == (("ada",), ("ben", "cy"))
    assert told(waiting) == ['cut to "final": a tie must be decided: 1 of ben, cy can go on, but decisions advance 0']
    advanced = run('first = 2, ties = "decide"', decide("advance", "cy", board="heat", round="final"))
    assert (advanced.entrants["final"], advanced.cuts[0].undecided, told(advanced)) == (("ada", "cy"), (), [])
    broken = run('first = 2, ties = "decide"', decide("break", "ben", board="heat", value="1"))
    assert (broken.entrants["final"], told(broken)) == (("ada", "ben"), [])


def test_wildcards_come_on_top_but_only_as_many_as_allowed():
    two = (decide("advance", "dee", board="heat", round="final"), decide("advance", "eli", board="heat", round="final"))
    assert through("first = 1, wildcards = 1", two[1]) == "ada eli"
    assert told(run("first = 1, wildcards = 1", *two)) == [
        'decisions: 2 groups advance from board "heat" to "final" by decision, but the cut allows 1 wildcard'
    ]


def test_a_stopped_group_does_not_go_on():
    assert through("first = 2", decide("stop", "ben", round="final")) == "ada cy"


def test_an_invited_group_enters_beside_the_cut():
    assert through("first = 1", decide("advance", "guest", round="final")) == "ada guest"


def test_a_cut_larger_than_the_field_is_a_warning():
    assert told(run("first = 40")) == ['cut to "final": first = 40, but only 5 groups have a place']


def test_each_division_has_its_own_quota():
    division = {"ada": "men", "ben": "men", "cy": "ladies", "dee": "ladies", "eli": "ladies", "guest": "men"}
    board = ', within = "division"'
    assert through("first = { men = 1, ladies = 2 }", board=board, division=division) == "ada cy dee"
    assert through("first = 1", board=board, division=division) == "ada cy"


def test_where_low_is_better_at_least_means_at_most():
    design = """
    rounds = [{ key = "heat" }, { key = "final" }]
    challenges = [{ key = "c", format = "ranking" }]
    boards = [{ key = "heat", rounds = ["heat"], order = ["score low"] }]
    cuts = [{ board = "heat", to = "final", at_least = 2 }]
    """
    facts = Facts(groups=groups("ada", "ben", "cy"), marks=single("heat", "c", "rank", {"ada": "1", "ben": "2", "cy": "3"}))
    assert compute(sound(design), facts).entrants["final"] == ("ada", "ben")


def test_without_a_cut_everyone_of_the_round_before_goes_on_unless_groups_are_invited():
    design = """
    rounds = [{ key = "r1" }, { key = "r2" }, { key = "r3" }]
    challenges = [{ key = "c", criteria = [{ key = "m" }] }]
    boards = [{ key = "b" }]
    """
    facts = Facts(
        groups=groups("ada", "ben", "cy"), decisions=(decide("stop", "ben", round="r2"), decide("advance", "cy", round="r3"))
    )
    assert compute(sound(design), facts).entrants == {"r1": ("ada", "ben", "cy"), "r2": ("ada", "cy"), "r3": ("cy",)}


def test_several_cuts_into_one_round_add_up():
    design = """
    rounds = [{ key = "heat" }, { key = "final" }]
    challenges = [{ key = "c", criteria = [{ key = "m" }, { key = "n" }] }]
    boards = [{ key = "heat", rounds = ["heat"] }, { key = "style", rounds = ["heat"], order = ["n"] }]
    cuts = [{ board = "heat", to = "final", first = 1 }, { board = "style", to = "final", first = 1 }]
    """
    given = (*single("heat", "c", "m", {"ada": "9", "ben": "1"}), *single("heat", "c", "n", {"ada": "1", "ben": "2"}))
    outcome = compute(sound(design), Facts(groups=groups("ada", "ben", "cy"), marks=given))
    assert outcome.entrants["final"] == ("ada", "ben")
    assert [cut.through for cut in outcome.cuts] == [("ada",), ("ben",)]


def test_marks_of_a_group_that_is_out_stay_on_record_and_are_not_scored():
    rows = {"ada": "9", "ben": "8"}
    facts = Facts(
        groups=groups("ada", "ben"),
        marks=(*single("heat", "c", "m", rows), *single("final", "c", "m", {"ada": "1", "ben": "9"})),
        decisions=(decide("disqualify", "ben", round="final"),),
    )
    outcome = compute(sound(TWO.format(cut="first = 2", board="")), facts)
    assert ("final", "c", "ben") not in outcome.cells
    assert places(outcome.boards["result"]) == {"ada": "1", "ben": None}
    assert places(outcome.boards["heat"]) == {"ada": "1", "ben": "2"}


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (
            decide("promote", "ada"),
            '"promote" is not a kind of decision; known: advance, stop, withdraw, disqualify, equal, break, award, forgo',
        ),
        (decide("stop", "zoe", round="final"), 'stop of "zoe": there is no such group'),
        (decide("stop", "ada", round="semi"), '"semi" is not a round, in stop of "ada"'),
        (decide("equal", "ada", board="x", other="ben"), 'equal of "ada": "x" is not a board'),
        (decide("equal", "ada", board="heat", other="zoe"), 'equal of "ada": there is no group "zoe" to share a place with'),
        (decide("advance", "ada", round="semi"), 'advance of "ada": "semi" is not a round'),
        (
            decide("advance", "ada", round="final", board="result"),
            'advance of "ada": no cut leads from board "result" to "final"',
        ),
        (decide("award", "ada", value="gold"), 'award of "ada": "gold" is not an award that is decided'),
    ],
)
def test_a_decision_about_nothing_is_told(decision, message):
    assert f"decisions: {message}" in told(run("first = 2", decision))
