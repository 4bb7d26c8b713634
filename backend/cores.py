"""All threads of a web process that answer stay on one core of the machine, and move together.

Only one of them runs Python at a time. Where the system spreads them over several cores, each hands the interpreter to one that must be
woken elsewhere, which takes longer than a ready answer does: a process then gives two thirds of the answers, for more processor time.
Which core it is follows from what the machine does: once in a few seconds the process looks how busy others keep its own, and goes
where there is more room. The processes of one server share the cores among them first: two never meet while there are enough. Linux alone
tells and allows all this; elsewhere, and where there is one core, nothing happens.
"""

import os
import random
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any, Final

type Environ = dict[str, Any]
type Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

FIRST: Final = 1.0  # seconds until the first choice
PAUSE: Final = (3.0, 6.0)
"""Seconds until the next look; by chance between these, so that two processes do not change places for ever."""
OLD: Final = 30.0  # seconds: what was counted before says nothing of now
ALIKE: Final = 0.05
WORTH: Final = 0.25
"""So much less busy another core must be to go there: a thread that comes finds nothing of its own in the memory next to it."""
STAT: Final = Path("/proc/stat")
TASKS: Final = "/proc/{}/task"


def choose(at: int | None, busy: Mapping[int, float], own: float, dice: random.Random) -> int | None:
    """The core to be on, of those in `busy` (the share of time in which each worked for anybody); None where nothing is told.

    `at` is where we are, `own` the share of it that we took ourselves: only what others take of it counts against it.
    """
    if len(busy) < 2:  # noqa: PLR2004
        return next(iter(busy), None)
    others = {core: share for core, share in busy.items() if core != at}
    least = min(others.values())
    if at is not None and at in busy and busy[at] - own < least + WORTH:
        return at
    return dice.choice(sorted(core for core, share in others.items() if share <= least + ALIKE))


def part(allowed: Iterable[int], process: int, processes: Iterable[int]) -> frozenset[int]:
    """Those of the cores among which a process of a server chooses; each has others while there are enough, and at least one."""
    cores, ordered = sorted(allowed), sorted({process, *processes})
    place = ordered.index(process)
    return frozenset(cores[place :: len(ordered)] or [cores[place % len(cores)]])


def counted(stat: str, allowed: frozenset[int]) -> dict[int, tuple[int, int]]:
    """Ticks in which each allowed core worked, and all its ticks, from the text of /proc/stat."""
    found: dict[int, tuple[int, int]] = {}
    for line in stat.splitlines():
        name, *ticks = line.split()
        if name[:3] == "cpu" and name[3:].isdigit() and int(name[3:]) in allowed:
            # user, nice, system, idle, waiting for a disk, two kinds of interrupts, stolen
            spent = [int(one) for one in ticks[:8]]
            found[int(name[3:])] = sum(spent) - sum(spent[3:5]), sum(spent)
    return found


def siblings() -> list[int]:
    """Processes that our server has started, we among them; none where the system does not tell."""
    try:
        return [int(one) for file in Path(TASKS.format(os.getppid())).glob("*/children") for one in file.read_text().split()]
    except OSError:
        return []


class Cores:
    """Where the threads of this process are."""

    def __init__(self) -> None:
        self.allowed = frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else frozenset[int]()
        self.at: int | None = None
        self.due = monotonic() + FIRST if len(self.allowed) > 1 else float("inf")
        self._turn = threading.Lock()
        self._mine = threading.local()
        self._threads: set[int] = set()
        self._seen = (monotonic(), self._counted(), 0)
        self._dice = random.Random()

    def stay(self) -> None:
        """The calling thread goes where the others are. Cheap: called at each request."""
        if monotonic() >= self.due and self._turn.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._turn.release()
        if getattr(self._mine, "at", None) != self.at:
            self._go(self.at)

    def _go(self, core: int | None) -> None:
        self._mine.at = core
        self._threads.add(threading.get_native_id())
        with suppress(OSError):  # the core was taken from us meanwhile: the system knows a better one
            os.sched_setaffinity(0, self.allowed if core is None else {core})

    def _look(self) -> None:
        now = monotonic()
        self.due = now + self._dice.uniform(*PAUSE)
        (before, were, owned), self._seen = self._seen, (now, self._counted(), self._own())
        if now - before < OLD:
            busy, own = self._shares(were, owned)
            mine = part(self.allowed, os.getpid(), siblings())
            self.at = choose(self.at, {core: share for core, share in busy.items() if core in mine}, own, self._dice)

    def _shares(self, were: Mapping[int, tuple[int, int]], owned: int) -> tuple[dict[int, float], float]:
        """How busy each core was since then, and which part of our own one that was we."""
        _, cores, own = self._seen
        ticks = {core: whole - were[core][1] for core, (_, whole) in cores.items() if core in were and whole > were[core][1]}
        busy = {core: (cores[core][0] - were[core][0]) / passed for core, passed in ticks.items()}
        return busy, max(0, own - owned) / ticks[self.at] if self.at in ticks else 0.0

    def _counted(self) -> dict[int, tuple[int, int]]:
        try:
            return counted(STAT.read_text(), self.allowed)
        except (OSError, ValueError):
            return {}  # a system that tells nothing: there is nothing to choose

    def _own(self) -> int:
        """Ticks that those of our threads took which are alive."""
        found = 0
        for thread in tuple(self._threads):
            try:
                ticks = Path(TASKS.format("self"), str(thread), "stat").read_text().rpartition(")")[2].split()
            except OSError:
                self._threads.discard(thread)
                continue
            found += int(ticks[11]) + int(ticks[12])
        return found


class OnOneCore:
    """WSGI around an application: whoever answers does so where the other threads are."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.cores = Cores()

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        """Go there, and answer."""
        self.cores.stay()
        return self.application(environ, start)
