"""Rules in words say what the scorer does."""

import pytest

from leaderboards.engine.words import award_rules, board_rules, challenge_rules, cut_rules, round_rules, scoring_rules
from leaderboards.engine.words.phrases import clock, listed, ordinal
from tests.leaderboards.engine.building import read, sound
from tests.leaderboards.engine.test_innovation import DESIGN


def test_the_innovation_competition_in_words():
    rules = scoring_rules(sound(DESIGN))
    assert list(rules) == ["Order", "Round Sealed call", "Round Pitch", "Board result", "Board call", "Board favourite", "Awards"]
    assert rules["Order"] == ["The rounds are, in order of time: Sealed call and Pitch."]
    assert rules["Round Sealed call"] == [
        "Every team takes part.",
        "In concept the panel jury marks impact, novelty and feasibility, each 1 to 5 in steps of 1.",
        "The value of the panel is the mean of the marks.",
        "With fewer than 3 marks there is no value.",
        "Every mark is first mapped from its range to 0 to 100.",
        "A sheet that misses a required criterion does not count.",
        "A mark that is absent or recused is never a zero.",
        "The score is the weighted mean of impact (weight 40), novelty (weight 30) and feasibility (weight 30).",
        "The score is rounded to 2 decimals, halves up.",
    ]
    assert rules["Round Pitch"][:3] == [
        "From the board call into Pitch go the first 2.",
        "All who share the last place that goes on go on.",
        "Up to 1 more team can be let in by a recorded decision with a reason.",
    ]
    assert "Each judge's sheet first becomes one number, the weighted mean of its criteria." in rules["Round Pitch"]
    assert "Then the score is reduced by late_days." in rules["Round Pitch"]
    assert rules["Board result"] == [
        "The score is the sum of 0.3 times the score of Sealed call and 0.7 times the score of Pitch, rounded to 2 decimals, halves up.",
        "A round without score is left out.",
        "Ranked is who took part in Pitch.",
        (
            "Higher score is better; ties go to the higher total of the panel jury in Pitch, then the higher appeal in Pitch. "
            "Equal teams share a place, and as many places are skipped after them (1, 2, 2, 4)."
        ),
        "Teams without a score, withdrawn or disqualified are listed after the others, without a place.",
    ]
    assert rules["Awards"] == [
        "gold goes to place 1, on the board result.",
        "A team gets only one of gold, silver and finalist: the first that it earns, in this order.",
        "silver goes to place 2, on the board result.",
        "finalist goes to every team whose score is 50 or more, on the board result.",
        "money pays by place on the board result: 1st 5000.00, 2nd 2500.00 and 3rd 1000.00.",
        "Teams that share a place share the sum of the places they fill; a cent that is left over goes to one of them by a lot that anybody can draw again.",
        "Money that no place takes stays unspent and is shown as such.",
        "audience-favourite goes to place 1, on the board favourite.",
    ]


CHALLENGE = """
rounds = [{{ key = "r" }}]
boards = [{{ key = "b", order = ["judged"] }}]
challenges = [{{ key = "c", {0} }}]
"""


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (
            'criteria = [{ key = "m", not_marked = 0 }], panels = [{ key = "jury", band = { width = 3, decimals = 2 }, decimals = 2, rounding = "half_even" }]',
            "Marks further than 3 from the mean (rounded to 2 decimals, halves up) are pulled to that distance, once.",
        ),
        ('criteria = [{ key = "m", not_marked = 0 }]', "The value 0 for m means that the judge did not mark it."),
        ('criteria = [{ key = "m", values = [1, 2.5] }]', "In c the panel jury marks m, 1 or 2.5."),
        ('criteria = [{ key = "m", optional = true }]', "In c the panel jury marks m (optional)."),
        (
            'criteria = [{ key = "m" }], panels = [{ key = "jury", drop_high = 2, drop_low = 1, combine = "sum" }]',
            "The 2 highest and the lowest of the marks are left out.",
        ),
        ('criteria = [{ key = "m" }], panels = [{ key = "jury", combine = "sum", quorum = 0 }]', "What nobody marked counts 0."),
        (
            'criteria = [{ key = "m" }], panels = [{ key = "jury", points = [5, 3] }]',
            "Each judge's order of the entries becomes points: 5, 3, then 0; ties share.",
        ),
        ('criteria = [{ key = "m", weight = 2, decimals = 1 }, { key = "n" }]', "The score is the sum of 2 times m and n."),
        ('criteria = [{ key = "m", weight = 2 }, { key = "n", weight = 2 }]', "The score is 2 times the sum of m and n."),
        ('criteria = [{ key = "m" }, { key = "n" }], combine = "mean"', "The score is the mean of m and n."),
        (
            'criteria = [{ key = "m" }, { key = "n" }], incomplete = "use"',
            "A sheet that misses a criterion still counts with the marks it has.",
        ),
        (
            'criteria = [{ key = "m" }], fields = [{ key = "f" }], adjust = [{ times = "f", decimals = 0 }]',
            "Then the score is multiplied by f, rounded to 0 decimals, halves up.",
        ),
        ('criteria = [{ key = "m" }], fields = [{ key = "f" }]', "Without f there is no score."),
        ('criteria = [{ key = "m" }], division = "men"', "c is for division men."),
        (
            'format = "ranking", panels = [{ key = "jury", points = "borda" }]',
            "Each judge's order of the entries becomes points: one for every entry ranked behind; ties share.",
        ),
        ('format = "attempts"', "The penalty is the minute of the accepted attempt, rounded down, plus 20 for each rejection."),
        (
            'format = "attempts", worth = { initial = 500, minimum = 100, decay = 20 }',
            "A solve is worth 500 and falls on a curve with every further solve, never below 100.",
        ),
        (
            'format = "attempts", worth = 5, first = [3, 2]',
            "The first to solve it get 3, 2 on top; who solve at the same moment share.",
        ),
        (
            'format = "automatic", keep = "latest"',
            "c is checked automatically. The latest attempt counts, even if an earlier one was better.",
        ),
        ('format = "measured", better = "low", unit = "s"', "c is measured in s; lower is better. The best attempt counts."),
    ],
)
def test_a_challenge_in_words(written, sentence):
    scoring = sound(CHALLENGE.format(written))
    assert sentence in challenge_rules(scoring, scoring.challenges[0])
    assert sentence in round_rules(scoring, "r")


BOARD = """
rounds = [{ key = "r1", closes = 2027-01-01T00:00:00Z }, { key = "r2", closes = 2027-02-01T00:00:00Z }, { key = "r3" }]
challenges = [{ key = "c", format = "attempts" }]
boards = [{ key = "b", rounds = ["r1", "r2"], %s }]
cuts = [{ board = "b", to = "r3", %s }]
awards = [{ key = "a", %s }]
"""


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("points = [10, 6]", "Places in each round become points first: 10, 6; equal places share."),
        ("half_life = 90", "What a round gave counts half after 90 days, a quarter after twice that, and so on."),
        ("best = 1", "Of each team only the best round counts. A round without score is left out."),
        ('missing = "unscored"', "Without a score in every round there is no score on this board."),
        ('challenges = ["c"]', "Only c counts on this board."),
        (
            'freeze = "4:30:00"',
            "From 4 hours and 30 minutes after the opening on, the public sees later attempts as pending until the board is revealed.",
        ),
        (
            'ranked = "any", within = "division"',
            "Ranked is who took part in any of its rounds. Each division is ranked on its own.",
        ),
        ('source = "points"', "The score is the points that a team has earned by its acts."),
        ("decimals = 1", "r3 does not count here."),
        (
            'order = ["solved", "penalty low"], places = "1223"',
            "Higher number of solved challenges is better; ties go to the lower penalty. Equal teams share a place, and none is skipped after them (1, 2, 2, 3).",
        ),
    ],
)
def test_a_board_in_words(written, sentence):
    assert sentence in board_rules(sound(BOARD % (written, "first = 1", "share = 1")), "b")


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("share = 0.5", "From the board b into r3 go the best 50 %, rounded up."),
        ("at_least = 80", "From the board b into r3 go all with a score of 80 or more."),
        ("all = true", "From the board b into r3 go all who have a place."),
        ('first = 3, ties = "exclude"', "Who share a place across the line do not go on."),
        ('first = 3, ties = "decide"', "A tie across the line is settled by a recorded decision."),
    ],
)
def test_a_cut_in_words(written, sentence):
    scoring = sound(BOARD % ("best = 2", written, "share = 1"))
    assert sentence in cut_rules(scoring, scoring.cuts[0])


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (
            "share = 0.25",
            "a goes to the best 25 % of the field, rounded down, with all who share the last place, on the board b.",
        ),
        ("decided = true", "a is given by a recorded decision."),
        (
            'at_least = 1, by = "improvement"',
            "a goes to every team whose improvement from first to last round is 1 or more, on the board b.",
        ),
        ('amounts = [100], ties = "each"', "Teams that share a place each get the full amount of that place."),
        (
            "places = [2, 4], at_least = 5",
            "a goes to places 2 to 4, and of these every team whose score is 5 or more, on the board b.",
        ),
    ],
)
def test_an_award_in_words(written, sentence):
    assert sentence in award_rules(sound(BOARD % ("best = 2", "first = 1", written)), "a")


def test_what_does_not_exist_has_no_rules():
    scoring = sound(DESIGN)
    assert (round_rules(scoring, "x"), board_rules(scoring, "x"), award_rules(scoring, "x")) == ([], [], [])


def test_small_words():
    assert [listed(row) for row in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 21, 112)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "21st",
        "112th",
    ]
    assert [clock(number) for number in (60_000, 3_600_000, 5_460_000)] == ["1 minute", "1 hour", "1 hour and 31 minutes"]


def test_named_values_in_words():
    design = """
    rounds = [{ key = "r1", name = "Day one" }, { key = "r2" }]
    boards = [{ key = "b", order = ["score", "m.count", "late low", "r1", "r2.c", "c", "m.countback", "jury"] }, { key = "p", source = "points" }]
    cuts = [{ board = "b1", to = "r2", first = { men = 3, ladies = 2 } }]
    [[challenges]]
    key = "c"
    name = "Pitch"
    criteria = [{ key = "m", name = "Impact" }]
    fields = [{ key = "late", name = "days late", default = 0 }]
    """
    scoring = sound(design.replace("cuts", "#"))
    (order,) = [rule for rule in board_rules(scoring, "b") if rule.startswith("Higher")]
    assert order.startswith(
        "Higher score is better; ties go to the higher number of judges who gave Impact more than zero, then the lower days late, "
        "then the higher score in Day one, then the higher score of Pitch in r2, then the higher score of Pitch, "
        "then the higher marks on Impact, compared from the highest down, then the higher total of the panel jury."
    )
    assert (
        "Higher points earned is better. Equal teams share a place, and as many places are skipped after them (1, 2, 2, 4)."
        in board_rules(scoring, "p")
    )


def test_a_cut_per_division_and_records_in_words():
    design = """
    rounds = [{ key = "r1" }, { key = "r2" }]
    boards = [{ key = "b", within = "sex", rounds = ["r1"], order = ["score low"] }, { key = "rec", rows = "records" }]
    cuts = [{ board = "b", to = "r2", first = { men = 3, ladies = 2 } }]
    awards = [{ key = "fast", at_least = 60 }]
    challenges = [{ key = "run", format = "measured", better = "low" }]
    """
    scoring = sound(design)
    assert cut_rules(scoring, scoring.cuts[0])[0] == "From the board b into r2 go the first 3 (men) and 2 (ladies)."
    assert board_rules(scoring, "rec") == [
        "Listed is every attempt that beat the best one standing at its time; an equal one does not."
    ]
    assert award_rules(scoring, "fast") == ["fast goes to every team whose score is 60 or less, on the board b, in each sex."]


def test_comparing_in_pairs_in_words():
    scoring = sound(CHALLENGE.format('format = "pairwise", reference = "g", panels = [{ key = "jury", quorum = 5 }]'))
    assert challenge_rules(scoring, scoring.challenges[0]) == [
        "In c judges compare entries two by two: A, B, or too close; a pair may be skipped, and a few entries put in order at once.",
        (
            "Strengths are fitted to all comparisons together (Bradley-Terry): to beat a strong entry counts more than to beat a weak one,"
            " too close is half a win for each, and the order of the votes does not matter."
        ),
        "The score is the strength; g counts as 0, and one point more means to win about 73 of 100 comparisons.",
        "With fewer than 5 comparisons there is no score.",
    ]
    scaled = sound(CHALLENGE.format('format = "pairwise", scale = 100'))
    assert challenge_rules(scaled, scaled.challenges[0])[2] == (
        "The score is the share of comparisons that an entry would win against all others, as 0 to 100."
    )


def test_unknown_names_stay_as_they_are_written():
    scoring = read(BOARD % ('order = ["zzz", "a b c"]', "first = 1", "share = 1"))
    assert board_rules(scoring, "b")[-2].startswith("Higher zzz is better; ties go to the a b c.")
