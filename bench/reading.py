"""Reading a board that is ready: beside Django with one fetch from Redis, and while scores arrive."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from redis import Redis

from backend.cli.setup import ROOT
from bench.boards import analyse
from bench.client import load, request
from bench.contests import Contest, begun
from bench.doors import API, THREADS, web
from bench.harness import Pair, Race, Stage
from bench.limits import FETCHED, HELD
from bench.people import captains
from games.cycles.models import Cycle
from leaderboards.bulk import insert_many
from leaderboards.models import Board, Standing
from leaderboards.queries import PAGE_ROWS, PUBLIC

GROUPS: Final = {"tiny": 120, "quick": 10_000, "default": 20_000, "full": 100_000}
REQUESTS: Final = {"tiny": 20, "quick": 2_000, "default": 3_000, "full": 20_000}
SCORES: Final = 100  # per second
PATIENCE: Final = 60  # seconds for a process to begin
TURNS: Final = 4
"""So many times as many pairs, while scores arrive: with two cores for all who take part, one pair in four is below 0.7 or above 1."""
SETTLES: Final = 0.3  # seconds from which scores arrive as they should, and a page was swapped


def contest(_stage: Stage) -> Contest:
    """A cycle that everybody may see."""
    made = begun("reading", tasks=1, criteria=2, groups=2, judges=1, closed=False)
    Cycle.objects.filter(pk=made.cycle.pk).update(public=True, state="running")
    return made


def member(stage: Stage) -> str:
    """The token of somebody who plays in it."""
    made = stage.once(contest)
    return captains(made, made.groups[:1])[0]


def board_of(stage: Stage, groups: int) -> Board:
    """A live board with so many groups."""
    made = Board.objects.create(
        scope=stage.once(contest).cycle.pk, key=f"read{groups}", number=50, name=f"{groups:,} groups", live=True, version=1
    )
    rows = [
        Standing(
            board=made,
            audience=PUBLIC,
            entry=f"g{number:06}",
            name=f"Group {number}",
            rank=number,
            place=str(number),
            score=str(groups - number),
            keys=[str(groups - number)],
            changed_version=1,
        )
        for number in range(1, groups + 1)
    ]
    insert_many(rows)
    return made


def large(stage: Stage) -> Board:
    """As many groups as the gate asks for."""
    made = board_of(stage, GROUPS[stage.sizes.name])
    analyse()
    return made


def small(stage: Stage) -> Board:
    """Few groups."""
    return board_of(stage, 2 * PAGE_ROWS)


def first_page(board: Board, token: str = "") -> bytes:
    """What is sent for the first page, by nobody in particular or by whoever has this token."""
    return request("GET", f"{API}/boards/{board.pk}/standings", token=token)


def warmed(stage: Stage, board: Board, *tokens: str) -> int:
    """The port of a web process in which the page is ready, and the same bytes as a limit may fetch them."""
    port = stage.once(web)
    for token in ("", *tokens):
        load(port, [first_page(board, token)] * 8, connections=1)
    found = redis().hget(f"{settings.PREFIX}ready:{board.pk}", f"p{API}/boards/{board.pk}/standings")
    cache.set(FETCHED, found.partition(b"\n")[2], 3600)
    load(port, [request("GET", FETCHED)] * 4 * THREADS, connections=THREADS)
    load(port, [request("GET", HELD)] * 4 * THREADS, connections=THREADS)
    return port


def redis() -> Any:
    """The server that keeps what is ready."""
    place: Any = settings.CACHES["default"]["LOCATION"]
    return Redis.from_url(place)


def sent() -> int:
    """Commands that Redis was sent so far."""
    return int(redis().info("stats")["total_commands_processed"])


def warm(stage: Stage) -> AbstractContextManager[Pair]:
    """The first page, ready, against a view of Django without middleware that fetches the same bytes from Redis."""
    return _warm(stage)


def warm_for_members(stage: Stage) -> AbstractContextManager[Pair]:
    """The same for whoever shows a token: as whom they read is found by the same look."""
    return _warm(stage, stage.once(member))


@contextmanager
def _warm(stage: Stage, *token: str) -> Iterator[Pair]:
    board, number, connections = stage.once(large), REQUESTS[stage.sizes.name], stage.sizes.connections
    port, told = warmed(stage, board, *token), {"commands": 0.0, "p99": 0.0, "held": 0.0}

    def rate(one: bytes) -> float:
        done = load(port, [one] * number, connections=connections)
        told["p99"] = done.p99
        return done.rate

    def ours() -> float:
        before = sent()
        found = rate(first_page(board, *token))
        told["commands"], told["ours"] = (sent() - before) / number, found
        told["ours p99"] = told["p99"]
        return found

    def limit() -> float:
        told["held"] = rate(request("GET", HELD))
        return rate(request("GET", FETCHED))

    def notes() -> list[str]:
        asked = "one script" if token else f"{told['commands']:.2f} commands"
        told_of = f"{asked} of Redis a read, p99 {told['ours p99'] * 1000:.1f} ms"
        held = f"the same bytes held in the process: {told['held']:,.0f}/s, ours {told['ours'] / told['held']:.2f} of it"
        return [f"{GROUPS[stage.sizes.name]:,} groups; {told_of}", held]

    yield Pair(ours, limit, notes)


@contextmanager
def while_written(stage: Stage) -> Iterator[Pair]:
    """The same while scores arrive, against nobody writing."""
    board, connections = stage.once(large), stage.sizes.connections
    port, number = warmed(stage, board), REQUESTS[stage.sizes.name]
    notes = stage.folder / "scoring.txt"
    notes.write_text("")

    def rate() -> float:
        return load(port, [first_page(board)] * number, connections=connections).rate

    command = [sys.executable, "-m", "bench.scoring", str(board.pk), str(SCORES), str(notes)]
    part = stage.house.start("scoring", command, cwd=ROOT, env=dict(os.environ), log=stage.folder / "scoring.log")
    try:
        until = time.monotonic() + PATIENCE
        while not notes.read_text() and time.monotonic() < until and part.alive():
            time.sleep(0.05)
        if not part.alive():
            raise part.failure()

        def ours() -> float:
            os.kill(part.process.pid, signal.SIGCONT)
            time.sleep(SETTLES)
            found = rate()
            os.kill(part.process.pid, signal.SIGSTOP)
            return found

        yield Pair(ours, rate, lambda: [f"{GROUPS[stage.sizes.name]:,} groups; {notes.read_text()}"])
    finally:
        part.process.kill()
        part.process.wait()
        stage.house.parts.remove(part)


ROWS: Final = (
    Race(
        "read-ready",
        "warm first page, nobody signed in; limit: Django without middleware + one fetch from Redis",
        "/s",
        warm,
        must=0.9,
    ),
    Race("read-ready-member", "the same for a member of the cycle, by token; the same limit", "/s", warm_for_members, must=0.9),
    Race(
        "read-written",
        f"the same while {SCORES} scores/s arrive; limit: the same while none do",
        "/s",
        while_written,
        must=0.8,
        turns=TURNS,
    ),
)
