"""A ceremony as its page takes it: one scene per thing told, and the covered board as data that a script can play."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.web import shapes
from backend.web.board_shapes import short_name
from games.playbooks.schema import Design
from games.results.queries.ceremony import Curtain
from games.results.rules import AwardPlan
from leaderboards.engine import numbers
from leaderboards.engine.names import split_order
from leaderboards.engine.outcome import BoardResult, Cell, Row
from leaderboards.engine.reveal import Opened, Reveal

PODIUM = 3
KEYS = 2


@dataclass(frozen=True, slots=True)
class Scene:
    """One award to one winner (or to several who share it): what is said first, and what is told then."""

    award: str
    prize: str
    winners: list[str]
    rank: str


def scenes(design: Design, awards: Iterable[AwardPlan], name: Callable[[str], str]) -> list[Scene]:
    """From the last award to the first, and in each from its last place to its first; who shares a place stands in one scene."""
    plans = {plan["key"]: plan for plan in awards}
    found: list[Scene] = []
    for spec in reversed(design.awards):
        plan = plans.get(spec.key)
        places: dict[str, list[tuple[str, int]]] = {}
        for winner in plan["winners"] if plan else ():
            places.setdefault(winner["place"], []).append((name(winner["group"]), winner["cents"]))
        for place in sorted(places, key=_far, reverse=True):
            cents = {amount for _, amount in places[place]}
            prize = shapes.money(cents.pop(), design.cycle.currency) if len(cents) == 1 else ""
            several = len(places) > 1 and place
            title = _("%(award)s: place %(place)s") % {"award": spec.title, "place": place} if several else spec.title
            found.append(Scene(title, prize, [one for one, _ in places[place]], place if place in {"1", "2", "3"} else ""))
    return found


def _far(place: str) -> Fraction:
    """Last places first; what has no place is told before those that have one."""
    return numbers.parse(place) if place else Fraction(10**9)


def podium(curtain: Curtain, name: Callable[[str], str]) -> list[dict[str, str]]:
    """The best of the main board: place, name, score."""
    rows = [row for row in curtain.result.rows if row.place is not None and row.place <= PODIUM]
    return [{"place": numbers.text(row.place or Fraction(0)), "name": name(row.group), "score": _score(row)} for row in rows]


def _score(row: Row) -> str:
    return "" if row.score is None else numbers.text(row.score)


# --- The covered board ----------------------------------------------------------------------------------------------------------------


def opening(design: Design, curtain: Curtain, told: Reveal, name: Callable[[str], str]) -> dict[str, Any]:
    """The board at its freeze and the steps that open it, groups and tasks by number. Each step holds what it changes, nothing else."""
    groups = {row.group: number for number, row in enumerate(told.start.rows)}
    names = [split[0] for text in told.start.order if (split := split_order(text))][:KEYS]
    return {
        "labels": [short_name(design, curtain.board, one) for one in names],
        "tasks": [{"key": task.key, "name": task.title} for task in told.challenges],
        "groups": [name(key) for key in groups],
        "rows": _lines(told.start, groups, names),
        "cells": [[_cell(told.cells.get((key, task.key))) for task in told.challenges] for key in groups],
        "steps": _steps(told, groups, names),
    }


def _steps(told: Reveal, groups: Mapping[str, int], names: Sequence[str]) -> list[dict[str, Any]]:
    tasks = {task.key: number for number, task in enumerate(told.challenges)}
    before, found = _lines(told.start, groups, names), []
    for step in told.steps:
        after = _lines(step.board, groups, names)
        found.append(_step(step, groups, tasks, before, after))
        before = after
    return found


def _step(
    step: Opened, groups: Mapping[str, int], tasks: Mapping[str, int], before: list[list[Any]], after: list[list[Any]]
) -> dict[str, Any]:
    found: dict[str, Any] = {"group": groups[step.group], "task": tasks.get(step.challenge, -1)}
    if step.challenge:
        found["cell"] = _cell(step.after)
    if changed := [line for line in after if line not in before]:
        found["rows"] = changed
    order, old = [line[0] for line in after], [line[0] for line in before]
    if order != old:
        found["order"] = order
    return found


def _lines(board: BoardResult, groups: Mapping[str, int], names: Sequence[str]) -> list[list[Any]]:
    """[group, place, first key, second key] of each row, in order of the board."""
    return [
        [groups[row.group], "" if row.place is None else numbers.text(row.place), *(_value(row.values.get(one)) for one in names)]
        for row in board.rows
    ]


def _value(value: Any) -> str:
    return numbers.text(value) if isinstance(value, Fraction) else ""


def _cell(cell: Cell | None) -> list[str]:
    """[state, what stands in it, its words]: solved, wrong, covered, or nothing tried."""
    if cell is None:
        return ["", "", ""]
    rejected = int(cell.values.get("rejected") or 0)
    if cell.values.get("solved"):
        minute = _value(cell.values.get("last")) or _value(cell.score)
        tries = rejected + 1
        words = ngettext("solved, %(tries)d try", "solved, %(tries)d tries", tries) % {"tries": tries}
        return ["solved", minute.partition(".")[0], words]
    if cell.pending:
        tries = rejected + cell.pending
        return ["covered", str(tries), ngettext("%(n)d try, covered", "%(n)d tries, covered", tries) % {"n": tries}]
    if rejected:
        return ["wrong", str(rejected), ngettext("%(n)d try, not solved", "%(n)d tries, not solved", rejected) % {"n": rejected}]
    return ["", "", _("not tried")]
