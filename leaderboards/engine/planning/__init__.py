"""Who judges what: a plan that is fair, within every limit, and keeps judges comparable; and what a design can tell before it starts.

This door is cheap. numpy, scipy and OR-Tools are loaded by the modules behind it, when a worker asks for a plan; a web process never does.
"""

from collections.abc import Callable

from leaderboards.engine.planning.problem import Bar, Block, Entry, Infeasible, Judge, Limit, Pair, Plan, Problem
from leaderboards.engine.planning.words import words_of

__all__ = ["Bar", "Block", "Entry", "Infeasible", "Judge", "Limit", "Pair", "Plan", "Problem", "plan", "words_of"]

type Told = Callable[[str, int], None]
"""Hears what is being worked on, and how many percent are done."""


def _nobody(_says: str, _percent: int) -> None: ...


def plan(problem: Problem, *, told: Told = _nobody) -> Plan | Infeasible:
    """Deal entries to judges. The same problem gives the same plan, in whatever order its entries and judges are listed."""
    from leaderboards.engine.planning.planner import planned  # noqa: PLC0415 -- numpy and OR-Tools, in workers only

    return planned(problem, told)
