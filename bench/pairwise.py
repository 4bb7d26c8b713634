"""A verdict on a pair among a thousand entries, and the next pair drawn, against a bare insert of the same row; their statements."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from bench.boards import analyse
from bench.contests import Contest, begun, enter
from bench.harness import Count, Pair, Race, Result, Stage, seconds_of
from bench.people import judges
from bench.statements import CONTROL
from games.challenges.models import Challenge
from games.judging import actions
from games.judging.models import Vote
from games.organizations.models import Person
from games.playbooks.schema import Design, parse_design

WHOLE: Final = 1000
FEW: Final = 10
JUDGES: Final = 8
MOST: Final = 6
EACH: Final = 20  # votes between two readings of the clock
INSERT: Final = "INSERT INTO games_vote (challenge_id, judge_id, a_id, b_id, outcome, count, asked_at, at) VALUES (%s, %s, %s, %s, 'a', 1, %s, %s)"
SAVEPOINTS: Final = ("SAVEPOINT", "RELEASE")


@dataclass(slots=True)
class Expo:
    """A task compared in pairs whose entries are all known for choosing; its judges, one after the other, without end."""

    contest: Contest
    task: Challenge
    turns: Iterator[Person]


def rules(key: str) -> Design:
    """One task, compared in pairs."""
    written: dict[str, Any] = {
        "format": 1,
        "cycle": {"key": key, "name": f"Bench {key}"},
        "rounds": [{"key": "hall", "name": "Hall", "visibility": "full"}],
        "challenges": [
            {"key": "stand", "format": "pairwise", "form": [{"key": "title", "required": True}], "panels": [{"key": "jury"}]}
        ],
        "boards": [{"key": "result"}],
    }
    return parse_design(written)


def expo(entries: int, stage: Stage) -> Expo:
    """So many stands in a hall, handed in; each judge has answered once."""
    asked = FEW if stage.sizes.name == "tiny" and entries == WHOLE else entries
    key = f"expo-{entries}"
    contest = begun(key, tasks=1, criteria=0, groups=asked, judges=JUDGES, design=rules(key))
    judges(contest)
    enter(contest)
    analyse()
    found = Expo(contest, contest.tasks[0], itertools.cycle(contest.judges))
    for one in contest.judges:
        say(found, drawn(found, one))
    return found


small, large = partial(expo, FEW), partial(expo, WHOLE)


def drawn(where: Expo, judge: Person) -> Vote:
    """The next pair of a judge."""
    pair = actions.ask_pair(challenge=where.task, person=judge, by=None)
    assert pair is not None, "a judge has met every pair"
    return pair


def say(_where: Expo, pair: Vote) -> None:
    """The first is better."""
    actions.answer(pair=pair, outcome="a", by=None)


@contextmanager
def voting(stage: Stage) -> Iterator[Pair]:
    """Verdicts, each durable; the draw of the pair before is not counted."""
    where = stage.once(large)

    def ours() -> float:
        return sum(seconds_of(partial(say, where, drawn(where, next(where.turns)))) for _ in range(EACH)) / EACH

    yield Pair(ours, partial(inserted, where))


@contextmanager
def drawing(stage: Stage) -> Iterator[Pair]:
    """The next pair drawn, kept and counted as shown; the verdict after it is not counted."""
    where = stage.once(large)

    def once() -> float:
        found: list[Vote] = []
        judge = next(where.turns)
        seconds = seconds_of(lambda: found.append(drawn(where, judge)))
        say(where, found[0])
        return seconds

    yield Pair(lambda: sum(once() for _ in range(EACH)) / EACH, partial(inserted, where))


def inserted(where: Expo) -> float:
    """The same row by one INSERT, committed: what the database takes for it."""
    judge, (a, b), moment = where.contest.judges[0], where.contest.groups[:2], now()
    values: list[Any] = [where.task.pk, judge.pk, a.pk, b.pk, moment, moment]

    def insert() -> None:
        with connection.cursor() as cursor:
            cursor.execute(INSERT, values)

    try:
        return sum(seconds_of(insert) for _ in range(EACH)) / EACH
    finally:
        Vote.objects.filter(challenge=where.task, judge=judge, a=a, b=b, at=moment).delete()


# --- Statements -------------------------------------------------------------------------------------------------------------------------


def sent(work: Callable[[], object]) -> int:
    """How many statements, without the bounds of transactions."""
    with CaptureQueriesContext(connection) as captured:
        work()
    texts = [str(one["sql"]) for one in captured.captured_queries]
    return sum(one not in CONTROL and not one.startswith(SAVEPOINTS) for one in texts)


def lines(stage: Stage) -> Iterator[Result]:
    """A draw and a verdict among ten entries and among a thousand: no more than six each, and as many for both."""
    counts: dict[str, list[int]] = {"draw": [], "verdict": []}
    for make in (small, large):
        where = stage.once(make)
        pairs: list[Vote] = []
        judge = next(where.turns)
        counts["draw"].append(sent(lambda where=where, judge=judge, pairs=pairs: pairs.append(drawn(where, judge))))  # type: ignore[misc]
        counts["verdict"].append(sent(partial(say, where, pairs[0])))
    for what, (few, many) in counts.items():
        note = f"{few} among {FEW} entries, {many} among {WHOLE:,}"
        yield Result(f"sql vote: {what}", "", many, MOST, None, f"≤ {MOST}", many > MOST or many != few, (note,))


ROWS: Final = (
    Race("vote", "a verdict on a pair among 1,000 entries, durable; limit: a bare insert of the row, committed", "s", voting),
    Race("vote-draw", "the next pair of a judge among 1,000 entries, drawn and kept; limit: the same", "s", drawing),
    Count("sql vote", "statements of a draw and of a verdict, BEGIN and COMMIT not counted", lines),
)
