"""Credit of every idea of a large commons, exact, beside a plain pass over the same graph."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from typing import Final

from bench.harness import SECONDS, Pair, Race, Stage, watched
from leaderboards.engine.credit import Links, Terms, credit, equal_links

SIZES: Final = {"tiny": 300, "quick": 10_000}
WHOLE: Final = 100_000
SOURCES: Final = 3
NEAR: Final = 2000
GROUPS: Final = 400
SEED: Final = 20261122
TERMS: Final = Terms()
VALUE: Final = Fraction(100)


@cache
def graph(ideas: int) -> tuple[dict[int, Links], dict[int, dict[int, Fraction]]]:
    """Three sources for each idea, of the last two thousand before it mostly; each idea of one of four hundred teams."""
    draw = random.Random(SEED)
    sources = {}
    for idea in range(2, ideas + 1):
        first = 1 if draw.random() < 0.1 else max(1, idea - NEAR)
        sources[idea] = draw.sample(range(first, idea), min(SOURCES, idea - first))
    return equal_links(sources), {idea: {draw.randrange(GROUPS): Fraction(1)} for idea in range(1, ideas + 1)}


def every_idea(links: dict[int, Links], owners: dict[int, dict[int, Fraction]]) -> int:
    """Credit when every idea earns: who gets it, exactly. Returns how many shares there were."""
    return sum(len(credit(idea, VALUE, links, owners, terms=TERMS)) for idea in owners)


def plain(links: dict[int, Links], owners: dict[int, dict[int, Fraction]]) -> int:
    """The same ways back from every idea, three steps, without teams, fractions or rules: a float for each idea that is met."""
    shares = 0
    for idea in owners:
        met: dict[int, float] = {}
        front = {idea: 100.0}
        for _ in range(TERMS.depth):
            following: dict[int, float] = {}
            for work, worth in front.items():
                older = links.get(work, ())
                for source, _ in older:
                    following[source] = following.get(source, 0.0) + worth / 4 / len(older)
            for source, worth in following.items():
                met[source] = met.get(source, 0.0) + worth
            front = following
        shares += len(met)
    return shares


@contextmanager
def crediting(stage: Stage) -> Iterator[Pair]:
    """Both go back from every idea. They find nearly the same: a team is paid once along a way, and never for its own."""
    links, owners = graph(SIZES.get(stage.sizes.name, WHOLE))
    shares: list[int] = []

    def ours() -> float:
        with watched() as watch:
            shares.append(every_idea(links, owners))
        return watch.seconds

    def limit() -> float:
        with watched() as watch:
            plain(links, owners)
        return watch.seconds

    yield Pair(ours, limit, lambda: (f"{len(owners)} ideas, {sum(map(len, links.values()))} links, {shares[-1]} shares",))


ROWS: Final = (
    Race(
        "credit",
        "exact credit when each of 100,000 ideas earns, 300,000 derivations; limit: the same ways back by plain dictionaries and floats",
        SECONDS,
        crediting,
        0.1,
    ),
)
