"""How sure: chances, ranges, rank sets, agreement, judges' reports, far marks."""

import random
from fractions import Fraction

import numpy as np
import pytest

from leaderboards.engine.severity.judges import halo, reports
from leaderboards.engine.severity.outliers import outliers
from leaderboards.engine.severity.ratings import Rating, ratings_of
from leaderboards.engine.severity.reliability import Level, alpha, icc, reliability
from leaderboards.engine.severity.reml import fit
from leaderboards.engine.severity.uncertainty import (
    all_pair_errors,
    chances,
    critical,
    entry_errors,
    pair_errors,
    precision_of,
    rank_sets,
)
from tests.leaderboards.engine.severity.test_reml import BIBD, crowd, fitted

F = Fraction

KRIPPENDORFF = "123321412...|1233224125.3|.3332342251.|12332441251."
ENCYCLOPAEDIA = ".....34121133.3|1.213343.......|..21344.21133.4"
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def units(text: str) -> list[list[int]]:
    """One row per coder, "." for no value."""
    rows = text.split("|")
    return [[int(row[place]) for row in rows if row[place] != "."] for place in range(len(rows[0]))]


@pytest.mark.parametrize(
    ("table", "level", "expected"),
    [
        (KRIPPENDORFF, Level.NOMINAL, 0.7434),
        (KRIPPENDORFF, Level.ORDINAL, 0.8154),
        (KRIPPENDORFF, Level.INTERVAL, 0.8491),
        (KRIPPENDORFF, Level.RATIO, 0.7974),
        (ENCYCLOPAEDIA, Level.NOMINAL, 0.6914),
        (ENCYCLOPAEDIA, Level.ORDINAL, 0.8067),
        (ENCYCLOPAEDIA, Level.INTERVAL, 0.8108),
    ],
)
def test_krippendorffs_alpha(table, level, expected):
    """Oracles O-KA and O-KA2."""
    found = alpha(units(table), level)
    assert found is not None
    assert round(found, 4) == expected


@pytest.mark.parametrize("table", [[], [[1], [2]], [[3, 3], [3, 3, 3]]])
def test_agreement_that_cannot_be_estimated(table):
    assert {alpha(table, level) for level in Level} == {None}


def test_intraclass_correlations():
    """Oracle O-ICC."""
    found = icc(SHROUT_FLEISS)
    assert found is not None
    assert [round(one, 6) for one in found] == [0.165742, 0.289764, 0.714841, 0.442797, 0.620051, 0.909316]


@pytest.mark.parametrize("table", [[], [[1, 2]], [[1], [2]], [[3, 3], [3, 3]], [[1, 9], [9, 1]]])
def test_intraclass_correlations_that_cannot_be_estimated(table):
    assert icc(table) is None


def test_rank_sets_that_hold_together():
    """Oracle O-RANKSET."""
    errors = [[0.5 * 2**0.5] * 4] * 4
    assert round(critical(4), 6) == 2.638257
    assert round(critical(4) * errors[0][0], 6) == 1.865530
    assert rank_sets([9, 8, 7.5, 5], errors) == [(1, 3), (1, 3), (1, 3), (4, 4)]


def test_one_entry_is_the_first():
    assert (rank_sets([4], [[0]]), rank_sets([], [])) == ([(1, 1)], [])


def test_errors_of_pairs_are_the_same_one_by_one_and_all_at_once():
    precision = precision_of(fit(ratings_of(crowd(seed=3))))
    table = all_pair_errors(precision)
    firsts, seconds = np.triu_indices(len(table), 1)
    assert pair_errors(precision, firsts, seconds) == pytest.approx(table[firsts, seconds])
    assert table == pytest.approx(table.T)
    assert np.diag(table) == pytest.approx(np.zeros(len(table)), abs=1e-6)


def test_judges_who_read_both_do_not_make_a_difference_less_sure():
    """In a complete design the judges cancel out: only the noise of the marks is left."""
    found = fitted("1 4 2 9", "5 5 3 8", "2 6 3 7")
    assert all_pair_errors(precision_of(found))[0, 1] == pytest.approx((2 * found.s2 / 4) ** 0.5)


def test_the_errors_are_those_of_the_whole_covariance():
    found = fitted(*BIBD)
    inverse = np.linalg.inv(found.overlap.laplacian + found.lam * np.eye(4))
    a = np.zeros((4, 4))
    a[found.ratings.rows, found.ratings.columns] = 1 / 3
    covariance = found.s2 * (np.eye(4) / 3 + a @ inverse @ a.T)
    assert entry_errors(precision_of(found)) == pytest.approx(np.sqrt(np.diag(covariance)))


def test_chances_are_drawn_with_a_seed():
    precision = precision_of(fit(ratings_of(crowd())))
    assert chances(precision, (1, 3), seed=7) == chances(precision, (1, 3), seed=7)
    assert chances(precision, (1, 3), seed=7) != chances(precision, (1, 3), seed=8)


def test_chances_add_up_and_ranges_hold_the_place():
    found = fit(ratings_of(crowd()))
    seen = chances(precision_of(found), (1, 3))
    assert sum(seen.top[1]) == pytest.approx(1)
    assert sum(seen.top[3]) == pytest.approx(3)
    order = np.argsort(-found.qualities)
    for place, entry in enumerate(order, start=1):
        assert seen.low[entry] <= place <= seen.high[entry]


def test_draws_spread_as_the_errors_say():
    """Two entries: how often the better comes first is known in closed form."""
    from statistics import NormalDist

    found = fitted("8 6", "5 7")
    precision = precision_of(found)
    error = float(all_pair_errors(precision)[0, 1])
    apart = float(found.qualities[0] - found.qualities[1])
    seen = chances(precision, (1,), draws=20_000)
    assert seen.top[1][0] == pytest.approx(NormalDist().cdf(apart / error), abs=0.015)


def test_plain_means_are_unsure_by_the_noise_and_the_judges_together():
    found = fitted(*BIBD)
    plain = precision_of(found, adjusted=False)
    rest = found.ratings.values - found.means[found.ratings.rows]
    assert list(plain.values) == list(found.means)
    assert entry_errors(plain) == pytest.approx([(float(rest @ rest) / 8 / 3) ** 0.5] * 4)
    assert chances(plain, (1,)).top[1][3] > 0.5


def test_reliability_is_near_what_the_marks_were_made_with():
    dice = random.Random(5)
    judges = [dice.gauss(0, 1) for _ in range(40)]
    rows = []
    for entry in range(400):
        quality = dice.gauss(0, 1)
        rows += [
            Rating(f"e{entry:03}", f"j{judge:02}", F(round(1000 * (quality + judges[judge] + dice.gauss(0, 1))), 1000))
            for judge in dice.sample(range(40), 3)
        ]
    assert reliability(precision_of(fit(ratings_of(rows)))) == pytest.approx(0.75, abs=0.05)


def test_reliability_of_nothing():
    assert reliability(precision_of(fitted("5 5", "5 5"))) is None
    assert reliability(precision_of(fitted("5 6 7"))) is None


# --- Judges and marks -----------------------------------------------------------------------------------------------------------------


def jury(change=None, entries: int = 20, judges: int = 6) -> list[Rating]:
    """Everybody judges everything; `change(entry, judge, value)` makes one of them peculiar."""
    dice = random.Random(11)
    rows = []
    for entry in range(entries):
        quality = dice.uniform(20, 80)
        for judge in range(judges):
            value = quality + dice.gauss(0, 4)
            rows.append(Rating(f"e{entry:02}", f"j{judge}", F(round(change(entry, judge, value) if change else value))))
    return rows


def flags(change) -> dict[str, tuple[str, ...]]:
    found = fit(ratings_of(jury(change)))
    return {one.judge: one.flags for one in reports(found, {})}


def test_an_ordinary_jury_has_no_flags():
    assert set(flags(None).values()) == {()}


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        (lambda _e, judge, value: value - 10 * (judge == 2), "severe"),
        (lambda _e, judge, value: value + 10 * (judge == 2), "lenient"),
        (lambda entry, judge, value: value + (14 * (-1) ** entry if judge == 2 else 0), "unpredictable"),
        (lambda _e, judge, value: 50 + (value - 50) / 4 if judge == 2 else value, "central"),
        (lambda _e, judge, value: 50 if judge == 2 else value, "constant"),
    ],
)
def test_what_is_said_of_a_peculiar_judge(change, flag):
    found = flags(change)
    assert flag in found["j2"]
    assert all(flag not in said for judge, said in found.items() if judge != "j2")


def test_little_is_said_of_a_judge_with_little():
    rows = [one for one in jury() if one.judge != "j2" or one.entry < "e02"]
    report = next(one for one in reports(fit(ratings_of(rows)), {}) if one.judge == "j2")
    assert (report.flags, report.sheets, report.consistency, report.centrality) == (("few",), 2, None, None)


def test_halo_is_how_alike_the_criteria_are():
    assert halo([[1, 1], [2, 2], [3, 3]]) == pytest.approx(1)
    assert halo([[1, 3], [2, 2], [3, 1]]) == pytest.approx(-1)
    assert halo([[1, 5], [2, 5], [3, 5]]) is None
    assert halo([[1, 1], [2, 2]]) is None
    assert halo([[1], [2], [3]]) is None


def test_halo_is_flagged_against_the_other_judges():
    dice = random.Random(2)
    sheets = {
        f"j{judge}": [[dice.randint(1, 9), dice.randint(1, 9), dice.randint(1, 9)] for _ in range(20)] for judge in range(6)
    }
    sheets["j3"] = [[value, value, value] for value, _, _ in sheets["j3"]]
    found = {one.judge: one.flags for one in reports(fit(ratings_of(jury())), sheets)}
    assert found == {f"j{judge}": ("halo",) if judge == 3 else () for judge in range(6)}


def test_a_mark_far_from_what_was_expected_is_found():
    def slip(entry, judge, value):
        return value - 40 if (entry, judge) == (7, 4) else value

    found = outliers(fit(ratings_of(jury(slip))))
    assert (found[0].entry, found[0].judge) == ("e07", "j4")
    assert found[0].distance < -4
    assert outliers(fit(ratings_of(jury())), far=9) == []


def test_an_entry_with_one_review_has_nothing_to_be_far_from():
    rows = [*jury(), Rating("single", "j0", F(500))]
    assert all(one.entry != "single" for one in outliers(fit(ratings_of(rows))))
    assert outliers(fitted("5 5", "5 5")) == []
