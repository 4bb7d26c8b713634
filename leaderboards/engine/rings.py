"""Who gives mostly to whom: pairs that answer each other, and small sets that keep nearly everything among themselves (science.md 6).

Pure, exact, independent of the order in which exchanges are told. What is found is for people to look at; it proves nothing.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

LEAST_OF_PAIR: Final = 6
"""A pair with fewer exchanges is nothing to look at."""
MUTUAL: Final = Fraction(1, 2)
"""A pair is mutual from this score on: 1 when both give the same, 0 when one only takes."""
SHARE_OF_PAIR: Final = Fraction(2, 5)
"""More of what one of the two gives goes to the other."""
RING_SIZES: Final = range(3, 7)
SHARE_OF_RING: Final = Fraction(3, 5)
"""More of what a ring gives stays in it."""
LEAST_OF_MEMBER: Final = 2
"""A ring has at least so many exchanges inside for each of its members."""
CUTS: Final = (Fraction(0), Fraction(1, 20), Fraction(1, 10), Fraction(3, 20), Fraction(1, 5), Fraction(1, 4))
"""Rings are sought among all exchanges, then among those that are more than this share of what their giver gives: a ring whose
members now and then thank others hangs together with the whole network only by such thin threads."""


@dataclass(frozen=True, slots=True)
class Pair[T: Hashable]:
    """Two that give to each other: so often one way and back. `score` = 2 min / sum; `share`: the larger share of a giver's giving."""

    one: T
    other: T
    there: int
    back: int
    score: Fraction
    share: Fraction


@dataclass(frozen=True, slots=True)
class Ring[T: Hashable]:
    """A strongly connected set: of `given` by its members so many stay `inside`; `share` is their quotient."""

    members: frozenset[T]
    inside: int
    given: int
    share: Fraction


type Given[T: Hashable] = Mapping[tuple[T, T], int]
"""(giver, receiver) → how often. What one gives to oneself, or less than once, counts for nothing."""


def _cleaned[T: Hashable](given: Given[T]) -> dict[tuple[T, T], int]:
    return {(one, other): count for (one, other), count in given.items() if one != other and count > 0}


def _sums[T: Hashable](given: Given[T]) -> dict[T, int]:
    sums: defaultdict[T, int] = defaultdict(int)
    for (giver, _), count in given.items():
        sums[giver] += count
    return dict(sums)


def reciprocity(there: int, back: int) -> Fraction:
    """2 min(there, back) / (there + back): 1 when both give the same, 0 when one only takes or nobody gives."""
    return Fraction(2 * min(there, back), there + back) if there + back else Fraction(0)


def _even[T: Hashable](size: int, edges: Given[T], among: int) -> Fraction:
    """The share that stays in a set of this size when everybody gives to everybody alike; 1 where there is nobody else."""
    there = max(among, len({end for edge in edges for end in edge}))
    return Fraction(size - 1, there - 1) if there > size else Fraction(1)


def mutual_pairs[T: Hashable](given: Given[T], *, among: int = 0) -> list[Pair[T]]:
    """Pairs with at least six exchanges, both ways, of which one side gives more than 40 % of all it gives to the other.

    `among`: how many could take part. Where they are few, it has to be more than twice what an even spread would give.
    """
    edges = _cleaned(given)
    sums, most = _sums(edges), max(SHARE_OF_PAIR, 2 * _even(2, edges, among))
    found = []
    for (one, other), there in edges.items():
        back = edges.get((other, one), 0)
        if there + back < LEAST_OF_PAIR or reciprocity(there, back) < MUTUAL or _later(one, other, there, back):
            continue
        share = max(Fraction(there, sums[one]), Fraction(back, sums[other]))
        if share > most:
            found.append(Pair(one, other, there, back, reciprocity(there, back), share))
    return sorted(found, key=lambda pair: (-pair.share, -(pair.there + pair.back), repr(pair.one)))


def _later[T: Hashable](one: T, other: T, there: int, back: int) -> bool:
    """Whether the pair is told from its other end: from who gives more, of equals from the first by name."""
    return (back, repr(one)) > (there, repr(other))


def tight_rings[T: Hashable](given: Given[T], *, among: int = 0) -> list[Ring[T]]:
    """Sets of three to six, each reached from each, that keep more than 60 % of what they give; the largest of nested ones.

    `among`: how many could take part. Where they are few, a set keeps much without meaning to, so less may leave it: half the square
    of what an even spread would let out. A set of everybody is no ring, it is the network.
    """
    edges = _cleaned(given)
    sums = _sums(edges)
    found: dict[frozenset[T], Ring[T]] = {}
    for cut in CUTS:
        strong = [(giver, receiver) for (giver, receiver), count in edges.items() if count > cut * sums[giver]]
        for members in strongly_connected(strong):
            if len(members) not in RING_SIZES or members in found:
                continue
            ring, even = _ring(members, edges, sums), _even(len(members), edges, among)
            if ring.share > max(SHARE_OF_RING, 1 - (1 - even) ** 2 / 2) and ring.inside >= LEAST_OF_MEMBER * len(members):
                found[members] = ring
    whole = [ring for ring in found.values() if not any(ring.members < other for other in found)]
    return sorted(whole, key=lambda ring: (-ring.share, -ring.inside, sorted(map(repr, ring.members))))


def _ring[T: Hashable](members: frozenset[T], edges: Given[T], sums: Mapping[T, int]) -> Ring[T]:
    inside = sum(count for (giver, receiver), count in edges.items() if giver in members and receiver in members)
    total = sum(sums.get(one, 0) for one in members)
    return Ring(members, inside, total, Fraction(inside, total) if total else Fraction(0))


def strongly_connected[T: Hashable](edges: Iterable[tuple[T, T]]) -> list[frozenset[T]]:
    """The sets in which each reaches each, every node in exactly one (Tarjan 1972, without recursion). O(nodes + edges)."""
    after: dict[T, list[T]] = {}
    for source, target in edges:
        after.setdefault(source, []).append(target)
        after.setdefault(target, [])
    search = _Search(after)
    for node in after:
        if node not in search.number:
            search.visit(node)
    return search.found


class _Search[T: Hashable]:
    """The state of one search: when each node was met, the earliest it reaches, and the path that is not in a set yet."""

    def __init__(self, after: Mapping[T, Sequence[T]]) -> None:
        self.after = after
        self.number: dict[T, int] = {}
        self.low: dict[T, int] = {}
        self.path: list[T] = []
        self.on_path: set[T] = set()
        self.found: list[frozenset[T]] = []

    def visit(self, root: T) -> None:
        """Follow everything from `root` that was not met yet."""
        stack: list[tuple[T, Iterator[T]]] = [self._enter(root)]
        while stack:
            node, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                self._leave(node)
                if stack:
                    above = stack[-1][0]
                    self.low[above] = min(self.low[above], self.low[node])
            elif following not in self.number:
                stack.append(self._enter(following))
            elif following in self.on_path:
                self.low[node] = min(self.low[node], self.number[following])

    def _enter(self, node: T) -> tuple[T, Iterator[T]]:
        self.number[node] = self.low[node] = len(self.number)
        self.path.append(node)
        self.on_path.add(node)
        return node, iter(self.after[node])

    def _leave(self, node: T) -> None:
        if self.low[node] != self.number[node]:
            return
        members = set()
        while node not in members:
            one = self.path.pop()
            self.on_path.discard(one)
            members.add(one)
        self.found.append(frozenset(members))
