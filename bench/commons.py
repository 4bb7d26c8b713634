"""A large commons: one idea's lineage, the map of how ideas flow and what is like a text, against bare statements; pages' statements."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from itertools import accumulate
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from bench.client import HOST
from bench.contests import begun
from bench.copying import copy_in
from bench.harness import Count, Pair, Race, Result, Stage, seconds_of
from bench.statements import CONTROL
from games.cycles.models import Cycle
from games.groups.models import Group
from games.ideas.models import Idea
from games.ideas.queries import DEEPEST, flows_among, lineage_of, similar
from games.ideas.queries.lineage import MOST
from games.ideas.rules import telling_words
from games.permissions import access_for, visible

SIZES: Final = {"tiny": 200, "quick": 10_000}
WHOLE: Final = 100_000
SOURCES: Final = 3
NEAR: Final = 2000
"""Ideas come from younger ones mostly: one source in ten may be any, the others are of the last so many."""
GROUPS: Final = 400
ASKED: Final = 20
"""So many ideas are asked for between two readings of the clock."""
STATEMENTS: Final = 12
VOCABULARY: Final = 20_000
SAID: Final = 30
"""Words of an idea, drawn as people draw them: few are used by many, most by hardly anybody."""
SEED: Final = 20261122
IDEAS: Final = (
    "cycle_id", "number", "kind", "title", "group_id", "step", "audience", "licence", "summary", "words", "complete", "grade",
    "hidden_why", "shared_at", "safe", "key_digest",
)  # fmt: skip
WALK: Final = """
WITH RECURSIVE walk(id, depth) AS (
    SELECT {far}_id, 1 FROM games_derivation WHERE {near}_id = %s
    UNION
    SELECT d.{far}_id, walk.depth + 1 FROM games_derivation d JOIN walk ON d.{near}_id = walk.id WHERE walk.depth < %s
)
SELECT id, MIN(depth) AS nearest FROM walk GROUP BY id ORDER BY nearest, id LIMIT %s
"""
FLOW: Final = """
SELECT a.group_id, b.group_id, COUNT(*) FROM games_derivation d
JOIN games_idea a ON a.id = d.source_id JOIN games_idea b ON b.id = d.target_id
WHERE a.cycle_id = %s AND b.cycle_id = %s AND d.kind <> 'rejects' GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Commons:
    """A cycle full of ideas, and some of them from everywhere in it."""

    cycle: Cycle
    asked: Sequence[Idea]


def commons(stage: Stage) -> Commons:
    """So many ideas of many teams, open to everybody; each but the first came from three before it."""
    count = SIZES.get(stage.sizes.name, WHOLE)
    contest = begun("commons", tasks=1, criteria=2, groups=min(GROUPS, count // 4), judges=1)
    copy_in("games_idea", IDEAS, _ideas(contest.cycle, contest.groups, count))
    ids = list(Idea.objects.filter(cycle=contest.cycle).order_by("number").values_list("pk", flat=True))
    copy_in("games_derivation", ("source_id", "target_id", "kind", "reason", "at"), _derivations(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            "VACUUM ANALYZE games_idea, games_derivation"
        )  # as by itself after a while: indexes of words put off what is new
    asked = [ids[count * number // ASKED] for number in range(ASKED)]
    return Commons(contest.cycle, list(Idea.objects.filter(pk__in=asked).select_related("cycle")))


def _ideas(cycle: Cycle, groups: Sequence[Group], count: int) -> Iterator[tuple[Any, ...]]:
    moment, chance = now() - timedelta(days=30), random.Random(SEED)
    vocabulary = ["".join(chance.choice("bdfgklmnprst") + chance.choice("aeiou") for _ in range(4)) for _ in range(VOCABULARY)]
    often = list(accumulate(1 / (place + 20) for place in range(VOCABULARY)))
    for number in range(1, count + 1):
        title, group = f"Idea {number}", groups[number % len(groups)].pk
        words = f"{title.lower()}\n{' '.join(chance.choices(vocabulary, cum_weights=often, k=SAID))}"
        yield (
            cycle.pk, number, "how-to", title, group, "", "everybody", "", "A way of doing it.", words, 6, "", "",
            moment + timedelta(seconds=number), False, "",
        )  # fmt: skip


def _derivations(ids: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    chance, moment = random.Random(SEED), now()
    for number in range(1, len(ids)):
        near = range(max(0, number - NEAR), number)
        drawn = {chance.choice(near) if chance.random() < 0.9 else chance.randrange(number) for _ in range(SOURCES)}
        for source in sorted(drawn):
            yield ids[source], ids[number], "builds-on", "", moment


def seen(where: Commons) -> Any:
    """What a visitor may read of it."""
    return visible(access_for(AnonymousUser()), "idea.view", Idea.objects.filter(cycle=where.cycle))


@contextmanager
def tracing(stage: Stage) -> Iterator[Pair]:
    """The lineage of an idea, ten steps each way, as its page has it; the limit walks both ways and fetches ids alone."""
    where = stage.once(commons)

    def ours() -> float:
        return sum(seconds_of(partial(lineage_of, one, seen(where))) for one in where.asked) / ASKED

    def limit() -> float:
        return sum(seconds_of(partial(_walked, one.pk)) for one in where.asked) / ASKED

    yield Pair(ours, limit)


def _walked(idea: int) -> None:
    with connection.cursor() as cursor:
        for far, near in (("source", "target"), ("target", "source")):
            cursor.execute(WALK.format(far=far, near=near), [idea, DEEPEST, MOST])
            cursor.fetchall()


@contextmanager
def flowing(stage: Stage) -> Iterator[Pair]:
    """The map of the whole cycle, over what a visitor may see; the limit counts every pair of teams, whoever may see it."""
    where = stage.once(commons)

    def counted() -> None:
        with connection.cursor() as cursor:
            cursor.execute(FLOW, [where.cycle.pk, where.cycle.pk])
            cursor.fetchall()

    yield Pair(lambda: seconds_of(lambda: flows_among(seen(where))), lambda: seconds_of(counted))


@contextmanager
def comparing(stage: Stage) -> Iterator[Pair]:
    """What is like five texts, as the editor shows it; the limit reads every idea and counts the words in common."""
    where = stage.once(commons)

    def ours() -> float:
        return sum(seconds_of(partial(similar, seen(where), one.words)) for one in where.asked[::4])

    def limit() -> float:
        return sum(seconds_of(partial(_compared, where.cycle.pk, one.words)) for one in where.asked[::4])

    yield Pair(ours, limit)


def _compared(cycle: int, text: str) -> None:
    words = telling_words(text)
    hits = " + ".join("(words LIKE %s)::int" for _ in words)
    statement = f"SELECT id, {hits} AS hits FROM games_idea WHERE cycle_id = %s ORDER BY hits DESC, shared_at DESC LIMIT 5"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*(f"%{word}%" for word in words), cycle])
        cursor.fetchall()


# --- Statements -------------------------------------------------------------------------------------------------------------------------


@cache
def client() -> Client:
    """A visitor's."""
    return Client(SERVER_NAME=HOST)


def lines(stage: Stage) -> Iterator[Result]:
    """The pages of the commons, as a visitor asks for them."""
    where = stage.once(commons)
    at = f"/cycles/{where.cycle.key}/ideas/"
    for what, path in (("feed", at), ("search", f"{at}?q=idea+7"), ("lineage", f"{at}7/lineage/"), ("flow", f"{at}flow/")):
        client().get(path)  # what a first visit makes ready
        with CaptureQueriesContext(connection) as captured:
            answer = client().get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
        many = sum(str(one["sql"]) not in CONTROL for one in captured.captured_queries)
        yield Result(f"sql ideas: {what}", "", many, STATEMENTS, None, f"≤ {STATEMENTS}", many > STATEMENTS)


ROWS: Final = (
    Race(
        "lineage",
        "what an idea came from and what grew from it, ten steps among 100,000 ideas; limit: the bare walk",
        "s",
        tracing,
        0.5,
    ),
    Race("flow", "who built on whose ideas, over 300,000 links; limit: the bare count of pairs", "s", flowing, 0.5),
    Race("similar", "what is like five texts, among 100,000 ideas; limit: reading all of them", "s", comparing, 0.5),
    Count("sql ideas", "statements of the pages of a commons with 100,000 ideas", lines),
)
