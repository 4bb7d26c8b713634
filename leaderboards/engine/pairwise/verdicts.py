"""Votes as comparisons with a weight. What a vote counts is decided here, once, for results, analysis and selection alike."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from leaderboards.engine.facts import Vote
from leaderboards.engine.numbers import ONE

HALF: Final = Fraction(1, 2)
WON: Final = {"a": ONE, "b": Fraction(0), "tie": HALF}


@dataclass(frozen=True, slots=True)
class Comparison:
    """`weight` comparisons of a with b, of which a won the share `won`: 1, 0, or a half where they were too close."""

    a: str
    b: str
    won: Fraction
    weight: Fraction = ONE


def comparisons(votes: Iterable[Vote], among: Collection[str]) -> list[Comparison]:
    """The votes that say something about entries in `among`: skipped pairs, and pairs with an entry that is out, say nothing."""
    there = frozenset(among)
    told = [one for one in votes if one.outcome in WON and one.a in there and one.b in there and one.a != one.b]
    sizes = list_sizes(told)
    return [Comparison(one.a, one.b, WON[one.outcome], one.count * weight_of(one, sizes)) for one in told]


def list_sizes(votes: Iterable[Vote]) -> dict[tuple[str, str], int]:
    """(judge, list) -> how many entries the list still has."""
    members: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in votes:
        if one.ranking:
            members[one.judge, one.ranking].update((one.a, one.b))
    return {key: len(found) for key, found in members.items()}


def weight_of(vote: Vote, sizes: dict[tuple[str, str], int]) -> Fraction:
    """What one vote weighs: 1, or 1/(n-1) where a ranked list of n entries implies it, so that each entry of a list counts once."""
    return Fraction(1, sizes[vote.judge, vote.ranking] - 1) if vote.ranking else ONE


def implied_pairs[Key](order: Sequence[Key]) -> list[tuple[Key, Key]]:
    """The pairs that a list implies, winner first: everybody beats all who stand behind."""
    return [(better, worse) for place, better in enumerate(order) for worse in order[place + 1 :]]


def components(pairs: Iterable[tuple[str, str]], keys: Iterable[str]) -> list[tuple[str, ...]]:
    """The parts of the comparison graph, largest first, each sorted: entries of different parts were never set against each other."""
    above = {key: key for key in keys}

    def root(key: str) -> str:
        while above[key] != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    for a, b in pairs:
        first, second = sorted((root(a), root(b)))
        above[second] = first
    found: dict[str, list[str]] = defaultdict(list)
    for key in sorted(above):
        found[root(key)].append(key)
    return sorted((tuple(part) for part in found.values()), key=lambda part: (-len(part), part))
