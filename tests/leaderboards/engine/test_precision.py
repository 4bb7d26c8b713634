"""What a design tells before it starts is what brute simulation finds."""

import random
import time

import numpy as np
import pytest

from leaderboards.engine.planning import Entry, Judge, Plan, Problem, Spreads, enough, plan, precision, precision_of, precisions


def by_brute_force(entries, judges, each, spreads, *, rounds=150):
    """Places off on average: every round drawn and solved by itself, from Henderson's mixed-model equations written out whole."""
    dice = random.Random(11)
    off: list[int] = []
    for _ in range(rounds):
        loads = [0.0] * judges
        quality = [dice.gauss(0, spreads.quality) for _ in range(entries)]
        severity = [dice.gauss(0, spreads.severity) for _ in range(judges)]
        system, right = np.zeros((entries + judges,) * 2), np.zeros(entries + judges)
        for entry in range(entries):
            for judge in sorted(range(judges), key=lambda one: (loads[one], dice.random()))[:each]:
                loads[judge] += 1
                mark = quality[entry] + severity[judge] + dice.gauss(0, spreads.noise)
                column = entries + judge
                system[entry, entry] += 1
                system[column, column] += 1
                system[entry, column] += 1
                system[column, entry] += 1
                right[entry] += mark
                right[column] += mark
        system[entries:, entries:] += np.eye(judges) * (spreads.noise / spreads.severity) ** 2
        score = np.linalg.solve(system, right)[:entries]
        true, came = (sorted(range(entries), key=lambda one, of=of: -of[one]) for of in (quality, score))
        off += [abs(true.index(one) - came.index(one)) for one in range(entries)]
    return sum(off) / len(off), sorted(off)[int(0.9 * len(off))]


@pytest.mark.parametrize(
    ("entries", "judges", "each", "spreads"),
    [(60, 20, 3, Spreads()), (30, 10, 3, Spreads(1, 0.5, 1.2)), (24, 6, 4, Spreads(2, 1, 0.3))],
)
def test_places_are_off_as_in_a_brute_simulation(entries, judges, each, spreads):
    mean, most = by_brute_force(entries, judges, each, spreads)
    found = precision(entries, judges, each, spreads)
    assert found.mean == pytest.approx(mean, rel=0.06)
    assert abs(found.most - most) <= 1
    assert found.adjusted


def test_a_small_jury_is_not_adjusted():
    assert not precision(12, 3, 3).adjusted
    assert not precision(10, 5, 2).adjusted
    assert precision(10, 5, 3).adjusted


def test_perfect_marks_give_perfect_places():
    found = precision(20, 5, 2, Spreads(1, 0, 0))
    assert (found.mean, found.most, found.first, found.podium, found.reliability) == (0, 0, 1, 1, 1)


def test_a_complete_design_loses_nothing_to_severity():
    strict = precision(30, 5, 5, Spreads(1, 1, 5))
    mild = precision(30, 5, 5, Spreads(1, 1, 0))
    assert strict.mean == pytest.approx(mild.mean, rel=0.08)


def test_more_judges_are_better_and_a_table_says_how_many_are_enough():
    rows = precisions(60, 20)
    assert [row.per_entry for row in rows] == list(range(1, 9))
    assert [row.mean for row in rows] == sorted((row.mean for row in rows), reverse=True)
    assert [row.load for row in rows] == [3 * each for each in range(1, 9)]
    found = enough(rows)
    assert found is not None
    assert 3 <= found.per_entry <= 6
    assert enough(rows, within=rows[3].most) == next(row for row in rows if row.most <= rows[3].most)
    assert enough(rows, within=0) is None
    assert enough(()) is None
    assert enough(rows[:1]) == rows[0]


def test_the_same_question_has_the_same_answer_quickly():
    precision(5, 5, 1)
    began = time.process_time()
    first = precision(60, 20, 3)
    assert time.process_time() - began < 1
    assert precision(60, 20, 3) == first
    assert precision(60, 20, 3, seed=1) != first


def test_anchors_link_judges_who_share_nothing_else():
    assert precision(60, 20, 1, anchors=5).mean < precision(60, 20, 1).mean


def test_a_plan_is_as_precise_as_its_design():
    found = plan(Problem(tuple(Entry(f"e{n}") for n in range(60)), tuple(Judge(f"j{n}") for n in range(20)), 3))
    assert isinstance(found, Plan)
    told = precision_of(found.pairs)
    assert (told.entries, told.judges, told.per_entry, told.sheets, told.load) == (60, 20, 3, 180, 9)
    assert told.mean == pytest.approx(precision(60, 20, 3).mean, rel=0.08)


def test_a_big_design_is_quick_enough():
    began = time.process_time()
    found = precision(5000, 500, 3)
    assert time.process_time() - began < 15
    assert found.most > 500


@pytest.mark.parametrize("sizes", [(0, 0, 3), (0, 4, 3), (5, 0, 3), (5, 3, 0), (1, 1, 1), (2, 9, 3)])
def test_odd_sizes_are_answered(sizes):
    found = precision(*sizes)
    assert found.most <= max(sizes[0] - 1, 0)
    assert 0 <= found.reliability <= 1
