"""From a problem to a plan: deal, even out, link, and say what was reached."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from leaderboards.engine.language import gettext as _
from leaderboards.engine.planning import flow
from leaderboards.engine.planning.blocking import why_not
from leaderboards.engine.planning.blocks import evened
from leaderboards.engine.planning.graph import Links, links
from leaderboards.engine.planning.linking import linked
from leaderboards.engine.planning.peers import deal_to_peers
from leaderboards.engine.planning.problem import LINKED, Infeasible, Plan, Problem
from leaderboards.engine.planning.table import STEPS, Flags, Ints, Table, pairs_of, table_of

BRIDGES: Final = (0.1, 0.2, 0.4)
"""Shares of the entries that link judges by being dealt without regard to expertise, tried in turn."""

FEW: Final = 60
"""More judges than this who fall into parts are linked by bridges at once; swaps alone would be many."""

type Told = Callable[[str, int], None]


def planned(problem: Problem, told: Told) -> Plan | Infeasible:
    """The plan of a problem."""
    told(_("Reading who may judge what"), 5)
    table = table_of(problem)
    told("Dealing", 15)
    dealt = _best(problem, table, told)
    if dealt is None:
        told(_("Finding what is in the way"), 80)
        return why_not(problem, table, table.open)
    bridges: list[int] = []
    state = links(table.kept | dealt)
    if problem.link and dealt.any():
        told(_("Linking the judges"), 60)
        dealt, bridges, state = _linked(problem, table, dealt)
    told("Done", 100)
    return _written(table, dealt, bridges, state)


def _best(problem: Problem, table: Table, told: Told) -> Flags | None:
    """The optimal deal under the wishes of the problem; a wish that cannot be had is left."""
    if problem.thinning and (found := _deal(problem, _thinned(table, problem.thinning), table.loss)) is not None:
        return found
    found = _deal(problem, table, table.loss)
    if found is not None and problem.fairest:
        told(_("Looking after the worst matches"), 35)
        return _fairest(problem, table, found)
    return found


def _deal(problem: Problem, table: Table, loss: Ints) -> Flags | None:
    if problem.peers:
        found = deal_to_peers(table, loss, slack=problem.slack)
    else:
        found = flow.deal(table, loss, table.open, slack=problem.slack)
    return found if found is None else evened(table, found, loss, seed=problem.seed, peers=problem.peers)


def _thinned(table: Table, share: float) -> Table:
    """Without the pairs that chance leaves out."""
    return replace(table, open=table.open & (table.chance >> np.uint64(11) >= np.uint64(share * 2**53)))


def _fairest(problem: Problem, table: Table, found: Flags) -> Flags:
    """The worst dealt match as good as can be with loads as even as before, then the least sum of squared losses."""
    even = flow.unevenness(table, found)
    steps = np.unique(table.loss[table.open])
    squared: Ints = table.loss**2 // STEPS
    low, high = 0, len(steps) - 1
    best = found
    while low <= high:
        middle = (low + high) // 2
        tried = _deal(problem, replace(table, open=table.open & (table.loss <= steps[middle])), squared)
        if tried is not None and flow.unevenness(table, tried) <= even:
            best, high = tried, middle - 1
        else:
            low = middle + 1
    return best


def _linked(problem: Problem, table: Table, dealt: Flags) -> tuple[Flags, list[int], Links]:
    """Swaps first; if they are not enough, some entries are dealt without regard to expertise. The best that was found."""
    best, state, bridges = dealt, links(table.kept | dealt), list[int]()
    if state.good:
        return best, bridges, state
    flat = len(np.unique(table.loss[table.open])) <= 1
    if flat or state.components == 1 or len(table.judges) <= FEW:
        best = linked(table, dealt, table.loss, peers=problem.peers)
        state = links(table.kept | best)
    for share in () if flat else BRIDGES:
        if state.good:
            break
        chosen = _spread(table, best, share)
        loss = table.loss.copy()
        loss[chosen] = STEPS // 2
        found = _deal(problem, table, loss)
        if found is None:
            break
        found = linked(table, found, loss, peers=problem.peers)
        reached = links(table.kept | found)
        if (reached.components, reached.lacking) < (state.components, state.lacking - 1e-9):
            best, bridges, state = found, chosen, reached
    return best, bridges, state


def _spread(table: Table, dealt: Flags, share: float) -> list[int]:
    """A share of the entries that are still to be dealt, spread over judges: every so many, in the order of their first judges."""
    rows = np.flatnonzero(table.need > 0)
    first = dealt[rows].argmax(axis=1)
    order = rows[np.lexsort((table.chance[rows, 0], first))]
    count = max(1, int(np.ceil(share * len(order))))
    return sorted(order[np.arange(count) * len(order) // count].tolist())


def _written(table: Table, dealt: Flags, bridges: list[int], state: Links) -> Plan:
    chosen = table.kept | dealt
    loads = chosen.sum(axis=0)
    each = np.where(chosen, table.match, 0).sum(axis=1)[chosen.any(axis=1)]
    return Plan(
        pairs=pairs_of(table, chosen),
        dealt=pairs_of(table, chosen & ~table.fixed),
        loads=dict(zip(table.judges, loads.tolist(), strict=True)),
        components=state.components,
        lambda2=state.lambda2,
        bridges=tuple(table.entries[row] for row in bridges),
        objective=flow.mean_match(table.match, chosen),
        weakest=round(float(each.min()), 6) if len(each) else 0.0,
        notes=_notes(chosen, state),
    )


def _notes(chosen: Flags, state: Links) -> tuple[str, ...]:
    """What could not be reached, and what helps."""
    if state.good:
        return ()
    if not (chosen.sum(axis=1) > 1).any():
        said = _(
            "No entry has two judges: nothing tells a strict judge from weak entries. Let everybody mark a few of the same entries."
        )
    elif state.components > 1:
        said = _(
            "The judges fall into {components} groups that share no entry: their marks can be compared only inside a"
            " group. Let everybody mark a few of the same entries, or ask for more judges per entry.",
            components=state.components,
        )
    else:
        said = _(
            "The judges are linked, but thinly ({lambda2:.2f}; {linked:g} is wished): who is strict and who is mild"
            " can only be estimated roughly. More judges per entry, or entries that everybody marks, would help.",
            lambda2=state.lambda2,
            linked=LINKED,
        )
    return (said,)
