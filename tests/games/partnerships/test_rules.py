"""Splits are whole, and stay so however often teams merge."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.partnerships.rules import (
    WHOLE,
    Merged,
    PartnershipInvalid,
    PartnershipRefused,
    PartnersNeeded,
    check_deadline,
    check_organizations,
    check_parts,
    divided,
    percent,
    shared_credit,
)

pytestmark = pytest.mark.any_database
START = datetime(2027, 1, 1, tzinfo=UTC)


@st.composite
def splits(draw: st.DrawFn, groups: tuple[int, ...] = (1, 2, 3, 4)) -> dict[int, int]:
    """A whole split among some of the groups."""
    among = draw(st.lists(st.sampled_from(groups), min_size=2, unique=True))
    cuts = sorted(draw(st.sets(st.integers(1, WHOLE - 1), min_size=len(among) - 1, max_size=len(among) - 1)))
    edges = [0, *cuts, WHOLE]
    return {group: high - low for group, low, high in zip(among, edges, edges[1:], strict=False)}


@given(splits())
def test_a_whole_split_is_taken(split):
    check_parts(next(iter(split)), split)
    assert sum(split.values()) == WHOLE


@pytest.mark.parametrize(
    ("split", "where"),
    [
        ({1: 10_000}, "partners"),
        ({1: 6_000, 2: 3_999}, "shares"),
        ({1: 6_000, 2: 4_001}, "shares"),
        ({1: 10_000, 2: 0}, "shares"),
        ({1: 10_001, 2: -1}, "shares"),
        ({2: 6_000, 3: 4_000}, "lead"),
        (dict.fromkeys(range(1, 26), 400), "partners"),
    ],
)
def test_a_split_that_is_not_whole_is_refused_with_its_place(split, where):
    with pytest.raises(PartnershipInvalid) as refused:
        check_parts(1, split)
    assert refused.value.where == where


@given(st.integers(0, WHOLE), splits())
def test_what_is_divided_adds_up_exactly_and_is_fair_to_a_point(points, split):
    found = divided(points, split)
    assert sum(found.values()) == points
    assert all(abs(found.get(group, 0) - points * part / WHOLE) < 1 for group, part in split.items())


@given(st.lists(splits(tuple(range(1, 7))), max_size=5), st.integers(1, 6))
def test_however_often_teams_merge_their_credit_stays_whole(chain, group):
    mergers = [Merged(next(iter(split)), split, START + timedelta(days=day)) for day, split in enumerate(chain)]
    found = shared_credit({group: WHOLE}, mergers, START + timedelta(days=10))
    assert sum(found.values()) == WHOLE
    assert all(points > 0 for points in found.values())


def test_a_team_that_merged_twice_shares_by_the_later_split_first():
    first = Merged(1, {1: 6_000, 2: 4_000}, START)
    second = Merged(1, {1: 7_000, 3: 3_000}, START + timedelta(days=1))
    assert shared_credit({1: WHOLE}, [first, second], START + timedelta(days=2)) == {1: 4_200, 2: 2_800, 3: 3_000}


def test_what_was_made_before_a_merger_is_not_shared():
    merger = Merged(1, {1: 6_000, 2: 4_000}, START)
    assert shared_credit({1: WHOLE}, [merger], START - timedelta(seconds=1)) == {1: WHOLE}
    assert shared_credit({2: WHOLE}, [merger], START + timedelta(days=1)) == {2: WHOLE}


@pytest.mark.parametrize(("points", "words"), [(2_550, "25.5 %"), (10_000, "100 %"), (1, "0.01 %"), (3_333, "33.33 %")])
def test_parts_are_told_in_percent(points, words):
    assert percent(points) == words


def test_the_rules_of_a_cycle_may_forbid_mergers_or_end_them():
    check_deadline(allowed=True, until=None, now=START)
    check_deadline(allowed=True, until=START + timedelta(seconds=1), now=START)
    for allowed, until in ((False, None), (True, START)):
        with pytest.raises(PartnershipRefused):
            check_deadline(allowed=allowed, until=until, now=START)


def test_too_few_organizations_are_refused_with_how_many_there_are():
    check_organizations(2, {"a", "b"})
    with pytest.raises(PartnersNeeded, match="at least 2 organizations; 1 organization stands behind yours"):
        check_organizations(2, {"a"})
