"""Severities: the published oracles, the edge cases, and what must hold for any marks."""

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaderboards.engine.severity.gates import gate, warnings
from leaderboards.engine.severity.offsets import quantized
from leaderboards.engine.severity.ratings import Rating, overlap_of, ratings_of
from leaderboards.engine.severity.reml import fit
from leaderboards.engine.severity.uncertainty import entry_errors, judge_errors, pair_errors, precision_of

F = Fraction

BIBD = ("73 74 - 71", "- 75 67 72", "73 75 68 -", "75 - 72 75")


def rated(*rows: str) -> list[Rating]:
    """A row per entry, a word per judge, "-" unseen."""
    return [
        Rating(f"e{entry}", f"j{judge}", F(value))
        for entry, row in enumerate(rows, start=1)
        for judge, value in enumerate(row.split(), start=1)
        if value != "-"
    ]


def fitted(*rows: str):
    return fit(ratings_of(rated(*rows)))


def qualities(found) -> list[float]:
    return [float(one) + float(found.ratings.base) for one in found.qualities]


def test_montgomerys_block_design():
    """Oracle O-BIBD."""
    found = fitted(*BIBD)
    assert f"{found.lam:.7f}" == "0.0810811"
    assert (round(found.s2, 6), round(found.sb2, 5)) == (0.65, 8.01667)
    assert qualities(found) == pytest.approx([71.413115, 71.616393, 72, 74.970492], abs=1e-6)
    whole = sum(qualities(found)) / 4
    assert [one - whole for one in qualities(found)] == pytest.approx([-1.086885, -0.883607, -0.5, 2.470492], abs=1e-6)
    assert found.overlap.eigenvalues == pytest.approx([0, 8 / 3, 8 / 3, 8 / 3], abs=1e-9)
    precision = precision_of(found)
    firsts, seconds = np.array([0, 0, 1]), np.array([1, 3, 2])
    assert pair_errors(precision, firsts, seconds) == pytest.approx([0.697066] * 3, abs=1e-6)


def test_with_judges_as_fixed_as_entries_the_book_is_met():
    """Oracle O-BIBD, its other half: the same Laplacian, nothing shrunk."""
    found = fitted(*BIBD)
    marks = found.ratings
    sums = np.bincount(marks.columns, marks.values - found.means[marks.rows])
    offsets = np.linalg.lstsq(found.overlap.laplacian, sums, rcond=None)[0]
    values = np.bincount(marks.rows, marks.values - offsets[marks.columns]) / found.overlap.reviews
    assert values - values.mean() == pytest.approx([-9 / 8, -7 / 8, -4 / 8, 20 / 8])


def test_lam_is_rounded_first_so_that_one_linear_solve_gives_the_offsets_again():
    found = fitted(*BIBD)
    rows = rated(*BIBD)
    means = {entry: np.mean([float(one.value) for one in rows if one.entry == entry]) for entry in ("e1", "e2", "e3", "e4")}
    rest = [sum(float(one.value) - means[one.entry] for one in rows if one.judge == judge) for judge in found.ratings.judges]
    again = np.linalg.solve(found.overlap.laplacian + 0.0810811 * np.eye(4), rest)
    assert found.offsets == pytest.approx(again, abs=1e-12)
    assert found.lam == 0.0810811


# --- Edge cases -----------------------------------------------------------------------------------------------------------------------


def crowd(seed: int = 1, entries: int = 12, judges: int = 6, each: int = 3, severity: float = 1.0) -> list[Rating]:
    dice = random.Random(seed)
    offsets = [dice.gauss(0, severity) for _ in range(judges)]
    rows = []
    for entry in range(entries):
        quality = dice.gauss(0, 2)
        rows += [
            Rating(f"e{entry:02}", f"j{judge}", F(round(100 * (quality + offsets[judge] + dice.gauss(0, 1))), 100))
            for judge in dice.sample(range(judges), each)
        ]
    return rows


def test_a_judge_with_one_sheet_is_hardly_moved():
    known = crowd(entries=40, judges=8)
    usual = qualities(fit(ratings_of(known)))[0]
    found = fit(ratings_of([*known, Rating("e00", "z", F(round(usual)) + 3)]))
    alone = float(found.offsets[found.ratings.judges.index("z")])
    assert 0 < alone < 1.5


def test_an_entry_with_one_review_stays_and_is_unsure():
    rows = [*crowd(), Rating("single", "j0", F(5))]
    found = fit(ratings_of(rows))
    errors = entry_errors(precision_of(found))
    place = found.ratings.entries.index("single")
    assert errors[place] == max(errors)
    assert any("1 entry was judged by one judge only" in one for one in warnings(found.overlap))


def test_where_all_marks_are_equal_nothing_is_divided():
    found = fitted("5 5 5", "5 5 5", "5 5 5")
    assert (found.lam, found.s2, list(found.offsets), qualities(found)) == (None, 0.0, [0, 0, 0], [5, 5, 5])
    assert list(entry_errors(precision_of(found))) == [0, 0, 0]
    assert list(judge_errors(found)) == [0, 0, 0]


def test_judges_who_always_agree_have_no_severity():
    found = fitted("7.1 7.1 7.1", "6.3 6.3 6.3")
    assert (found.lam, found.s2) == (None, 0.0)
    assert qualities(found) == pytest.approx([7.1, 6.3])


def test_judges_who_differ_by_a_constant_and_never_err_are_told_apart():
    found = fitted("1 2 3 -", "4 - 6 7", "- 8 9 10", "10 11 - 13")
    assert qualities(found) == pytest.approx([2.5, 5.5, 8.5, 11.5], abs=1e-3)
    assert list(found.offsets) == pytest.approx([-1.5, -0.5, 0.5, 1.5], abs=1e-3)


def test_a_judge_whose_marks_never_change_is_no_division_by_zero():
    rows = [Rating(one.entry, one.judge, F(3) if one.judge == "j2" else one.value) for one in crowd()]
    assert np.isfinite(fit(ratings_of(rows)).offsets).all()


def test_without_a_second_opinion_nothing_is_known_of_the_noise():
    found = fitted("5 - -", "- 6 -", "- - 7")
    assert (found.lam, found.s2, qualities(found)) == (None, None, [5, 6, 7])
    assert precision_of(found) is None


def test_judges_without_a_shared_entry_fall_into_groups_and_stay_at_zero_there():
    found = fitted("1 3 - -", "2 4 - -", "- - 9 7", "- - 8 6")
    assert found.overlap.components == 2
    assert found.overlap.lambda2 == 0
    assert float(found.offsets[0] + found.offsets[1]) == pytest.approx(0)
    assert "fall into 2 groups that share no entry" in warnings(found.overlap)[0]


def test_thinly_connected_judges_are_told_of():
    found = fitted("1 3 - -", "- 4 5 -", "- - 9 7")
    assert 0 < found.overlap.lambda2 < 1
    assert "share few entries" in warnings(found.overlap)[0]
    assert any("4 judges have fewer than 3 sheets" in one for one in warnings(found.overlap))


def test_a_judge_rates_an_entry_once():
    with pytest.raises(ValueError, match='judge "j1" rates "e1" twice'):
        ratings_of([Rating("e1", "j1", F(1)), Rating("e1", "j1", F(2))])


@pytest.mark.parametrize(
    ("judges", "df", "why"),
    [
        (4, 15, ""),
        (3, 100, "there are fewer than 4 judges (3)"),
        (4, 14, "too few entries were judged more than once (14 marks beyond the first of each entry, 15 are needed)"),
        (1501, 9000, "there are more than 1500 judges (1501)"),
    ],
)
def test_gates(judges, df, why):
    assert gate(judges, df) == why


@pytest.mark.parametrize(
    ("value", "expected"), [(0.1234565, F(123456, 10**6)), (0.1234575, F(123458, 10**6)), (-1e-9, F(0)), (2.5, F(5, 2))]
)
def test_computed_numbers_are_exact_from_there_on(value, expected):
    assert quantized(value) == expected


# --- What must hold for any marks -----------------------------------------------------------------------------------------------------

tables = st.dictionaries(
    st.tuples(st.integers(0, 7), st.integers(0, 5)), st.integers(0, 40).map(lambda one: F(one, 4)), min_size=2, max_size=40
).map(lambda rows: [Rating(f"e{entry}", f"j{judge}", value) for (entry, judge), value in rows.items()])


def offsets(found) -> dict[str, F]:
    return {judge: quantized(float(value)) for judge, value in zip(found.ratings.judges, found.offsets, strict=True)}


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_marks_never_matters(rows, dice):
    shuffled = dice.sample(rows, len(rows))
    assert offsets(fit(ratings_of(shuffled))) == offsets(fit(ratings_of(rows)))


@given(tables, st.permutations(range(6)), st.permutations(range(8)))
def test_other_names_change_nothing_but_the_names(rows, judges, entries):
    named = [Rating(f"e{entries[int(one.entry[1:])]}", f"j{judges[int(one.judge[1:])]}", one.value) for one in rows]
    before, after = offsets(fit(ratings_of(rows))), offsets(fit(ratings_of(named)))
    assert {f"j{judges[int(judge[1:])]}": value for judge, value in before.items()} == after


@given(tables, st.integers(-10_000, 10_000))
def test_more_for_everybody_moves_qualities_only(rows, more):
    raised = [one._replace(value=one.value + more) for one in rows]
    before, after = fit(ratings_of(rows)), fit(ratings_of(raised))
    assert offsets(before) == offsets(after)
    assert after.ratings.base == before.ratings.base + more
    assert list(after.qualities) == list(before.qualities)


@given(st.lists(st.lists(st.integers(0, 20), min_size=4, max_size=4), min_size=2, max_size=8))
def test_where_all_judge_all_the_adjusted_order_is_the_plain_order(table):
    rows = [Rating(f"e{place}", f"j{judge}", F(value)) for place, row in enumerate(table) for judge, value in enumerate(row)]
    found = fit(ratings_of(rows))
    assert float(found.offsets.sum()) == pytest.approx(0, abs=1e-6)
    assert list(found.qualities) == pytest.approx(list(found.means), abs=1e-6)


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_offsets_shrink_but_never_turn_against_what_was_seen(seed):
    """Against everybody's mean, summed over the entries a judge read: the estimate goes the same way in a balanced design."""
    dice = random.Random(seed)
    rows = [Rating(f"e{entry}", f"j{judge}", F(dice.randint(0, 20))) for entry in range(6) for judge in range(5)]
    found = fit(ratings_of(rows))
    seen = np.bincount(found.ratings.columns, found.ratings.values - found.means[found.ratings.rows]) / 6
    assert (np.abs(found.offsets) <= np.abs(seen) + 1e-9).all()
    assert (found.offsets * seen >= -1e-9).all()


def test_it_agrees_with_a_fine_search_of_the_criterion():
    """Against an independent full REML likelihood of the mixed model, entries fixed, judges random."""
    rows = crowd(seed=4, entries=15, judges=5, each=3, severity=2)
    ratings = ratings_of(rows)
    found = fit(ratings)
    assert found.lam is not None
    count, entries, judges = len(rows), len(ratings.entries), len(ratings.judges)
    x, z = np.zeros((count, entries)), np.zeros((count, judges))
    x[np.arange(count), ratings.rows] = 1
    z[np.arange(count), ratings.columns] = 1

    def criterion(lam: float) -> float:
        v = np.eye(count) + z @ z.T / lam
        inverse = np.linalg.inv(v)
        info = x.T @ inverse @ x
        beta = np.linalg.solve(info, x.T @ inverse @ ratings.values)
        rest = ratings.values - x @ beta
        s2 = rest @ inverse @ rest / (count - entries)
        return float((count - entries) * np.log(s2) + np.linalg.slogdet(v)[1] + np.linalg.slogdet(info)[1])

    best = min(np.exp(np.linspace(-6, 6, 2401)), key=criterion)
    assert found.lam == pytest.approx(best, rel=0.01)
    assert overlap_of(ratings).components == 1
