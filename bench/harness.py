"""Rows are data: what we do, the limit of the same work, and how near we must come. Both are run in turn, several times, in one run."""

import math
import statistics
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from backend.services.supervisor import Supervisor

type Unit = Literal["s", "/s"]
SECONDS: Final = "s"
RATE: Final = "/s"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured. `board` and `tasks`: entries, judges, criteria and groups, tasks, judges, criteria. `patience`: seconds after
    which a row is not repeated again, so that the whole ends in time; each is measured once at least.
    """

    name: str
    repeats: int
    patience: float
    board: tuple[int, int, int]
    tasks: tuple[int, int, int, int]
    requests: int
    connections: int


TINY: Final = Sizes("tiny", 1, 0, (12, 3, 2), (6, 2, 3, 2), 8, 2)
QUICK: Final = Sizes("quick", 3, 5, (500, 5, 5), (100, 20, 3, 3), 150, 8)
DEFAULT: Final = Sizes("default", 5, 10, (5000, 5, 5), (1000, 20, 3, 3), 500, 8)
FULL: Final = Sizes("full", 5, 60, (20_000, 5, 5), (3000, 20, 3, 3), 2000, 16)


@dataclass(slots=True)
class Stage:
    """Where rows are measured: sizes, the supervisor that starts servers, and a folder, what one row made that another may use."""

    sizes: Sizes
    house: Supervisor
    folder: Path
    kept: dict[Hashable, Any] = field(default_factory=dict)

    def once[T](self, make: Callable[["Stage"], T]) -> T:
        """What `make` gives, made when it is first asked for."""
        if make not in self.kept:
            self.kept[make] = make(self)
        made: T = self.kept[make]
        return made


@dataclass(frozen=True, slots=True)
class Pair:
    """Two ways through the same work. Each call prepares (not counted), works, and gives what it took in the unit of its row."""

    ours: Callable[[], float]
    limit: Callable[[], float]
    notes: Callable[[], Sequence[str]] = tuple


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table. `ratio`: how fast we are where the limit is 1; None where things are counted."""

    name: str
    unit: str
    ours: float
    limit: float
    ratio: float | None
    must: str
    below: bool
    notes: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Race:
    """A row against a limit. `must`: the least ratio. `within`: the most seconds, where a gate says so. `turns`: so many times as often
    as others: where single pairs of runs differ by how the cores happen to be shared.
    """

    name: str
    about: str
    unit: Unit
    prepare: Callable[[Stage], AbstractContextManager[Pair]]
    must: float = 0.0
    within: float = math.inf
    turns: int = 1

    def run(self, stage: Stage) -> Iterator[Result]:
        """Ours and the limit in turn; medians, and the median of the ratios of neighbours."""
        ours: list[float] = []
        limit: list[float] = []
        with self.prepare(stage) as pair:
            began = time.perf_counter()
            most, patience = self.turns * stage.sizes.repeats, self.turns * stage.sizes.patience
            while not ours or (len(ours) < most and time.perf_counter() - began < patience):
                ours.append(pair.ours())
                limit.append(pair.limit())
            notes = tuple(pair.notes())
        ratio = statistics.median((b / a if self.unit == SECONDS else a / b) for a, b in zip(ours, limit, strict=True))
        median = statistics.median(ours)
        gates = [f"≥ {self.must:g}" if self.must else "", f"≤ {self.within:g} s" if self.within < math.inf else ""]
        spread = f"ours {min(ours):.4g}-{max(ours):.4g}, limit {min(limit):.4g}-{max(limit):.4g}"
        yield Result(
            self.name,
            self.unit,
            median,
            statistics.median(limit),
            ratio,
            ", ".join(filter(None, gates)),
            ratio < self.must or median > self.within,
            (spread, *notes),
            self.about,
        )


@dataclass(frozen=True, slots=True)
class Count:
    """Rows that count instead of measuring time: each line says how many there are and how many there may be."""

    name: str
    about: str
    lines: Callable[[Stage], Iterator[Result]]

    def run(self, stage: Stage) -> Iterator[Result]:
        """Its lines."""
        return self.lines(stage)


type Row = Race | Count


@dataclass(slots=True)
class Watch:
    """Seconds of one piece of work, filled when the block ends."""

    seconds: float = 0.0


@contextmanager
def watched() -> Iterator[Watch]:
    """Measure a block."""
    watch = Watch()
    began = time.perf_counter()
    try:
        yield watch
    finally:
        watch.seconds = time.perf_counter() - began


def seconds_of(work: Callable[[], object]) -> float:
    """What one call takes."""
    with watched() as watch:
        work()
    return watch.seconds
