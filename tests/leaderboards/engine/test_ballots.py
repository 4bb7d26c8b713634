"""An audience's ballots become votes or a share of the voters; what an audience and peers cannot do is refused in words."""

from fractions import Fraction

import pytest

from leaderboards.engine.facts import Facts, Mark, Submission
from leaderboards.engine.outcome import Fate, Outcome, Unscored
from leaderboards.engine.pipeline import compute
from leaderboards.engine.words import challenge_rules
from tests.leaderboards.engine.building import groups, messages, places, single, sound

CUP = """
rounds = [{{ key = "r" }}]
boards = [{{ key = "b" }}]
[[challenges]]
key = "c"
criteria = [{{ key = "liked" }}]
panels = [{{ key = "crowd", who = "audience", {options} }}]
"""
BOTH = """
rounds = [{ key = "r" }]
boards = [{ key = "b" }, { key = "loved", order = ["crowd"] }]
[[challenges]]
key = "c"
scale = 100
combine = "mean"
criteria = [{ key = "impact", min = 0, max = 10, weight = 3 }, { key = "liked", min = 0, max = 1, panel = "crowd" }]
panels = [{ key = "jury" }, { key = "crowd", who = "audience" }]
"""


def ballots(**votes: str) -> tuple[Mark, ...]:
    """Group → its voters, by letter."""
    return tuple(Mark("r", "c", group, f"voter-{one}", "liked", Fraction(1)) for group, voters in votes.items() for one in voters)


def run(options: str, *rows: Mark, entered: str = "") -> Outcome:
    handed = tuple(Submission("r", "c", group) for group in entered)
    return compute(sound(CUP.format(options=options)), Facts(groups=groups("a", "b", "d"), marks=rows, submissions=handed))


def scores(outcome: Outcome) -> dict[str, Fraction | None]:
    return {group: outcome.cells["r", "c", group].score for group in ("a", "b", "d")}


def test_votes_are_added_and_nobody_votes_is_zero_once_anybody_voted() -> None:
    assert scores(run('combine = "sum"', *ballots(a="xyz", b="x"))) == {"a": 3, "b": 1, "d": 0}
    assert scores(run('combine = "sum"')) == {"a": None, "b": None, "d": None}


def test_the_mean_is_the_share_of_all_who_voted() -> None:
    found = run("ballots = 2", *ballots(a="xyz", b="xw"))
    assert scores(found) == {"a": Fraction(3, 4), "b": Fraction(1, 2), "d": 0}
    (fold,) = found.cells["r", "c", "a"].folds
    assert [(one.judge, one.given, one.used, one.fate) for one in fold.marks] == [
        ("audience", Fraction(3), Fraction(3, 4), Fate.COUNTED)
    ]


def test_who_handed_nothing_in_has_no_score_and_not_zero() -> None:
    assert scores(run("ballots = 1", *ballots(a="x"), entered="ab")) == {"a": 1, "b": 0, "d": None}


def test_a_quorum_counts_voters() -> None:
    few = run("quorum = 3", *ballots(a="xy", b="x"))
    assert scores(few) == {"a": None, "b": None, "d": None}
    assert few.cells["r", "c", "a"].unscored is Unscored.NO_MARKS
    assert scores(run("quorum = 3", *ballots(a="xy", b="z")))["a"] == Fraction(2, 3)


def test_an_audience_has_a_declared_weight_beside_the_jury_and_a_board_of_its_own() -> None:
    jury = single("r", "c", "impact", {"a": "5", "b": "10"})
    outcome = compute(sound(BOTH), Facts(groups=groups("a", "b"), marks=(*jury, *ballots(a="xyz", b="w"))))
    assert {group: outcome.cells["r", "c", group].score for group in "ab"} == {
        "a": (3 * 50 + Fraction(75)) / 4,
        "b": (3 * 100 + Fraction(25)) / 4,
    }
    assert places(outcome.boards["b"]) == {"b": "1", "a": "2"}
    assert places(outcome.boards["loved"]) == {"a": "1", "b": "2"}


def test_the_rules_say_what_a_vote_is_in_words() -> None:
    scoring = sound(CUP.format(options='ballots = 3, combine = "sum", quorum = 20'))
    said = " ".join(challenge_rules(scoring, scoring.challenges[0]))
    assert "the audience votes on liked: everybody with a confirmed address has 3 votes, each for another entry" in said
    assert "the number of votes" in said
    assert "fewer than 20 voters" in said
    shared = sound(CUP.format(options="ballots = 1"))
    assert "the share of all voters who chose the entry" in " ".join(challenge_rules(shared, shared.challenges[0]))


PLACE = 'challenge "c".panel "p"'


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ('panels = [{ key = "p", ballots = 3 }]', f"{PLACE}.ballots: only an audience has ballots; this panel is of judges"),
        (
            'panels = [{ key = "p", who = "audience" }], criteria = [{ key = "m" }, { key = "n" }]',
            f"{PLACE}.who: an audience votes on exactly one criterion, found 2",
        ),
        (
            'panels = [{ key = "p", who = "audience", combine = "median" }]',
            f'{PLACE}.combine: the median of votes says nothing; expected "sum" (the votes) or "mean" (the share of the voters)',
        ),
        (
            'panels = [{ key = "p", who = "audience", drop_low = 1, quorum = 2 }]',
            f"{PLACE}.drop_low: votes are counted, not marks: it has no effect; remove it",
        ),
        (
            'panels = [{ key = "p", who = "audience", per = "sheet" }]',
            f"{PLACE}.per: votes are counted, and there are no sheets; remove it",
        ),
        (
            'panels = [{ key = "p", who = "audience" }], criteria = [{ key = "m", min = 1, max = 10 }]',
            'challenge "c".criterion "m": a vote counts 1: expected min 0 and max 1, or neither',
        ),
        (
            'panels = [{ key = "p", who = "audience" }], criteria = [{ key = "m", step = 1 }]',
            'challenge "c".criterion "m".step: a vote counts 1: it has no effect; remove it',
        ),
        (
            'format = "ranking", panels = [{ key = "p", who = "audience" }]',
            f"{PLACE}.who: an audience votes on a criterion of a rubric; this challenge is ranking",
        ),
        (
            'format = "measured", panels = [{ key = "p", who = "peers" }], criteria = []',
            f"{PLACE}.who: peers mark sheets, but measured challenges are not marked; use rubric or ranking",
        ),
    ],
)
def test_what_an_audience_and_peers_cannot_do_is_said(task: str, message: str) -> None:
    criteria = "" if "criteria" in task or "ranking" in task else 'criteria = [{ key = "m" }], '
    text = f'rounds = [{{ key = "r" }}]\nboards = [{{ key = "b" }}]\nchallenges = [{{ key = "c", {criteria}{task} }}]\n'
    assert message in messages(text)


def test_peers_are_told_in_words() -> None:
    text = 'rounds = [{ key = "r" }]\nboards = [{ key = "b" }]\nchallenges = [{ key = "c", criteria = [{ key = "m" }], panels = [{ key = "p", who = "peers" }] }]\n'
    scoring = sound(text)
    assert "teams judge teams on the panel p: nobody their own team" in " ".join(challenge_rules(scoring, scoring.challenges[0]))
