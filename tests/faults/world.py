"""The house as a model: what is on disk, what is in flight, what each process holds in memory; every step may be the last before a crash.

What the house computes is computed here by its own pure parts: the chain of the journal, the ledger of points, the steps and leases of
runs, the engine, the rows as they are stored, the order and merging of live messages. The database is a transaction: all of it or nothing.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from bench.following import Copy
from games.journal.rules import Kind, chained_hash
from games.playbooks.schema import parse_design
from games.recognition.rules.points import Act, Award, Ledger, points_for
from games.results.rules import LEASE, RunKind, Step, next_step, steps_of, wait_after
from leaderboards.actions import stored_rows
from leaderboards.engine.facts import Attempt, Attempts, Facts, Group
from leaderboards.engine.pipeline import compute
from leaderboards.live import sides
from leaderboards.live.messages import Delta, body, unpacked, written
from leaderboards.live.sides import Side

GROUPS = ("ash", "birch", "cedar", "elm")
START = datetime(2027, 3, 1, tzinfo=UTC)
TICK = 0.25
DESIGN = parse_design(
    {
        "format": 1,
        "cycle": {"key": "model", "name": "Model"},
        "rounds": [{"key": "call", "visibility": "full"}],
        "challenges": [{"key": "a", "format": "attempts", "penalty": 20, "accepted": ["AC"], "ignored": ["CE"]}],
        "boards": [{"key": "result", "order": ["solved high", "penalty low"]}],
        "rules": [
            {"key": "tried", "event": "attempt.judged", "points": 3, "cap_cycle": 20},
            {"key": "entered", "event": "submission.received", "points": 5, "ratio": "0.5"},
        ],
    }
)


@dataclass(slots=True)
class Entry:
    """An act; its id is drawn when its transaction begins, so ids commit out of order."""

    id: int
    kind: Kind
    group: str
    subject: str
    verdict: str
    at: datetime
    seal: int | None = None
    previous: str = ""
    hash: str = ""


@dataclass(slots=True)
class Run:
    """A row of the queue."""

    id: int
    step: Step
    state: str = "waiting"
    holder: str = ""
    lease: datetime | None = None
    tries: int = 0


@dataclass(slots=True)
class Disk:
    """What is committed."""

    entries: dict[int, Entry] = field(default_factory=dict)
    head: tuple[int, str] = (0, "")
    read: int = 0
    cursor: int = 0
    awards: list[Award] = field(default_factory=list)
    causes: dict[int, str] = field(default_factory=dict)
    totals: Counter[int] = field(default_factory=Counter)
    runs: dict[int, Run] = field(default_factory=dict)
    rows: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    changed: dict[tuple[str, int], int] = field(default_factory=dict)
    version: int = 0
    reacted: list[int] = field(default_factory=list)
    counted: list[int] = field(default_factory=list)

    def sealed(self, after: int) -> list[Entry]:
        """In order of their seals."""
        found = [one for one in self.entries.values() if one.seal is not None and one.seal > after]
        return sorted(found, key=lambda one: one.seal or 0)


@dataclass(slots=True)
class Work:
    """A worker in the middle of a step: what it read and computed, and as whom."""

    run: int
    holder: str
    step: Step
    rows: dict[tuple[str, int], dict[str, Any]]


class Loop:
    """The clock of the live process, as far as sides ask for it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.due: list[tuple[float, Callable[[], None], Handle]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, act: Callable[[], None]) -> "Handle":
        handle = Handle()
        self.due.append((when, act, handle))
        return handle

    def call_later(self, wait: float, act: Callable[[], None]) -> "Handle":
        return self.call_at(self.now + wait, act)

    def pass_time(self, seconds: float) -> None:
        end = self.now + seconds
        while ready := sorted((one for one in self.due if one[0] <= end), key=lambda one: one[0])[:1]:
            [(when, act, handle)] = ready
            self.due.remove(ready[0])
            self.now = max(self.now, when)
            if not handle.cancelled:
                act()
        self.now = end


class Handle:
    """A call that may be taken back."""

    cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """Stands for asyncio in `sides`: one loop, ours."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop

    def get_running_loop(self) -> Loop:
        return self.loop


class Client:
    """A page in somebody's hands, and its socket."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.copy = Copy()
        self.side: Side | None = None
        self.inbox: list[str] = []

    def push(self, event: dict[str, Any]) -> bool:
        """A message arrives; the client reads it when it comes to it."""
        self.inbox.append(event["text"])
        return True

    def fetch(self) -> None:
        """The whole, as the page has it now."""
        self.copy.take(self.world.disk.version, [shown(line, row) for line, row in self.world.disk.rows.items()])

    def read(self) -> None:
        """Everything that has arrived."""
        while self.inbox:
            message = orjson.loads(self.inbox.pop(0))
            if message.get("again"):
                self.copy.version = -1
            if not self.copy.hear(message):
                self.fetch()

    def come(self, *, resume: bool) -> None:
        """Open a socket; `resume`: say which version is known."""
        self.leave()
        self.side = self.world.side
        self.side.sockets.add(self)  # type: ignore[arg-type]
        known = self.copy.version if resume and self.copy.version >= 0 else None
        self.inbox.append(self.side.greeting(known))

    def leave(self) -> None:
        """The connection is lost with all that was on its way."""
        if self.side is not None:
            self.side.sockets.discard(self)  # type: ignore[arg-type]
        self.side = None
        self.inbox.clear()


def shown(line: tuple[str, int], row: dict[str, Any]) -> dict[str, Any]:
    """A stored row as a message carries it."""
    return {"group": line[0], "line": line[1]} | row


class World:
    """All of it. Each method is one thing that can happen; none waits."""

    def __init__(self) -> None:
        self.disk = Disk()
        self.now = START
        self.ids = self.workers = 0
        self.open: dict[int, Entry] = {}
        self.committed: list[int] = []
        self.sealing: list[tuple[tuple[int, str], list[int]]] = []
        self.working: list[Work] = []
        self.tasks: list[tuple[int, int, list[str]]] = []
        self.bus: list[bytes] = []
        self.loop = Loop()
        self.side = self.new_side()
        self.clients = [Client(self) for _ in range(2)]

    # --- acts -------------------------------------------------------------------------------------------------------------------------

    def begin(self, kind: Kind, group: str, verdict: str) -> None:
        """A request draws its id."""
        self.ids += 1
        subject = f"{kind.value.partition('.')[0]}:{group if kind.value.startswith('submission') else self.ids}"
        self.open[self.ids] = Entry(self.ids, kind, group, subject, verdict, self.now)

    def commit(self, pk: int) -> None:
        """It is acknowledged."""
        self.disk.entries[pk] = self.open.pop(pk)
        self.committed.append(pk)

    # --- the journal ------------------------------------------------------------------------------------------------------------------

    def unsealed(self) -> list[int]:
        """Ids of what waits to be sealed, in order."""
        return sorted(one.id for one in self.disk.entries.values() if one.seal is None)

    def look_for_unsealed(self) -> None:
        """A sealer reads the head and what waits. Two may do so at once."""
        self.sealing.append((self.disk.head, self.unsealed()))

    def seal(self, number: int) -> None:
        """It commits, if the head is where it found it; else all of it is rolled back."""
        head, pending = self.sealing.pop(number)
        if head != self.disk.head:
            return
        seal, previous = head
        for pk in pending:
            seal += 1
            entry = self.disk.entries[pk]
            digest = hash_of(entry, seal, previous)
            self.disk.entries[pk] = replace(entry, seal=seal, previous=previous, hash=digest)
            previous = digest
        self.disk.head = (seal, previous)

    # --- what follows -----------------------------------------------------------------------------------------------------------------

    def react(self, batch: int) -> None:
        """The reader of reactions: a batch and its place in one transaction."""
        entries = self.disk.sealed(self.disk.read)[:batch]
        if not entries:
            return
        self.disk.read = entries[-1].seal or 0
        self.disk.reacted += [one.id for one in entries]
        if not any(run.state == "waiting" for run in self.disk.runs.values()):
            number = len(self.disk.runs) + 1
            self.disk.runs[number] = Run(number, steps_of(RunKind.REFRESH)[0])

    def count_points(self, batch: int) -> None:
        """Points of a batch, its totals and the cursor in one transaction. What was given before is recalled from the disk."""
        entries = self.disk.sealed(self.disk.cursor)[:batch]
        if not entries:
            return
        ledger = Ledger(DESIGN.rules)
        for award in self.disk.awards:
            ledger.note(award, self.disk.causes.get(award.seal, ""))
        for entry in entries:
            awards = ledger.read(act_of(entry))
            self.disk.awards += awards
            self.disk.causes[entry.seal or 0] = entry.kind.value
            for award in awards:
                self.disk.totals[award.group or 0] += award.amount
        self.disk.cursor = entries[-1].seal or 0
        self.disk.counted += [one.id for one in entries]

    # --- runs -------------------------------------------------------------------------------------------------------------------------

    def due(self) -> Run | None:
        """A run that somebody may take: waiting, between two steps or left, and no other of the cycle at work."""
        for run in self.disk.runs.values():
            free = run.lease is None or run.lease < self.now
            others = [one for one in self.disk.runs.values() if one is not run and one.state == "running"]
            at_work = any(one.lease is None or one.lease >= self.now for one in others)
            if (run.state == "waiting" or (run.state == "running" and free)) and not at_work:
                return run
        return None

    def claim(self) -> None:
        """A worker takes a run that is due, under a name of its own, and computes."""
        run = self.due()
        if run is not None:
            self.workers += 1
            run.state, run.holder, run.lease, run.tries = "running", f"w{self.workers}", self.now + LEASE, run.tries + 1
            self.working.append(Work(run.id, run.holder, run.step, self.computed()))

    def finish(self, number: int) -> None:
        """A worker commits its step and the move to the next one, if the run is still its own."""
        work = self.working.pop(number)
        run = self.disk.runs[work.run]
        if (run.state, run.step, run.holder) != ("running", work.step, work.holder):
            return
        following = next_step(RunKind.REFRESH, work.step)
        if work.step is Step.STANDINGS:
            self._refresh(work.rows)
        run.holder, run.lease, run.tries = "", None, 0
        if following is None:
            run.state = "done"
        else:
            run.step = following

    def pass_time(self, seconds: float) -> None:
        """Leases run out."""
        self.now += timedelta(seconds=seconds)

    def stumble(self, number: int) -> None:
        """A step fails: it is tried again later, with everything read anew."""
        work = self.working.pop(number)
        run = self.disk.runs[work.run]
        if (run.state, run.holder) == ("running", work.holder):
            wait = wait_after(RunKind.REFRESH, run.tries)
            assert wait is not None
            run.holder, run.lease = "", self.now + wait

    def _refresh(self, wanted: dict[tuple[str, int], dict[str, Any]]) -> None:
        disk = self.disk
        touched = [line for line, row in wanted.items() if disk.rows.get(line) != row]
        gone = [line for line in disk.rows if line not in wanted]
        if not touched and not gone:
            return
        disk.version += 1
        disk.rows = dict(wanted)
        disk.changed = {line: disk.version if line in touched else disk.changed[line] for line in wanted}
        self.tasks.append((disk.version - 1, disk.version, [line[0] for line in gone]))

    def computed(self) -> dict[tuple[str, int], dict[str, Any]]:
        """The board from everything that is committed."""
        return stored_rows(compute(DESIGN, facts_of(self.disk.entries.values())).board("result").rows)

    # --- live -------------------------------------------------------------------------------------------------------------------------

    def announce(self, number: int) -> None:
        """A worker tells one change: its own versions, the rows as they are by now."""
        since, version, gone = self.tasks.pop(number)
        rows: Any = [shown(line, self.disk.rows[line]) for line, at in self.disk.changed.items() if at > since]
        text = written(body(1, "result", since=since, version=version, rows=rows, gone=gone))
        self.bus.append(Delta(1, "public", since, version, 0.0, text).packed())

    def new_side(self) -> Side:
        """A live process starts: it reads the version."""
        return Side(1, "public", "result", self.disk.version, tick=TICK, sent=lambda _side, _delta, _dropped: None)

    def deliver(self, number: int) -> None:
        """One message reaches the live process."""
        said = unpacked(self.bus.pop(number))
        assert isinstance(said, Delta)
        self.side.hear(said)

    def look_at_versions(self) -> None:
        """The live process compares its version with the database's; what is behind for two looks is fetched by everybody."""
        if self.side.version < self.disk.version:
            if self.side.behind > self.side.version:
                self.side.skip_to(self.disk.version)
            else:
                self.side.behind = self.disk.version

    def restart_live(self) -> None:
        """It dies with all its sockets."""
        for client in self.clients:
            client.leave()
        self.side.end()
        self.side = self.new_side()

    def empty_redis(self) -> None:
        """Whatever was queued or on the bus is gone."""
        self.tasks.clear()
        self.bus.clear()

    def work_through(self) -> None:
        """Seal, react, count, do every run that is due, by a worker that nobody disturbs."""
        self.follow()
        while self.due() is not None:
            self.claim()
            self.finish(len(self.working) - 1)

    def follow(self) -> None:
        """Seal, react, count: what was asked for by that waits."""
        if self.unsealed():
            self.look_for_unsealed()
            self.seal(len(self.sealing) - 1)
        while self.disk.read < self.disk.head[0]:
            self.react(3)
        while self.disk.cursor < self.disk.head[0]:
            self.count_points(3)

    # --- the end ----------------------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Nothing breaks any more: the clock does what was left."""
        for pk in list(self.open):
            self.commit(pk)
        self.sealing.clear()
        self.working.clear()
        self.now += timedelta(days=1)
        self.work_through()
        assert all(run.state == "done" for run in self.disk.runs.values())
        for _ in range(3):
            self.look_at_versions()
            self.loop.pass_time(5)
        for client in self.clients:
            if client.side is None:
                client.come(resume=True)
            client.read()


def install(world: World) -> Any:
    """Let sides ask this world's clock. Returns what was there before."""
    before = sides.asyncio
    sides.asyncio = Clock(world.loop)  # type: ignore[assignment]
    return before


def restore(before: Any) -> None:
    """Back to the clock of asyncio."""
    sides.asyncio = before


def hash_of(entry: Entry, seal: int, previous: str) -> str:
    """As the sealer chains it."""
    return chained_hash(
        seal=seal,
        kind=entry.kind.value,
        cycle_id=1,
        actor=None,
        group_id=GROUPS.index(entry.group) + 1,
        subject=entry.subject,
        payload={"verdict": entry.verdict},
        at=entry.at,
        previous=previous,
    )


def act_of(entry: Entry) -> Act:
    """As the rules of points see it."""
    day = date(2027, 3, 1)
    return Act(entry.seal or 0, entry.kind.value, entry.subject, entry.at, day, GROUPS.index(entry.group) + 1)


def totals_from_nothing(entries: list[Entry]) -> Counter[int]:
    """What the whole journal earns, read at once."""
    sums: Counter[int] = Counter()
    for award in points_for(DESIGN.rules, [act_of(one) for one in entries]):
        sums[award.group or 0] += award.amount
    return sums


def facts_of(entries: Any) -> Facts:
    """The groups that are there, and their tries."""
    moves = Counter(one.group for one in entries if one.kind is Kind.GROUP_LEFT)
    left = {group for group, times in moves.items() if times % 2}  # it leaves, comes back, leaves
    tries = Attempts(
        Attempt("call", "a", one.group, one.id * 60_000, one.verdict, None, one.id)
        for one in entries
        if one.kind is Kind.ATTEMPT_JUDGED and one.group not in left
    )
    return Facts(groups=tuple(Group(key, key.title()) for key in GROUPS if key not in left), attempts=tries)
