"""What a soak is made of: a stand with a contest, writers with a pace, sockets that watch, memory, and the comparison with a rebuild."""

import asyncio
import itertools
import json
import os
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final

from backend.cli import parts
from backend.cli.setup import ROOT
from backend.services.ports import HOST, answers, free_port, wait_until
from backend.services.supervisor import Part, Supervisor
from bench.client import load, request
from bench.following import Copy, follow, listen, whole

GROUPS: Final = 40
WRITERS: Final = 4
LOST: Final = "socket lost"
CLOSELY: Final = 10
"""So many sockets are read row by row; the others by their version."""
ROW: Final = ("entry", "line", "bracket", "rank", "place", "score", "keys", "values", "status", "pending")
PAGE: Final = os.sysconf("SC_PAGE_SIZE")
TASK: Final = {"format": "attempts", "penalty": 20, "accepted": ["AC"], "ignored": ["CE"]}
DESIGN: Final[dict[str, Any]] = {
    "format": 1,
    "cycle": {"key": "soak", "name": "Soak"},
    "rounds": [{"key": "call", "name": "Call", "visibility": "full"}],
    "challenges": [{"key": one, **TASK} for one in ("a", "b", "c")],
    "boards": [{"key": "result", "order": ["solved high", "penalty low"]}, {"key": "activity", "source": "points"}],
    "rules": [{"key": "tried", "event": "attempt.judged", "points": 1}],
}


@dataclass(slots=True)
class Stand:
    """What is soaked: ports of web and live, the boards, who may write, and the parts that run."""

    web: int
    live: int
    cycle: int
    board: int
    token: str
    groups: list[str]
    parts: dict[str, Part]


@dataclass(slots=True)
class Seen:
    """What was written and when it was seen: per group, when each try was acknowledged and not yet shown."""

    waiting: dict[str, deque[tuple[int, float]]] = field(default_factory=lambda: defaultdict(deque))
    counts: Counter[str] = field(default_factory=Counter)
    lags: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    versions: dict[int, tuple[float, float]] = field(default_factory=dict)
    """When the first socket heard of a version, and when the last."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledged(self, group: str) -> None:
        """A try of this group is in."""
        with self.lock:
            self.counts[group] += 1
            self.waiting[group].append((self.counts[group], time.monotonic()))

    def heard(self, version: int) -> None:
        """One more socket was told of this version."""
        now = time.monotonic()
        self.messages += 1
        self.versions[version] = (self.versions.get(version, (now, now))[0], now)

    def shown(self, group: str, score: int) -> None:
        """A watcher sees so many points of this group."""
        now = time.monotonic()
        with self.lock:
            waiting = self.waiting[group]
            while waiting and waiting[0][0] <= score:
                self.lags.append(now - waiting.popleft()[1])


def stand_up(house: Supervisor, folder: Path) -> Stand:
    """A contest, an organizer who may write, and the parts of production."""
    from bench.contests import begun  # noqa: PLC0415 -- models need the services' addresses
    from bench.people import captains  # noqa: PLC0415
    from games.groups.models import Membership  # noqa: PLC0415
    from games.playbooks.schema import parse_design  # noqa: PLC0415
    from leaderboards.models import Board  # noqa: PLC0415
    from worker.steps import recompute_now  # noqa: PLC0415

    contest = begun("soak", tasks=3, criteria=1, groups=GROUPS, judges=0, closed=False, design=parse_design(DESIGN))
    [token] = captains(contest, contest.groups[:1])
    organizes = {"group": None, "role": "organizer", "capabilities": ["organize"]}
    Membership.objects.filter(cycle=contest.cycle).update(**organizes)
    recompute_now(contest.cycle)
    board = Board.objects.get(scope=contest.cycle.pk, key="activity")
    web, live, started = parts_up(house, folder)
    started["redis"] = next(part for part in house.parts if part.name == "Valkey")
    return Stand(web, live, contest.cycle.pk, board.pk, token, [one.key for one in contest.groups], started)


def parts_up(house: Supervisor, folder: Path) -> tuple[int, int, dict[str, Part]]:
    """The parts of production, started: the ports of web and live, and each part by name."""
    web, live = free_port(), free_port()
    commands = {
        "web": parts.granian(host=HOST, port=web, processes=1, threads=4),
        "live": parts.uvicorn(host=HOST, port=live),
        "worker": parts.worker(processes=2, log_level="WARNING"),
        "beat": parts.beat(schedule=str(folder / "beat"), log_level="WARNING"),
    }
    room = {"LUDUS_LIVE_SOCKETS_PER_ADDRESS": "100000", "LUDUS_LIVE_SOCKETS": "100000"}
    started = {
        name: house.start(name, command, env=dict(os.environ) | room, log=folder / f"{name}.log", cwd=ROOT)
        for name, command in commands.items()
    }
    for name, port in (("web", web), ("live", live)):
        if not wait_until(partial(answers, port), alive=started[name].alive, seconds=60):
            raise started[name].failure()
    return web, live, started


# --- Writing --------------------------------------------------------------------------------------------------------------------------


def body_of(stand: Stand, number: int) -> dict[str, Any]:
    """The next try."""
    group = stand.groups[number * 7 % len(stand.groups)]
    return {"round": "call", "challenge": "abc"[number % 3], "group": group, "verdict": "WA", "elapsed_ms": number}


def write_limit(stand: Stand, seen: Seen, numbers: "itertools.count[int]", many: int) -> float:
    """Tries a second that this house acknowledges when it does nothing else for us."""
    bodies = [body_of(stand, next(numbers)) for _ in range(many)]
    path = f"/api/v1/cycles/{stand.cycle}/attempts"
    rate = load(
        stand.web, [request("POST", path, token=stand.token, body=one) for one in bodies], connections=WRITERS, expected=201
    )
    seen.counts.update(one["group"] for one in bodies)
    return rate.rate


def writing(stand: Stand, seen: Seen, numbers: "itertools.count[int]", rate: float, over: threading.Event) -> None:
    """One of the writers: its share of the rate, on a connection that stays."""
    connection = HTTPConnection(HOST, stand.web, timeout=20)
    headers = {"Authorization": f"Bearer {stand.token}", "Content-Type": "application/json"}
    turn = time.monotonic()
    while not over.is_set():
        turn = max(turn + WRITERS / rate, time.monotonic() - 1.0)
        over.wait(max(0.0, turn - time.monotonic()))
        body = body_of(stand, next(numbers))
        try:
            connection.request("POST", f"/api/v1/cycles/{stand.cycle}/attempts", json.dumps(body), headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, HTTPException) as error:
            seen.failures[type(error).__name__] += 1
            connection.close()
            continue
        if answer.status == 201:
            seen.acknowledged(body["group"])
        else:
            seen.failures[str(answer.status)] += 1
    connection.close()


# --- Watching -------------------------------------------------------------------------------------------------------------------------


async def watching(stand: Stand, seen: Seen, copies: list[Copy], number: int) -> None:
    """One socket; a few follow every row, the others know their version."""

    async def heard(text: str) -> None:
        seen.heard(int(text.partition('"version":')[2].partition(",")[0].rstrip("}")))
        await _heard(stand, seen, copies[number], text, closely=number < CLOSELY)

    def lost() -> None:
        seen.failures[LOST] += 1

    await listen(stand.live, stand.board, heard, lost=lost)


async def _heard(stand: Stand, seen: Seen, copy: Copy, text: str, *, closely: bool) -> None:
    if not closely:
        copy.version = int(text.partition('"version":')[2].partition(",")[0].rstrip("}"))
        return
    await asyncio.to_thread(follow, copy, text, lambda: whole(stand.web, stand.board, token=stand.token))
    for row in copy.rows.values():
        seen.shown(row["group"], int(row["score"] or 0))


# --- Memory ---------------------------------------------------------------------------------------------------------------------------


def memory(part: Part) -> float:
    """MB in use by a part and all it started."""
    pages = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[2]) == part.process.pid:
                pages += int(stat.with_name("statm").read_text().split()[1])
    return pages * PAGE / 1e6


# --- The end --------------------------------------------------------------------------------------------------------------------------


def settled(cycle: int, seconds: float = 120.0, *, pause: float = 0.2) -> bool:
    """Whether everything came to be counted; asked every `pause` seconds. That boards changed is journalled too, and nobody waits for it."""
    from games.journal.models import JournalEntry, Sealer  # noqa: PLC0415 -- models need the services' addresses
    from games.journal.rules import Kind  # noqa: PLC0415
    from games.results.models import RecomputeRun  # noqa: PLC0415
    from games.results.rules import OPEN  # noqa: PLC0415

    def quiet() -> bool:
        acts = JournalEntry.objects.exclude(kind=Kind.STANDINGS_CHANGED)
        if acts.filter(seal=None).exists():  # asked first: an act is sealed, then read, then there is a run
            return False
        last = acts.filter(seal__isnull=False).order_by("-seal").values_list("seal", flat=True).first() or 0
        read = Sealer.objects.filter(name="reactions").values_list("seal", flat=True).first() or 0
        open_runs = RecomputeRun.objects.filter(cycle=cycle, state__in=OPEN)
        return read >= last and not open_runs.exists()

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if quiet():
            return True
        time.sleep(pause)
    return False


def unlike(cycle: int, counts: Mapping[str, int]) -> tuple[int, int]:
    """Of the tries acknowledged per group, how many have no point; and how many points nobody was told of."""
    from games.recognition.models import PointsTotal  # noqa: PLC0415 -- models need the services' addresses

    points = dict(PointsTotal.objects.filter(cycle=cycle).values_list("group__key", "amount"))
    more = [points.get(group, 0) - counts.get(group, 0) for group in points.keys() | counts.keys()]
    return -sum(one for one in more if one < 0), sum(one for one in more if one > 0)


def rows_now(cycle: int) -> list[tuple[Any, ...]]:
    """Every row of every board, and the totals."""
    from games.recognition.models import PointsTotal  # noqa: PLC0415 -- models need the services' addresses
    from leaderboards.models import Standing  # noqa: PLC0415

    rows = Standing.objects.filter(board__scope=cycle).order_by("board", "audience", "bracket", "rank")
    totals = PointsTotal.objects.filter(cycle=cycle).order_by("group").values_list("group__key", "amount")
    return [*rows.values_list("board__key", "audience", *ROW), *totals]


def rebuilt(cycle: int) -> list[tuple[Any, ...]]:
    """The same from nothing; what is there stays."""
    from django.db import transaction  # noqa: PLC0415 -- settings come first

    from games.cycles.models import Cycle  # noqa: PLC0415
    from games.recognition.actions.points import rebuild_totals  # noqa: PLC0415
    from leaderboards.models import Standing  # noqa: PLC0415
    from worker.steps import recompute_now  # noqa: PLC0415

    with transaction.atomic():
        one = Cycle.objects.get(pk=cycle)
        Standing.objects.filter(board__scope=cycle).delete()
        rebuild_totals(one)
        recompute_now(one)
        found = rows_now(cycle)
        transaction.set_rollback(True)
    return found
