"""Who judges what: a plan that is fair, within every limit, and keeps judges comparable; and what a design can tell before it starts.

This door is cheap. numpy, scipy and OR-Tools are loaded by the modules behind it, when a worker asks for a plan; a web process never does.
"""

from collections.abc import Callable, Collection

from leaderboards.engine.planning.design import USUAL, Precision, Spreads, enough
from leaderboards.engine.planning.problem import Bar, Block, Entry, Infeasible, Judge, Limit, Pair, Plan, Problem
from leaderboards.engine.planning.words import words_of

__all__ = [
    "USUAL",
    "Bar",
    "Block",
    "Entry",
    "Infeasible",
    "Judge",
    "Limit",
    "Pair",
    "Plan",
    "Precision",
    "Problem",
    "Spreads",
    "enough",
    "plan",
    "precision",
    "precision_of",
    "precisions",
    "words_of",
]

type Told = Callable[[str, int], None]
"""Hears what is being worked on, and how many percent are done."""


def _nobody(_says: str, _percent: int) -> None: ...


def plan(problem: Problem, *, told: Told = _nobody) -> Plan | Infeasible:
    """Deal entries to judges. The same problem gives the same plan, in whatever order its entries and judges are listed."""
    from leaderboards.engine.planning.planner import planned  # noqa: PLC0415 -- numpy and OR-Tools, in workers only

    return planned(problem, told)


def precision(
    entries: int,
    judges: int,
    per_entry: int,
    spreads: Spreads = USUAL,
    *,
    anchors: int = 0,
    seed: int = 0,
    draws: int | None = None,
) -> Precision:
    """How precise places would be: so many judges for each entry, dealt evenly by chance, `anchors` of the entries marked by everybody."""
    from leaderboards.engine.planning import simulation  # noqa: PLC0415 -- numpy, in workers only

    return simulation.simulated(simulation.dealt(entries, judges, per_entry, anchors, seed), spreads, seed, draws)


def precision_of(pairs: Collection[Pair], spreads: Spreads = USUAL, *, seed: int = 0, draws: int | None = None) -> Precision:
    """How precise places would be under a plan."""
    from leaderboards.engine.planning import simulation  # noqa: PLC0415 -- numpy, in workers only

    return simulation.simulated(simulation.planned(pairs), spreads, seed, draws)


def precisions(
    entries: int, judges: int, spreads: Spreads = USUAL, *, most: int = 8, anchors: int = 0, seed: int = 0
) -> tuple[Precision, ...]:
    """The same for one judge per entry, two, and so on: what one more judge brings. `enough` picks a row."""
    return tuple(
        precision(entries, judges, each, spreads, anchors=anchors, seed=seed) for each in range(1, min(judges, most) + 1)
    )
