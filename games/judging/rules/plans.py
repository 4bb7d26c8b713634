"""What is asked of a plan of who judges what, what it comes to as plain JSON, and when a judge's open sheets are dealt anew. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from games.errors import Problem
from games.judging.rules.states import AssignmentRefused
from leaderboards.engine.language import gettext as _
from leaderboards.engine.planning import Block, Infeasible, Plan, Precision
from leaderboards.engine.planning.problem import Bar, Limit

MOST_EACH: Final = 100
MOST_LOAD: Final = 100_000
MOST_ANCHORS: Final = 10
SEEDS: Final = 2**31


class Aim(StrEnum):
    """What a plan is for: all entries; only what is missing; one more judge for one entry."""

    DEAL = "deal"
    GAPS = "gaps"
    THIRD = "third"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a plan.

    `per_entry`: judges for each entry. `max_load`: sheets of a judge at most, besides their own limits. `anchors`: entries that everybody
    marks. `link`: judges are to be comparable. `fairest`: the worst match is looked after first. `language`: who does not read an entry's
    language does not get it. `partly`: entries that cannot have enough judges have as many as they can. `at_once`: applied when ready.
    `group`: the entry that gets one judge more.
    """

    aim: Aim = Aim.DEAL
    per_entry: int = 3
    max_load: int | None = None
    anchors: int = 0
    seed: int = 0
    link: bool = True
    fairest: bool = False
    language: bool = True
    partly: bool = False
    at_once: bool = False
    group: int | None = None

    def data(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self) | {"aim": self.aim.value}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Asked":
        """From plain JSON; what it does not say is as by default."""
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        return cls(**known | {"aim": Aim(data.get("aim", Aim.DEAL.value))})


def check_asked(asked: Asked, *, judges: int, entries: int) -> None:
    """Refuse what no plan can come from: raises AssignmentRefused naming every fault. `judges`: on the panel and still there."""
    problems = []
    if not judges:
        problems.append(Problem("panel", _("nobody is on this panel: put judges on it first")))
    elif asked.aim is not Aim.THIRD and not 1 <= asked.per_entry <= min(judges, MOST_EACH):
        message = _("expected 1 to {judges} judges for each entry: so many are on the panel", judges=min(judges, MOST_EACH))
        problems.append(Problem("per_entry", message))
    if not entries:
        problems.append(Problem("panel", _("there is nothing to judge yet")))
    if asked.max_load is not None and not 1 <= asked.max_load <= MOST_LOAD:
        problems.append(Problem("max_load", _("expected 1 to {most_load} sheets, or nothing", most_load=MOST_LOAD)))
    if not 0 <= asked.anchors <= MOST_ANCHORS:
        problems.append(
            Problem("anchors", _("expected 0 to {most_anchors} entries that everybody marks", most_anchors=MOST_ANCHORS))
        )
    if not 0 <= asked.seed < SEEDS:
        problems.append(Problem("seed", _("expected a whole number from 0 to {seeds}", seeds=SEEDS - 1)))
    if problems:
        raise AssignmentRefused(problems[0].message, where=problems[0].where, problems=problems)


def usual_each(counts: Iterable[int]) -> int:
    """How many judges most entries were given; of several numbers as frequent the higher. At least 1."""
    tally = Counter(one for one in counts if one)
    return max(tally, key=lambda number: (tally[number], number)) if tally else 1


# --- Keys for the planner -----------------------------------------------------------------------------------------------------------------


def entry_key(group: int) -> str:
    """An entry by the id of its group; entries and judges share no key."""
    return f"g{group}"


def judge_key(person: int) -> str:
    """A judge by their id."""
    return f"j{person}"


def id_of(key: str) -> int:
    """Back again."""
    return int(key[1:])


# --- What it comes to, as JSON ------------------------------------------------------------------------------------------------------------


def plan_data(plan: Plan, precision: Precision | None) -> dict[str, Any]:
    """A plan for keeping. Pairs and entries are ids; loads are by id of the judge, as text."""
    has = Counter(entry for entry, __ in plan.pairs)
    return {
        "give": [[id_of(entry), id_of(judge)] for entry, judge in plan.dealt],
        "pairs": len(plan.pairs),
        "loads": {str(id_of(judge)): count for judge, count in plan.loads.items()},
        "coverage": {str(number): count for number, count in sorted(Counter(has.values()).items())},
        "components": plan.components,
        "lambda2": round(plan.lambda2, 3),
        "bridges": [id_of(one) for one in plan.bridges],
        "match": round(plan.objective, 4),
        "weakest": plan.weakest,
        "notes": list(plan.notes),
        "precision": precision_data(precision) if precision is not None else None,
    }


def precision_data(precision: Precision) -> dict[str, Any]:
    """What is expected of a design, rounded for showing."""
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(precision).items()}


def infeasible_data(found: Infeasible) -> dict[str, Any]:
    """Why there is no plan, for keeping: without names, which are looked up when it is shown."""
    return {
        "reason": found.reason,
        "blocks": [
            asdict(one) | {"limit": one.limit.value, "barred": {bar.value: count for bar, count in one.barred.items()}}
            for one in found.blocking
        ],
    }


def block_of(data: Mapping[str, Any]) -> Block:
    """A block as it was found."""
    return Block(
        limit=Limit(data["limit"]),
        entries=tuple(data["entries"]),
        judges=tuple(data["judges"]),
        needed=data["needed"],
        possible=data["possible"],
        barred={Bar(bar): count for bar, count in data.get("barred", {}).items()},
        kept=data.get("kept", 0),
    )
