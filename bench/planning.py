"""Who judges what, planned for many entries, against OR-Tools alone on the same graph; each in a process of its own, for its memory.

`python -m bench.planning ours ENTRIES JUDGES PER_ENTRY FILE` plans and leaves its graph in FILE; `python -m bench.planning limit FILE` solves it.
Both print seconds and the most memory (MB) that the process had.
"""

import random
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.harness import Count, Pair, Race, Result, Stage, seconds_of
from leaderboards.engine.planning import Bar, Entry, Judge, Plan, Problem, plan

SIZES: Final[Mapping[str, tuple[int, int, int]]] = {"tiny": (40, 8, 3), "quick": (1000, 100, 3)}
WHOLE: Final = (5000, 500, 3)
TOPICS: Final = ("air", "cities", "food", "health", "heat", "schools", "soil", "water")
CONFLICTS: Final = 50
"""One pair in so many must not be."""
MOST: Final = 1000
"""Megabytes."""


@dataclass(slots=True)
class Peaks:
    """The most memory of either side, in MB."""

    ours: list[float] = field(default_factory=list)
    limit: list[float] = field(default_factory=list)


def peaks(_stage: Stage) -> Peaks:
    """What the race notes and the count of memory tells."""
    return Peaks()


@contextmanager
def planning(stage: Stage) -> Iterator[Pair]:
    """Both in turn, the graph handed over in a file."""
    sizes = SIZES.get(stage.sizes.name, WHOLE)
    graph, memory = stage.folder / "graph.npz", stage.once(peaks)
    told: list[str] = []

    def ours() -> float:
        seconds, megabytes, *said = apart("ours", *map(str, sizes), str(graph))
        told[:] = said
        memory.ours.append(float(megabytes))
        return float(seconds)

    def limit() -> float:
        seconds, megabytes = apart("limit", str(graph))
        memory.limit.append(float(megabytes))
        return float(seconds)

    entries, judges, each = sizes
    yield Pair(ours, limit, lambda: [f"{entries:,} entries × {judges} judges × {each}; {' '.join(told)}"])


def memories(stage: Stage) -> Iterator[Result]:
    """The most memory that planning had, beside the solver's."""
    memory = stage.once(peaks)
    if not memory.ours:
        with planning(stage) as pair:
            pair.ours()
            pair.limit()
    ours, limit = max(memory.ours), max(memory.limit)
    yield Result("planning-memory", "MB", ours, limit, None, f"≤ {MOST} MB", ours > MOST)


def apart(*arguments: str) -> list[str]:
    """Run this file in a process of its own; the words that it prints."""
    command = [sys.executable, "-m", "bench.planning", *arguments]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True)
    return done.stdout.split()


def problem(entries: int, judges: int, per_entry: int) -> Problem:
    """Entries with two topics, judges with three, loads capped a tenth above even, conflicts."""
    dice = random.Random(20)
    cap = -(-11 * entries * per_entry // (10 * judges))
    names = [f"e{number:05}" for number in range(entries)], [f"j{number:04}" for number in range(judges)]
    return Problem(
        tuple(Entry(key, topics=frozenset(dice.sample(TOPICS, 2))) for key in names[0]),
        tuple(Judge(key, max_load=cap, topics=frozenset(dice.sample(TOPICS, 3))) for key in names[1]),
        per_entry,
        barred={(dice.choice(names[0]), dice.choice(names[1])): Bar.CONFLICT for _ in range(entries * judges // CONFLICTS)},
    )


def ours(entries: int, judges: int, per_entry: int, path: str) -> None:
    """Plan, and keep the last graph that the planner solved."""
    import numpy as np  # noqa: PLC0415 -- the process that starts these needs none of it

    from leaderboards.engine.planning import flow, table  # noqa: PLC0415

    graphs: list[flow.Arcs] = []
    solved = flow.solved

    def noted(arcs: flow.Arcs, shape: tuple[int, ...]) -> table.Flags | None:
        graphs[:] = [arcs]
        return solved(arcs, shape)

    asked = problem(entries, judges, per_entry)
    plan(problem(20, 5, 2))  # everything is loaded
    flow.solved = noted
    found: list[object] = []
    seconds = seconds_of(lambda: found.append(plan(asked)))
    [made] = found
    assert isinstance(made, Plan), made
    loads = made.loads.values()
    memory = megabytes()
    np.savez(path, **graphs[-1]._asdict())
    print(seconds, memory, f"loads {min(loads)} to {max(loads)}, lambda2 {made.lambda2:.2f}, matches {made.objective:,.1f}")


def limit(path: str) -> None:
    """OR-Tools alone, from arrays to an optimal flow."""
    import numpy as np  # noqa: PLC0415
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # type: ignore[import-untyped]  # noqa: PLC0415

    kept = np.load(path)
    tails, heads, capacities, costs, supplies = (kept[name] for name in ("tails", "heads", "capacities", "costs", "supplies"))

    def bare() -> None:
        flow = SimpleMinCostFlow()
        arcs = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
        flow.set_nodes_supplies(np.arange(len(supplies)), supplies)
        assert flow.solve() == flow.OPTIMAL
        flow.flows(arcs)

    print(seconds_of(bare), megabytes())


def megabytes() -> float:
    """The most memory that this process had."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def main(arguments: Sequence[str]) -> None:
    """One side."""
    side, *rest = arguments
    if side == "ours":
        entries, judges, each = map(int, rest[:3])
        ours(entries, judges, each, rest[3])
    else:
        limit(*rest)


ROWS: Final = (
    Race(
        "planning", "who judges what, planned, judges linked; limit: OR-Tools alone on the same graph", "s", planning, must=0.25
    ),
    Count("planning-memory", "the most memory of the process that plans; limit: of the one that solves", memories),
)

if __name__ == "__main__":
    main(sys.argv[1:])
