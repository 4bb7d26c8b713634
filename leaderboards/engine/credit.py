"""Credit along what came from what: the worth of an act flows back to whoever it builds on, exact and bounded (science.md 6).

An act is worth V at one work. Each link from a newer to an older work passes `share` of what the newer one is credited with, in the part
that the link has of it (its weight; the weights of a work's links are at most 1 together). So k steps back all together get at most
V * share**k, and everybody together less than V * share / (1 - share), however many works or teams somebody puts in between.

A team is paid once along each way, for the nearest of its works; its others, and those of the builder, are transparent: they are paid
nothing, use up no step, and pass everything on. Works without an owner use up a step and are paid nothing.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from heapq import heappop, heappush
from operator import attrgetter
from typing import Final, NamedTuple

QUARTER: Final = Fraction(1, 4)

type Owners[T: Hashable] = Mapping[T, Fraction]
"""Owner -> part of a work; the parts are at most 1 together."""
type Links = Sequence[tuple[int, Fraction]]
"""(older work, weight): weights are at most 1 together."""


@dataclass(frozen=True, slots=True)
class Terms:
    """`share`: what one step passes on, above 0 and below 1; `depth`: so many steps. Minted: added for the sources; else taken along the way."""

    share: Fraction = QUARTER
    depth: int = 3
    minted: bool = True

    def bound(self) -> Fraction:
        """All credit of an act worth 1 is at most this."""
        return sum((self.share**step for step in range(1, self.depth + 1)), Fraction(0)) if self.minted else self.share


class Share[T: Hashable](NamedTuple):
    """What comes to one owner for one work; `depth`: the nearest way's steps that count."""

    work: int
    owner: T
    depth: int
    amount: Fraction


NEAREST: Final = attrgetter("depth", "work")


class LinkRefused(ValueError):
    """A link does not lead to an older work, or passes on more than there is."""


def credit[T: Hashable](
    start: int,
    value: Fraction,
    links: Mapping[int, Links],
    owners: Mapping[int, Owners[T]],
    *,
    terms: Terms,
    builders: Iterable[T] | None = None,
) -> list[Share[T]]:
    """Who is credited when an act at `start` is worth `value`: the nearest first, older works of the same depth first.

    Keys of works are in order of time: every link leads from a higher to a lower key (else LinkRefused). `builders`: who acted, if not
    the owners of `start`. One pass over what is reached, newest first; sums are exact, whatever the order of links.
    """
    own = frozenset(owners.get(start, ()) if builders is None else builders)
    paid = _paid((start, own, value), links, owners, terms)
    found = [Share(work, owner, depth, _amount(top, bottom)) for (work, owner), (depth, top, bottom) in paid.items() if top]
    found.sort(key=NEAREST)
    return found


@lru_cache(maxsize=4096)
def _amount(top: int, bottom: int) -> Fraction:
    """Links of equal weight bring the same amounts again and again."""
    return Fraction(top, bottom)


def _paid[T: Hashable](
    first: tuple[int, frozenset[T], Fraction], links: Mapping[int, Links], owners: Mapping[int, Owners[T]], terms: Terms
) -> dict[tuple[int, T], tuple[int, int, int]]:
    """(work, owner) -> steps, numerator and denominator of what comes. Plain numbers all the way, with as few calls as there can be."""
    start, own, value = first
    paid: dict[tuple[int, T], tuple[int, int, int]] = {}
    # Ways so far, by the work they have come to: who was met and how many steps counted -> numerator and denominator of what comes.
    ways, order = {start: {(own, 0): value.as_integer_ratio()}}, [-start]
    nobody: Owners[T] = {}
    share, shares = terms.share.as_integer_ratio()
    while order:
        work = -heappop(order)
        onward = links.get(work, ())
        for (seen, steps), (top, bottom) in ways.pop(work).items():
            last = steps + 1 == terms.depth
            for older, weight in onward:
                if older >= work:
                    raise LinkRefused(f"{work} links to {older}, which is not older")
                part, parts = weight.as_integer_ratio()
                way, above, below = (seen, steps), top * part, bottom * parts
                theirs = owners.get(older, nobody)
                if not theirs or not seen.issuperset(theirs):
                    above, below = above * share, below * shares
                    kept = (above, below) if last or terms.minted else _kept((above, below), links.get(older, ()), terms.share)
                    for owner, much in theirs.items():
                        if owner not in seen:
                            _pay(paid, (older, owner), steps + 1, kept, much.as_integer_ratio())
                    if last:
                        continue
                    way = (seen.union(theirs), steps + 1)
                if older not in ways:
                    ways[older] = {way: (above, below)}
                    heappush(order, -older)
                else:
                    there = ways[older]
                    there[way] = _sum(there[way], (above, below)) if way in there else (above, below)
    return paid


def _kept(comes: tuple[int, int], links: Links, share: Fraction) -> tuple[int, int]:
    """What stays with a work that passes on a share of what comes to it, where nothing is added."""
    kept = 1 - share * sum((weight for _, weight in links), Fraction(0))
    return comes[0] * kept.numerator, comes[1] * kept.denominator


def _pay[T: Hashable](
    paid: dict[tuple[int, T], tuple[int, int, int]], who: tuple[int, T], depth: int, comes: tuple[int, int], part: tuple[int, int]
) -> None:
    top, bottom = comes[0] * part[0], comes[1] * part[1]
    before = paid.get(who)
    paid[who] = (depth, top, bottom) if before is None else (min(depth, before[0]), *_sum(before[1:], (top, bottom)))


def _sum(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Exact, and without looking for common divisors: that is done once, at the end."""
    if one[1] == other[1]:
        return one[0] + other[0], one[1]
    return one[0] * other[1] + other[0] * one[1], one[1] * other[1]


def equal_links(sources: Mapping[int, Sequence[int]]) -> dict[int, Links]:
    """Links of equal weight, from a work to each of its sources."""
    return {work: [(one, Fraction(1, len(found))) for one in found] for work, found in sources.items() if found}


def whole[K: Hashable](amounts: Mapping[K, Fraction]) -> dict[K, int]:
    """Whole numbers whose sum is the sum of the amounts, rounded down: largest remainder; of equal ones whoever comes first gets it."""
    floors = {key: amount.numerator // amount.denominator for key, amount in amounts.items()}
    total = sum(amounts.values(), Fraction(0))
    left = total.numerator // total.denominator - sum(floors.values())
    by_rest = sorted(amounts, key=lambda key: amounts[key] - floors[key], reverse=True)
    for key in by_rest[:left]:
        floors[key] += 1
    return floors


def ways_between[T: Hashable](
    start: int,
    to: int,
    links: Mapping[int, Links],
    owners: Mapping[int, Owners[T]],
    *,
    terms: Terms,
    builders: Iterable[T] | None = None,
    most: int = 8,
) -> list[tuple[int, ...]]:
    """The ways along which credit came from `start` to `to`, without both ends, the shortest first: at most so many."""
    own = frozenset(owners.get(start, ()) if builders is None else builders)
    found: list[tuple[int, ...]] = []
    begun: tuple[int, ...] = ()
    waiting: list[tuple[int, frozenset[T], int, tuple[int, ...]]] = [(start, own, 0, begun)]
    while waiting and len(found) < most:
        following: list[tuple[int, frozenset[T], int, tuple[int, ...]]] = []
        for work, seen, steps, way in waiting:
            for older, _ in sorted(links.get(work, ())):
                theirs: Owners[T] = owners.get(older, {})
                through = bool(theirs) and seen.issuperset(theirs)
                if older == to and not through and steps < terms.depth:
                    found.append(way)
                elif older > to and (through or steps + 1 < terms.depth):
                    following.append((older, seen.union(theirs), steps + (not through), (*way, older)))
        waiting = following
    return found[:most]
