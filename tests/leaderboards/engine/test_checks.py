import pytest

from leaderboards.engine.checks import Severity, problems
from leaderboards.engine.spec import Scoring
from tests.leaderboards.engine.building import messages, read

BASE = """
rounds = {rounds}
challenges = {challenges}
boards = {boards}
cuts = {cuts}
awards = {awards}
"""
SOUND = {
    "rounds": '[{ key = "r1" }, { key = "r2" }]',
    "challenges": '[{ key = "c", criteria = [{ key = "m", min = 0, max = 10 }], fields = [{ key = "late", default = 0 }] }]',
    "boards": '[{ key = "b", rounds = ["r1"] }]',
    "cuts": '[{ board = "b", to = "r2", first = 1 }]',
    "awards": '[{ key = "gold", places = [1, 1] }]',
}


def told(**tables: str) -> list[str]:
    return messages(BASE.format(**{**SOUND, **tables}))


def test_a_sound_scoring_has_no_problem():
    assert told() == []


@pytest.mark.parametrize(
    ("table", "written", "message"),
    [
        ("rounds", "[]", "rounds: at least one round is needed"),
        ("rounds", '[{ key = "r1" }, { key = "r2" }, { key = "r1" }]', 'rounds: the key "r1" is used 2 times'),
        (
            "rounds",
            '[{ key = "score" }, { key = "r1" }, { key = "r2" }]',
            'round "score": the key "score" has a meaning of its own in boards; choose another',
        ),
        (
            "rounds",
            '[{ key = "r1", opens = 2027-02-01T00:00:00Z, closes = 2027-01-01T00:00:00Z }, { key = "r2" }]',
            'round "r1": closes 2027-01-01T00:00:00+00:00 before it opens 2027-02-01T00:00:00+00:00',
        ),
        (
            "rounds",
            '[{ key = "r1", opens = 2027-02-01T00:00:00Z }, { key = "r2", opens = 2027-01-01T00:00:00Z }]',
            'round "r2": opens before the round written above it; rounds stand in order of time',
        ),
        ("rounds", '[{ key = "r1", best = 2 }, { key = "r2" }]', 'round "r1".best: 2 is more than the 1 challenges of the round'),
        (
            "boards",
            '[{ key = "b", order = ["scor"], rounds = ["r1"] }]',
            'board "b".order: "scor" is not a known value, with "high" or "low" after it; did you mean "score"?',
        ),
        (
            "boards",
            '[{ key = "b", order = ["m up"], rounds = ["r1"] }]',
            'board "b".order: "m up" is not a known value, with "high" or "low" after it',
        ),
        ("boards", '[{ key = "b", order = [], rounds = ["r1"] }]', 'board "b".order: at least one value name is needed'),
        ("boards", '[{ key = "b", rounds = ["r9"] }]', 'board "b": "r9" is not a round; known: r1, r2'),
        (
            "boards",
            '[{ key = "b", rounds = ["r1"], weights = { r2 = 1 } }]',
            'board "b".weights: round "r2" has a weight but is not among the rounds of the board',
        ),
        (
            "boards",
            '[{ key = "b", weights = { r1 = 0 } }]',
            'board "b".weights: all weights are 0, so nothing counts; at least one must differ from 0',
        ),
        (
            "boards",
            '[{ key = "b", weights = { r1 = -1 }, combine = "mean" }]',
            'board "b".weights: the weight of "r1" is -1, but the weights of a mean cannot be negative',
        ),
        ("boards", '[{ key = "b", rounds = ["r1"] }, { key = "b", rounds = ["r2"] }]', 'boards: the key "b" is used 2 times'),
        (
            "boards",
            '[{ key = "b", rounds = ["r1"] }, { rounds = ["r2"] }]',
            "boards[1]: key is missing; expected a key, or each = true",
        ),
        (
            "boards",
            '[{ key = "b", rounds = ["r1"] }, { each = true, rounds = ["r2"] }]',
            "boards[1]: each stands instead of key, rounds and weights: one board per round, named after it",
        ),
        (
            "boards",
            '[{ key = "b", rounds = ["r1"], challenges = ["d"] }]',
            'board "b".challenges: "d" is not a challenge; known: c',
        ),
        ("boards", '[{ key = "b", rounds = ["r1"], points = [] }]', 'board "b".points: expected "borda" or at least one number'),
        ("boards", '[{ key = "b", rounds = ["r1"], best = 2 }]', 'board "b".best: 2 is more than the 1 rounds of the board'),
        (
            "boards",
            '[{ key = "b", rounds = ["r1"], half_life = 30 }]',
            'board "b".half_life: round "r1" has no closes, from which the age of its values is counted',
        ),
        (
            "boards",
            '[{ key = "b", rounds = ["r1"], freeze = "1:00:00" }]',
            'board "b".freeze: no challenge of this board has attempts, so nothing freezes',
        ),
        (
            "boards",
            '[{ key = "b", rounds = ["r1"], order = ["score low"] }]',
            'board "b".order: orders score low, but in all its challenges higher is better',
        ),
        (
            "boards",
            '[{ key = "b", rounds = ["r1"], within = "" }]',
            'board "b".within: expected the name of a column of the groups',
        ),
        (
            "boards",
            '[{ key = "b", rounds = ["r1"] }, { key = "x", rows = "records" }]',
            'board "x".rows: records need a board of measured challenges only; name them in challenges',
        ),
        (
            "cuts",
            '[{ board = "b", to = "r2" }]',
            'cut to "r2": exactly one of first, share, at_least, all is needed, found: none',
        ),
        (
            "cuts",
            '[{ board = "b", to = "r2", first = 1, all = true }]',
            'cut to "r2": exactly one of first, share, at_least, all is needed, found: first, all',
        ),
        ("cuts", '[{ board = "b", to = "r1", first = 1 }]', 'cut to "r1": board "b" counts round "r1", which is not before "r1"'),
        ("cuts", '[{ board = "x", to = "r2", first = 1 }]', 'cut to "r2".board: "x" is not a board; known: b'),
        ("cuts", '[{ board = "b", to = "r9", first = 1 }]', 'cut to "r9".to: "r9" is not a round; known: r1, r2'),
        (
            "cuts",
            '[{ board = "b", to = "r2", share = 1.5 }]',
            'cut to "r2".share: expected a number above 0 and at most 1, found 3/2',
        ),
        (
            "cuts",
            '[{ board = "b", to = "r2", first = { men = 1 } }]',
            'cut to "r2".first: a number per division needs within on board "b"',
        ),
        (
            "awards",
            '[{ key = "gold" }]',
            'award "gold": at least one of places, at_least, share, decided, amounts, pool is needed, found: none',
        ),
        (
            "awards",
            '[{ key = "gold", places = [2, 1] }]',
            'award "gold".places: expected [from, to] with 1 <= from <= to, found [2, 1]',
        ),
        (
            "awards",
            '[{ key = "gold", at_least = 1, by = "mm" }]',
            'award "gold".by: "mm" is not a known value of board "b"; did you mean "m"?',
        ),
        ("awards", '[{ key = "gold", board = "x", share = 1 }]', 'award "gold".board: "x" is not a board; known: b'),
        ("awards", '[{ key = "gold", amounts = [] }]', 'award "gold".amounts: at least one amount in cents is needed'),
        ("awards", '[{ key = "a", share = 1 }, { key = "a", share = 1 }]', 'awards: the key "a" is used 2 times'),
    ],
)
def test_what_is_refused_names_its_place_and_what_was_expected(table, written, message):
    assert message in told(**{table: written})


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (
            'criteria = [{ key = "m" }, { key = "m" }]',
            'challenge "c": the name "m" is used 2 times among criteria, panels and fields',
        ),
        (
            'criteria = [{ key = "m" }], fields = [{ key = "m" }]',
            'challenge "c": the name "m" is used 2 times among criteria, panels and fields',
        ),
        (
            'criteria = [{ key = "solved" }]',
            'challenge "c": the name "solved" has a meaning of its own in boards; choose another',
        ),
        ('rounds = ["r7"], criteria = [{ key = "m" }]', 'challenge "c".rounds: "r7" is not a round; known: r1, r2'),
        (
            'criteria = [{ key = "m", panel = "jurry" }]',
            'challenge "c".criterion "m".panel: "jurry" is not a panel of this challenge; known: jury',
        ),
        ("", 'challenge "c".criteria: a rubric needs at least one criterion'),
        (
            'scale = 100, criteria = [{ key = "m", min = 1 }]',
            'challenge "c".criterion "m": scale needs min and max, with min below max',
        ),
        ('scale = 0, criteria = [{ key = "m", min = 1, max = 2 }]', 'challenge "c".scale: expected a number above 0, found 0'),
        ('criteria = [{ key = "m", min = 5, max = 1 }]', 'challenge "c".criterion "m": min 5 is above max 1'),
        ('criteria = [{ key = "m", step = 0 }]', 'challenge "c".criterion "m".step: expected a number above 0, found 0'),
        ('criteria = [{ key = "m", values = [] }]', 'challenge "c".criterion "m".values: at least one value is needed'),
        (
            'criteria = [{ key = "m", step = 1, values = [1] }]',
            'challenge "c".criterion "m": step and values cannot both say what a mark may be; remove one',
        ),
        (
            'combine = "mean", criteria = [{ key = "m", weight = 0 }]',
            'challenge "c".criteria: all weights are 0, so nothing counts; at least one must differ from 0',
        ),
        (
            'criteria = [{ key = "m" }], adjust = [{ minus = "late" }]',
            'challenge "c".adjust[0].minus: "late" is not a field of this challenge; known: none',
        ),
        (
            'criteria = [{ key = "m" }], fields = [{ key = "n", min = 1, default = 0 }]',
            'challenge "c".field "n".default: 0 is outside min and max',
        ),
        (
            'criteria = [{ key = "m" }], fields = [{ key = "n", min = 1, max = 0 }]',
            'challenge "c".field "n": min 1 is above max 0',
        ),
        (
            'criteria = [{ key = "m" }], panels = [{ key = "jury", quorum = 4, drop_high = 2, drop_low = 2 }]',
            'challenge "c".panel "jury": drops 4 marks but counts from a quorum of 4 on; dropping needs at least one mark to remain',
        ),
        (
            'criteria = [{ key = "m" }], panels = [{ key = "jury", combine = "severity", points = "borda" }]',
            'challenge "c".panel "jury".combine: severity needs marks: in an order of the entries every judge is equally severe; use mean or median',
        ),
        (
            'format = "ranking", panels = [{ key = "jury", combine = "severity" }]',
            'challenge "c".panel "jury".combine: severity needs marks: in an order of the entries every judge is equally severe; use mean or median',
        ),
        (
            'criteria = [{ key = "m" }], panels = [{ key = "jury", combine = "severity", drop_high = 1 }]',
            'challenge "c".panel "jury": severity does not drop marks; use severity_clip against marks far from the others',
        ),
        (
            'criteria = [{ key = "m" }], panels = [{ key = "jury", combine = "severity", band = { width = 1 } }]',
            'challenge "c".panel "jury".band: severity has no band; use severity_clip to pull adjusted marks that lie far from the others',
        ),
        (
            'criteria = [{ key = "m" }], panels = [{ key = "jury", combine = "severity_clip" }]',
            (
                'challenge "c".panel "jury".band.width: severity_clip needs a width, in marks: band = { width = 1.5, around = "median" } pulls adjusted marks'
                " further than 1.5 from the median of their entry to that distance"
            ),
        ),
        (
            'criteria = [{ key = "m" }], panels = [{ key = "jury", quorum = 0 }]',
            'challenge "c".panel "jury".quorum: 0 has an effect only on a sum; the mean of nothing is nothing',
        ),
        (
            'criteria = [{ key = "m" }], panels = [{ key = "jury", band = { width = -1 } }]',
            'challenge "c".panel "jury".band.width: expected 0 or more, found -1',
        ),
        (
            'criteria = [{ key = "m" }], panels = [{ key = "jury", points = [] }]',
            'challenge "c".panel "jury".points: expected "borda" or at least one number',
        ),
        (
            'criteria = [{ key = "m" }], panels = [{ key = "jury" }, { key = "public" }]',
            'challenge "c".panel "public": no criterion is marked by this panel',
        ),
        (
            'format = "pairwise", panels = [{ key = "jury" }, { key = "public" }]',
            'challenge "c".panels: votes name no panel: expected one, found 2',
        ),
        (
            'format = "pairwise", panels = [{ key = "jury", combine = "median" }]',
            'challenge "c".panel "jury".combine: judges compare and do not mark: it has no effect; remove it',
        ),
        (
            'format = "pairwise", fields = [{ key = "strength", default = 1 }]',
            'challenge "c".fields: the name "strength" has a meaning of its own where entries are compared',
        ),
        (
            'format = "pairwise", reference = "g", scale = 100',
            'challenge "c".reference: with a scale nothing is counted from a group; remove one',
        ),
        (
            'format = "attempts", criteria = [{ key = "m" }]',
            'challenge "c".criteria: attempts challenges are not marked, so criteria have no effect; remove them',
        ),
        ('format = "attempts", ignored = ["AC"]', 'challenge "c".ignored: the verdict "AC" cannot be both accepted and ignored'),
        ('format = "attempts", penalty = -1', 'challenge "c".penalty: expected 0 or more minutes, found -1'),
        (
            'format = "attempts", worth = { initial = 1, minimum = 2, decay = 1 }',
            'challenge "c".worth: expected initial of at least minimum, and a decay of 0 or more',
        ),
        ('format = "measured", better = "low"', 'challenge "c": lower is better, but board "b" orders score high'),
        ('format = "ranking"', 'challenge "c": lower is better, but board "b" orders score high'),
    ],
)
def test_what_is_wrong_with_a_challenge(written, message):
    comma = ", " if written else ""
    assert message in told(challenges=f'[{{ key = "c"{comma}{written} }}]')


def test_a_key_may_come_again_in_another_round_but_not_twice_in_one():
    assert (
        told(
            challenges='[{ key = "c", rounds = ["r1"], criteria = [{ key = "m" }] }, { key = "c", rounds = ["r2"], criteria = [{ key = "m" }] }]'
        )
        == []
    )
    twice = told(
        challenges='[{ key = "c", criteria = [{ key = "m" }] }, { key = "c", rounds = ["r2"], criteria = [{ key = "m" }] }]'
    )
    assert twice == ['challenges of round "r2": the key "c" is used 2 times']


def test_a_message_tells_apart_challenges_of_the_same_key():
    wrong = '[{ key = "c", rounds = ["r1"], criteria = [{ key = "m" }] }, { key = "c", rounds = ["r2"] }]'
    assert told(challenges=wrong) == ['challenge "c" (r2).criteria: a rubric needs at least one criterion']


def test_a_name_that_means_two_things_is_a_warning():
    design = """
    rounds = [{ key = "free" }]
    challenges = [{ key = "c", criteria = [{ key = "free" }] }]
    boards = [{ key = "b", order = ["free"] }]
    """
    (only,) = problems(read(design))
    assert only.severity is Severity.WARNING
    assert str(only) == 'board "b".order: "free" names a round and also something inside a challenge; the round is meant'


def test_everything_is_told_at_once():
    assert len(told(rounds="[]", awards='[{ key = "a" }]', cuts='[{ board = "z", to = "y" }]')) >= 5


def test_an_empty_scoring_is_told_what_it_needs():
    assert [str(one) for one in problems(Scoring())] == ["rounds: at least one round is needed"]


def test_records_have_no_places_for_cuts_and_awards():
    design = """
    rounds = [{ key = "r1" }, { key = "r2" }]
    challenges = [{ key = "run", format = "measured" }]
    boards = [{ key = "b", rounds = ["r1"], rows = "records" }]
    cuts = [{ board = "b", to = "r2", first = 1 }]
    awards = [{ key = "a", share = 1 }]
    """
    assert messages(design) == [
        'cut to "r2".board: board "b" lists records, which have no places; a cut needs a board of groups',
        'award "a".board: board "b" lists records, which have no places; an award needs a board of groups',
    ]


def test_awards_need_a_board():
    assert "awards: awards need at least one board" in told(boards="[]", cuts="[]")


def test_low_and_high_scores_do_not_add_up():
    mixed = '[{ key = "run", format = "measured", better = "low" }, { key = "c", criteria = [{ key = "m" }] }]'
    low = told(challenges=mixed, boards='[{ key = "b", rounds = ["r1"], order = ["score low"] }]')
    assert low == ['board "b": adds scores where lower is better to scores where higher is better']
    assert told(challenges=mixed, boards='[{ key = "b", rounds = ["r1"], points = [3, 2] }]') == []


def test_a_half_life_is_above_zero():
    message = 'board "b".half_life: expected a number of days above 0, found 0'
    assert message in told(boards='[{ key = "b", rounds = ["r1"], half_life = 0 }]')


def test_a_challenge_has_a_round_and_a_key_of_its_own():
    found = told(challenges='[{ key = "judged", rounds = [], criteria = [{ key = "m" }] }]')
    assert 'challenge "judged".rounds: at least one round is needed; leave the key out for every round' in found
    assert 'challenge "judged": the key "judged" has a meaning of its own in boards; choose another' in found
