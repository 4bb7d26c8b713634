"""Credit along what came from what: published oracles, and what no graph, order or trick can change."""

from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.credit import LinkRefused, Links, Share, Terms, credit, equal_links, ways_between, whole

A, B, C, D = 1, 2, 3, 4
QUARTER, HALF = Fraction(1, 4), Fraction(1, 2)
type Graph = tuple[dict[int, Links], dict[int, dict[str, Fraction]]]


def alone(**teams: str) -> dict[int, dict[str, Fraction]]:
    """Work n belongs to team ...: works are given in order."""
    return {number: {team: Fraction(1)} for number, team in enumerate(teams.values(), 1)}


def paid(shares: list[Share[str]]) -> dict[int, Fraction]:
    found: dict[int, Fraction] = {}
    for one in shares:
        found[one.work] = found.get(one.work, Fraction(0)) + one.amount
    return found


def test_o_dag_two_parents_with_one_grandparent() -> None:
    """O-DAG: D builds on B and C, half each, both on A; V = 100, d = 1/4: B 12.5, C 12.5, A 6.25, together 31.25."""
    links = equal_links({D: [B, C], B: [A], C: [A]})
    got = paid(credit(D, Fraction(100), links, alone(a="a", b="b", c="c", d="d"), terms=Terms()))
    assert got == {B: Fraction("12.5"), C: Fraction("12.5"), A: Fraction("6.25")}
    assert sum(got.values()) == Fraction("31.25")


def chain(length: int) -> Graph:
    """Work n builds on n - 1, each of a team of its own."""
    return equal_links({n: [n - 1] for n in range(2, length + 1)}), {n: {f"t{n}": Fraction(1)} for n in range(1, length + 1)}


def test_o_balloon_a_chain_of_four() -> None:
    """O-BALLOON: the finder 2000, who asked the finder 1000, and so on: 2000, 1000, 500, 250."""
    links, owners = chain(4)
    got = credit(4, Fraction(2000), links, owners, terms=Terms(HALF, 3))
    assert [2000, *(one.amount for one in got)] == [2000, 1000, 500, 250]


def test_o_balloon_eighteen_levels_in_whole_cents() -> None:
    """O-BALLOON: rounded down to cents, 18 levels pay 3999.94."""
    links, owners = chain(18)
    cents = [200_000, *(int(one.amount) for one in credit(18, Fraction(200_000), links, owners, terms=Terms(HALF, 17)))]
    assert len(cents) == 18
    assert sum(cents) == 399_994


def test_a_team_is_paid_nothing_for_its_own_and_its_steps_do_not_count() -> None:
    """X builds on its own work three times, then on Y: Y is one step away."""
    owners = alone(y="y", x1="x", x2="x", x3="x", x4="x")
    links = equal_links({5: [4], 4: [3], 3: [2], 2: [1]})
    assert credit(5, Fraction(100), links, owners, terms=Terms()) == [Share(1, "y", 1, Fraction(25))]
    assert ways_between(5, 1, links, owners, terms=Terms()) == [(4, 3, 2)]


def test_two_teams_that_build_on_each_other_in_turn_are_paid_once_each() -> None:
    owners = {n: {"x" if n % 2 else "y": Fraction(1)} for n in range(1, 10)}
    links, _ = chain(9)
    assert credit(9, Fraction(100), links, owners, terms=Terms()) == [Share(8, "y", 1, Fraction(25))]


def test_a_joint_work_shares_what_comes_and_pays_no_builder() -> None:
    owners = {1: {"x": Fraction(6, 10), "z": Fraction(4, 10)}, 2: {"x": Fraction(1)}}
    assert credit(2, Fraction(100), {2: [(1, Fraction(1))]}, owners, terms=Terms()) == [Share(1, "z", 1, Fraction(10))]


def test_a_work_of_nobody_uses_up_a_step_and_is_paid_nothing() -> None:
    links, owners = chain(3)
    assert paid(credit(3, Fraction(100), links, owners | {2: {}}, terms=Terms())) == {1: Fraction("6.25")}


def test_taken_along_the_way_each_keeps_three_quarters() -> None:
    """Zero-sum: the builder keeps 75, its source 18.75, the next 4.6875, the last one in reach what came."""
    links, owners = chain(5)
    got = paid(credit(5, Fraction(100), links, owners, terms=Terms(minted=False)))
    assert got == {4: Fraction("18.75"), 3: Fraction("4.6875"), 2: Fraction("1.5625")}
    assert sum(got.values()) == 25


def test_a_link_to_something_newer_is_refused() -> None:
    with pytest.raises(LinkRefused, match="not older"):
        credit(1, Fraction(1), {1: [(2, Fraction(1))]}, {1: {"x": Fraction(1)}}, terms=Terms())


def test_whole_points_add_up_to_the_sum_rounded_down() -> None:
    assert whole({"a": Fraction(25), "b": Fraction("6.25"), "c": Fraction("1.5625")}) == {"a": 25, "b": 6, "c": 1}
    assert whole({"a": Fraction("12.5"), "b": Fraction("12.5"), "c": Fraction("6.25")}) == {"a": 13, "b": 12, "c": 6}


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    size = draw(st.integers(2, 12))
    teams = [draw(st.sampled_from("uvwxyz")) for _ in range(size)]
    sources = {n: sorted(draw(st.sets(st.integers(1, n - 1), max_size=4))) for n in range(2, size + 1)}
    owners = {n: ({} if draw(st.integers(0, 9)) == 0 else {teams[n - 1]: Fraction(1)}) for n in range(1, size + 1)}
    return equal_links(sources), owners


TERMS = st.builds(Terms, st.sampled_from([QUARTER, HALF, Fraction(1, 3)]), st.integers(1, 4), st.booleans())


@given(graph=graphs(), terms=TERMS, value=st.integers(1, 1000))
def test_nobody_can_be_paid_more_than_the_bound_and_whole_points_add_up(graph: Graph, terms: Terms, value: int) -> None:
    links, owners = graph
    got = credit(max(owners), Fraction(value), links, owners, terms=terms)
    total = sum((one.amount for one in got), Fraction(0))
    assert total <= value * terms.bound() <= value * terms.share / (1 - terms.share)
    assert all(one.amount > 0 and 1 <= one.depth <= terms.depth for one in got)
    for depth in range(1, terms.depth + 1):
        assert sum(one.amount for one in got if one.depth >= depth) <= value * terms.share**depth / (1 - terms.share)
    points = whole({(one.work, one.owner): one.amount for one in got})
    assert sum(points.values()) == int(total)


@given(graph=graphs(), terms=TERMS, seed=st.integers(0, 99))
def test_the_order_of_links_never_matters(graph: Graph, terms: Terms, seed: int) -> None:
    links, owners = graph
    shuffled = {n: Random(seed).sample(found, len(found)) for n, found in sorted(links.items(), reverse=True)}
    newest = max(owners)
    assert credit(newest, Fraction(7), links, owners, terms=terms) == credit(newest, Fraction(7), shuffled, owners, terms=terms)


@given(graph=graphs(), terms=TERMS, one=st.integers(1, 99), other=st.integers(1, 99))
def test_what_two_acts_bring_is_the_sum_of_what_each_brings(graph: Graph, terms: Terms, one: int, other: int) -> None:
    links, owners = graph
    newest = max(owners)

    def worth(value: int) -> dict[int, Fraction]:
        return paid(credit(newest, Fraction(value), links, owners, terms=terms))

    both, first, second = worth(one + other), worth(one), worth(other)
    assert both == {work: first[work] + second[work] for work in both}


@given(graph=graphs(), terms=TERMS, length=st.integers(1, 9))
def test_works_of_ones_own_in_between_change_nothing_for_anybody(graph: Graph, terms: Terms, length: int) -> None:
    """A chain of fakes by the builder itself, put between its work and its sources."""
    links, owners = graph
    newest = max(owners)
    owners = owners | {newest: {"x": Fraction(1)}}
    longer = dict(links)
    fakes = range(newest + 1, newest + length + 1)
    for fake in fakes:
        longer[fake] = [(fake - 1, Fraction(1))]
    more = owners | {fake: {"x": Fraction(1)} for fake in fakes}
    assert credit(fakes[-1], Fraction(9), longer, more, terms=terms) == credit(newest, Fraction(9), links, owners, terms=terms)


@given(length=st.integers(1, 40), teams=st.integers(1, 40))
def test_a_chain_of_fakes_by_any_number_of_teams_gains_nothing_beyond_the_bound(length: int, teams: int) -> None:
    links, _ = chain(length + 1)
    owners = {n: {f"fake{n % teams}": Fraction(1)} for n in range(1, length + 2)}
    got = credit(length + 1, Fraction(100), links, owners, terms=Terms())
    assert sum((one.amount for one in got), Fraction(0)) <= 100 * Terms().bound() == Fraction("32.8125")
    by_team: dict[str, Fraction] = {}
    for one in got:
        by_team[one.owner] = by_team.get(one.owner, Fraction(0)) + one.amount
    assert all(amount <= 25 for amount in by_team.values())


@given(graph=graphs(), terms=TERMS)
def test_each_share_has_its_way(graph: Graph, terms: Terms) -> None:
    links, owners = graph
    newest = max(owners)
    for one in credit(newest, Fraction(1), links, owners, terms=terms):
        ways = ways_between(newest, one.work, links, owners, terms=terms)
        assert ways
        for way in ways:
            steps = (newest, *way, one.work)
            assert all(any(older == to for to, _ in links[work]) for work, older in pairwise(steps))
