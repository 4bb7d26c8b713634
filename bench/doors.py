"""The API of a web process: marking a sheet, handing in, reading a board, each against a bare REST view under the same granian."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from backend.cli.parts import granian
from backend.services.ports import HOST, answers, free_port, wait_until
from backend.services.supervisor import Part
from bench.boards import analyse, board
from bench.client import Load, load, request
from bench.contests import Contest, assign, begun, enter
from bench.harness import Pair, Race, Stage
from bench.limits import BARE
from bench.people import captains, judges
from games.judging.models import MarkReview
from games.judging.rules import ReviewState, SheetState
from games.results.actions import recompute_now
from leaderboards.models import Board, Standing
from leaderboards.queries import PUBLIC
from worker.steps import settle_now

THREADS: Final = 4
API: Final = "/api/v1"
WRITERS: Final = 50
MARKS: Final = {"marks": [{"criterion": f"c{number}", "value": str(number + 2)} for number in range(1, 6)]}
ANSWER: Final = {"data": {"title": "A well for every village"}, "note": "shorter"}


def web(stage: Stage) -> int:
    """The web process that most rows ask; its port."""
    return serving(stage)[0]


def serving(stage: Stage) -> tuple[int, Part]:
    """One more granian process with the threads of production: its port, and itself for whoever ends it."""
    port = free_port()
    command = [
        "bench.web:application" if part == "backend.wsgi:application" else part
        for part in granian(host=HOST, port=port, processes=1, threads=THREADS)
    ]
    part = stage.house.start("granian", command, log=stage.folder / "granian.log")
    if not wait_until(partial(answers, port), alive=part.alive, seconds=30):
        raise part.failure()
    load(port, [request("GET", BARE)] * 50, connections=2)
    return port, part


@dataclass(slots=True)
class Judging:
    """A round that is over, sheets waiting for their judges: (id of the sheet, token of its judge) while there are any."""

    contest: Contest
    open: Iterator[tuple[int, str]]


def judging(stage: Stage) -> Judging:
    """Enough sheets for every row that marks one."""
    wanted = 2 * stage.sizes.requests * (stage.sizes.repeats + 1) + 50  # two rows time them, one counts statements
    contest = begun("judging", tasks=1, criteria=5, groups=-(-wanted // 5), judges=5)
    enter(contest)
    tokens = dict(zip((one.pk for one in contest.judges), judges(contest), strict=True))
    sheets = assign(contest, SheetState.ASSIGNED)
    analyse()
    return Judging(contest, ((sheet.pk, tokens[sheet.judge_id]) for sheet in sheets))


@dataclass(slots=True)
class Entering:
    """An open round with entries begun: (id of the entry, token of its captain), round and round."""

    contest: Contest
    turns: Iterator[tuple[int, str]]


def entering(stage: Stage) -> Entering:
    """Some groups that hand in version after version."""
    contest = begun("entering", tasks=1, criteria=5, groups=max(WRITERS, stage.sizes.connections), judges=1, closed=False)
    tokens = captains(contest, contest.groups)
    entries = enter(contest, state="submitted")
    analyse()
    return Entering(contest, itertools.cycle([(entry.pk, token) for entry, token in zip(entries, tokens, strict=True)]))


@dataclass(frozen=True, slots=True)
class Reading:
    """A published board, and the token of somebody who may see it."""

    board: Board
    token: str


def reading(stage: Stage) -> Reading:
    """The judged board, published."""
    contest = stage.once(board)
    token = captains(contest, contest.groups[:1])[0]
    recompute_now(contest.cycle)
    far = MarkReview.objects.filter(sheet__challenge__round=contest.round)
    far.update(state=ReviewState.KEPT.value)  # marks by chance: some are far from the others, and nobody looks
    settle_now(contest.round, by=None, publish=True)
    return Reading(contest.board, token)


def live(stage: Stage) -> Reading:
    """A board with the same rows that is shown as it changes."""
    published = stage.once(reading)
    shown = Board.objects.create(scope=published.board.scope, key="live", number=9, name="Live", live=True, version=1)
    rows = Standing.objects.filter(board=published.board, audience=PUBLIC)
    Standing.objects.bulk_create((_moved(one, shown) for one in rows), batch_size=2000)
    return Reading(shown, published.token)


def _moved(row: Standing, board: Board) -> Standing:
    row.id, row.board = None, board
    return row


# --- The requests ---------------------------------------------------------------------------------------------------------------------


def mark_request(stage: Stage) -> bytes:
    """The next sheet made final, with five marks."""
    sheet, token = next(stage.once(judging).open)
    return request("POST", f"{API}/sheets/{sheet}/finalize", token=token, body=MARKS)


def submit_request(stage: Stage) -> bytes:
    """The next version of an entry."""
    entry, token = next(stage.once(entering).turns)
    return request("POST", f"{API}/submissions/{entry}/versions", token=token, body=ANSWER)


def read_request(stage: Stage) -> bytes:
    """The first page of a published board."""
    read = stage.once(reading)
    return request("GET", f"{API}/boards/{read.board.pk}/standings", token=read.token)


def read_live_request(stage: Stage) -> bytes:
    """The first page of a board that is shown as it changes."""
    read = stage.once(live)
    return request("GET", f"{API}/boards/{read.board.pk}/standings", token=read.token)


def _against_bare(stage: Stage, make: Callable[[Stage], bytes], bare: bytes, expected: int) -> Iterator[Pair]:
    port = stage.once(web)
    number, connections = stage.sizes.requests, stage.sizes.connections
    seen: list[Load] = []
    load(port, [make(stage) for _ in range(2 * THREADS)], connections=THREADS, expected=expected)

    def ours() -> float:
        seen.append(load(port, [make(stage) for _ in range(number)], connections=connections, expected=expected))
        return seen[-1].rate

    def limit() -> float:
        return load(port, [bare] * (number * 3), connections=connections).rate

    def notes() -> list[str]:
        middle, slow = (sorted(values)[len(seen) // 2] * 1000 for values in ([x.median for x in seen], [x.p99 for x in seen]))
        return [f"{connections} connections, {number} requests a run; latency p50 {middle:.1f} ms, p99 {slow:.1f} ms"]

    yield Pair(ours, limit, notes)


def row(
    make: Callable[[Stage], bytes], *, body: Any = None, expected: int = 200
) -> Callable[[Stage], AbstractContextManager[Pair]]:
    """Prepare a race of one kind of request against the bare view, which is sent the same body."""
    bare = request("GET" if body is None else "POST", BARE, body=body)
    return contextmanager(lambda stage: _against_bare(stage, make, bare, expected))


BESIDE: Final = "limit: a bare REST view, same granian process"
ROWS: Final = (
    Race("api-mark", f"a sheet of five marks made final; {BESIDE}", "/s", row(mark_request, body=MARKS)),
    Race("api-submit", f"a version handed in; {BESIDE}", "/s", row(submit_request, body=ANSWER, expected=201)),
    Race("api-board", f"first page of a published board; {BESIDE}", "/s", row(read_request)),
    Race("api-board-live", f"first page of a live board; {BESIDE}", "/s", row(read_live_request)),
)
