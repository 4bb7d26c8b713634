"""Who gives mostly to whom: pairs, rings, strongly connected sets. Simulated rings are found, honest networks are not."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaderboards.engine.rings import mutual_pairs, reciprocity, strongly_connected, tight_rings

edges = st.dictionaries(st.tuples(st.integers(0, 9), st.integers(0, 9)), st.integers(0, 9), max_size=40)


def honest(teams: int, seed: int, each: int = 12) -> dict[tuple[int, int], int]:
    """A network in which every team thanks whoever it met, by chance."""
    chance = Random(seed)
    found: dict[tuple[int, int], int] = {}
    for team in range(teams):
        for other in chance.choices([one for one in range(teams) if one != team], k=each):
            found[team, other] = found.get((team, other), 0) + 1
    return found


def with_ring(network: dict[tuple[int, int], int], members: range, each: int = 6) -> dict[tuple[int, int], int]:
    """The same, in which some thank each other on top, every one every other."""
    return network | {(one, other): network.get((one, other), 0) + each for one in members for other in members if one != other}


def reached(start: int, follows: dict[int, set[int]]) -> set[int]:
    """Everything that is reached from a node, itself included: the plain way."""
    seen, todo = {start}, [start]
    while todo:
        for following in follows.get(todo.pop(), set()) - seen:
            seen.add(following)
            todo.append(following)
    return seen


@given(edges)
@settings(deadline=None)
def test_sets_are_those_in_which_each_reaches_each_and_every_node_is_in_one(told: dict[tuple[int, int], int]) -> None:
    follows: dict[int, set[int]] = {}
    for source, target in told:
        follows.setdefault(source, set()).add(target)
    nodes = {end for edge in told for end in edge}
    plain = {
        frozenset(other for other in nodes if other in reached(one, follows) and one in reached(other, follows)) for one in nodes
    }
    found = strongly_connected(told)
    assert set(found) == plain
    assert sum(map(len, found)) == len(nodes)


def test_a_long_chain_is_searched_without_recursion() -> None:
    ring = [(one, (one + 1) % 50_000) for one in range(50_000)]
    assert [len(found) for found in strongly_connected(ring)] == [50_000]


@given(edges, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_what_is_found_depends_neither_on_order_nor_on_names(told: dict[tuple[int, int], int], chance: Random) -> None:
    shuffled = list(told.items())
    chance.shuffle(shuffled)
    names = list(range(100, 110))
    chance.shuffle(names)
    renamed = {(names[one], names[other]): count for (one, other), count in shuffled}
    rings = {(frozenset(names[one] for one in ring.members), ring.inside, ring.share) for ring in tight_rings(told, among=20)}
    assert rings == {(ring.members, ring.inside, ring.share) for ring in tight_rings(renamed, among=20)}
    pairs = {(frozenset({names[pair.one], names[pair.other]}), pair.share) for pair in mutual_pairs(told, among=20)}
    assert pairs == {(frozenset({pair.one, pair.other}), pair.share) for pair in mutual_pairs(renamed, among=20)}


@given(edges)
@settings(deadline=None)
def test_every_flag_keeps_what_it_says(told: dict[tuple[int, int], int]) -> None:
    for ring in tight_rings(told, among=12):
        assert 3 <= len(ring.members) <= 6
        assert Fraction(3, 5) < ring.share <= 1
        assert ring.inside >= 2 * len(ring.members)
    for pair in mutual_pairs(told, among=12):
        assert pair.there + pair.back >= 6
        assert Fraction(2, 5) < pair.share <= 1
        assert Fraction(1, 2) <= pair.score <= 1
    assert len({frozenset({pair.one, pair.other}) for pair in mutual_pairs(told)}) == len(mutual_pairs(told))


@pytest.mark.parametrize("size", range(3, 7))
@pytest.mark.parametrize("seed", range(5))
def test_a_ring_that_thanks_itself_is_found_in_an_honest_network(size: int, seed: int) -> None:
    each = 12 if size == 3 else 6
    members = range(7, 7 + size)
    (ring,) = tight_rings(with_ring(honest(30, seed), members, each=each))
    assert ring.members == frozenset(members)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("teams", [5, 8, 12, 30, 60])
def test_an_honest_network_is_not_flagged(teams: int, seed: int) -> None:
    assert tight_rings(honest(teams, seed)) == []


@pytest.mark.parametrize("teams", [2, 3, 4, 5, 6])
def test_a_small_cycle_in_which_everybody_thanks_everybody_is_no_ring(teams: int) -> None:
    everybody = {(one, other): 9 for one in range(teams) for other in range(teams) if one != other}
    assert tight_rings(everybody) == []
    assert mutual_pairs(everybody) == []


def test_five_that_thank_only_each_other_are_found_among_seven() -> None:
    five = with_ring({}, range(5), each=2)
    assert tight_rings(five) == []  # nobody else is there
    (ring,) = tight_rings(five, among=7)
    assert (ring.members, ring.inside, ring.given, ring.share) == (frozenset(range(5)), 40, 40, Fraction(1))


def test_one_round_of_politeness_is_no_ring() -> None:
    circle = {(one, (one + 1) % 4): 1 for one in range(4)}
    assert tight_rings(circle, among=30) == []


def test_a_mentor_who_only_gives_is_no_pair() -> None:
    assert mutual_pairs({("mentor", team): 9 for team in "abcdef"}) == []


def test_two_that_answer_each_other_are_found_and_told_once() -> None:
    told = honest(20, 1, each=4) | {(3, 4): 9, (4, 3): 7}
    (pair,) = mutual_pairs(told)
    assert (pair.one, pair.other, pair.there, pair.back, pair.score) == (3, 4, 9, 7, Fraction(7, 8))


def test_reciprocity_is_one_for_equals_and_nothing_for_one_way() -> None:
    assert [reciprocity(3, 3), reciprocity(4, 2), reciprocity(5, 0), reciprocity(0, 0)] == [1, Fraction(2, 3), 0, 0]
