"""The bench of recovery: dealing is fair, and a gate that fails says BELOW."""

import numpy as np
import pytest

from bench import table
from bench.judging import DEALS, EACH, NEAR, Deal, Found, dealt, line, recovered


@pytest.mark.parametrize("deal", DEALS, ids=lambda deal: deal.name)
def test_nobody_reads_an_entry_twice_and_loads_are_even(deal):
    found = dealt(deal, np.random.default_rng(1))
    assert all(len(set(row)) == EACH for row in found)
    loads = np.bincount(found.ravel(), minlength=deal.judges)
    assert loads.max() - loads.min() <= 1 + bool(deal.bridges)


def test_judges_stay_in_their_track_but_for_the_bridges():
    found = dealt(Deal("", 120, 24, tracks=4, bridges=0.1), np.random.default_rng(1))
    crossing = [row for number, row in enumerate(found) if len({judge % 4 for judge in row} | {number % 4}) > 1]
    assert 0 < len(crossing) <= 12


def test_the_same_seed_gives_the_same():
    once, twice = (recovered(DEALS[0], 0.7, 5, seed=3) for _ in range(2))
    assert list(once.ours) == list(twice.ours)


@pytest.mark.parametrize(
    ("severity", "ours", "below"),
    [
        (0, 0.8, False),
        (0, 0.8 - NEAR / 2, False),
        (0, 0.8 - 2 * NEAR, True),
        (0.7, 0.8, True),
        (1.2, 0.79, True),
        (1.2, 0.81, False),
    ],
)
def test_a_gate_that_fails_says_below(severity, ours, below):
    same = np.full(4, 0.8)
    result = line(DEALS[0], severity, Found(same, same - 0.1, np.full(4, ours)))
    assert result.below is below
    assert ("BELOW" in table.text([result])) is below
    assert f"{ours:.3f}" in table.text([result])


def test_severities_are_worth_taking_off_in_a_small_event_too():
    found = recovered(DEALS[1], 1.2, 60, seed=5)
    assert found.ours.mean() > found.raw.mean() + 0.03
