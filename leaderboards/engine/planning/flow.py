"""The optimal deal: min-cost flow on integers. Loads as even as can be come first, then expertise, then chance."""

from typing import Final, NamedTuple

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # type: ignore[import-untyped]

from leaderboards.engine.planning.table import STEPS, Flags, Floats, Ints, Table

PRUNED: Final = 60
"""Judges that a big problem considers per entry."""
BIG: Final = 100_000
"""Pairs beyond which a problem is big."""
WINDOW: Final = 4
"""Loads this far around the even one are counted sheet by sheet; wider only if needed."""
CHANCE: Final = 64
"""What is equal is settled by numbers below this."""
TOP: Final = 2**61


class Arcs(NamedTuple):
    """A graph for the solver: arcs with capacity and cost, supply per node; the first `pairs` arcs are (row, column) pairs."""

    tails: Ints
    heads: Ints
    capacities: Ints
    costs: Ints
    supplies: Ints
    rows: Ints
    columns: Ints


def deal(table: Table, loss: Ints, may: Flags, *, slack: int = 0, pruned: int = PRUNED) -> Flags | None:
    """Every entry gets what it needs, or None. Sheets are spread as evenly as limits and bars allow, `slack` aside; then least loss."""
    if not table.need.any() and not table.low.any():
        return np.zeros_like(may)
    if pruned and may.size > BIG:
        found = _dealt(table, loss, _near(table, loss, may, pruned), slack)
        if found is not None and unevenness(table, found) <= evenness(table):
            return found
    return _dealt(table, loss, may, slack)


def _dealt(table: Table, loss: Ints, may: Flags, slack: int) -> Flags | None:
    window = WINDOW + slack
    while True:
        arcs = arcs_of(table, loss, may, slack=slack, window=window)
        found = solved(arcs, may.shape)
        if found is None or window > len(table.entries):
            return found
        loads, level = table.held + found.sum(axis=0), even_level(table)
        free = (
            (found.sum(axis=0) > table.low) & (loads > level + window),
            (found.sum(axis=0) < table.room) & (loads < level - window),
        )
        if not (free[0].any() or free[1].any()):
            return found
        window *= 4


def arcs_of(table: Table, loss: Ints, may: Flags, *, slack: int, window: int) -> Arcs:
    """From entry to judge (once) to the sink. A judge's sheets cost more the more there are; least loads are forced as the judge's own demand."""
    size, judges = may.shape
    rows, columns = np.nonzero(may)
    sink = size + judges
    step, unit = _scales(table, window)
    chance = (table.chance[rows, columns] % np.uint64(CHANCE)).astype(np.int64)
    costs = loss[rows, columns] * unit + chance
    seats, capacities, rising = _seats(table, slack, window)
    need, low = table.need, table.low
    return Arcs(
        tails=np.concatenate([rows, size + seats]),
        heads=np.concatenate([size + columns, np.full(len(seats), sink)]),
        capacities=np.concatenate([np.ones(len(rows), np.int64), capacities]),
        costs=np.concatenate([costs, rising * step]),
        supplies=np.concatenate([need, -low, [low.sum() - need.sum()]]),
        rows=rows,
        columns=columns,
    )


def _seats(table: Table, slack: int, window: int) -> tuple[Ints, Ints, Ints]:
    """Arcs judge → sink: (judge, capacity, price). One arc for what is cheap anyway, single sheets in the window, one for what is beyond."""
    level = even_level(table)
    have = table.held + table.low
    left = table.room - table.low
    below = np.clip(level - window - have, 0, left)
    numbers = np.arange(len(table.judges))
    parts = [(numbers, below, np.zeros_like(below))]
    loads = np.arange(level - window + 1, level + window + 1)
    price = np.clip(loads - (level + 1 - slack), None, 0) + np.clip(loads - (level + slack), 0, None) + window
    fits = (loads[None, :] > have[:, None]) & (loads[None, :] <= (have + left)[:, None])
    judge, place = np.nonzero(fits)
    parts.append((judge, np.ones(len(judge), np.int64), price[place]))
    beyond = np.clip(have + left - np.maximum(have, level + window), 0, None)
    parts.append((numbers, beyond, np.full(len(numbers), 2 * window + 2)))
    seats, capacities, prices = (np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True))
    there = capacities > 0
    return seats[there], capacities[there], prices[there]


def _scales(table: Table, window: int) -> tuple[int, int]:
    """(price of a step of unevenness, price of a thousandth of loss), in units of chance.

    A sheet moves from judge to judge along at most all judges, so a step that costs more than all of them could gain is never worth it. Chance
    weighs less than a thousandth in all where the solver's integers have room for that, else less than one per pair.
    """
    nodes = len(table.entries) + len(table.judges) + 2
    unit = CHANCE
    wanted = 2 * CHANCE * max(1, int(table.need.sum()))
    while unit < wanted and (len(table.judges) + 1) * STEPS * unit * 4 * (2 * window + 4) * nodes < TOP:
        unit *= 2
    return (len(table.judges) + 1) * (STEPS + 1) * unit, unit


def solved(arcs: Arcs, shape: tuple[int, ...]) -> Flags | None:
    """Run OR-Tools; None if the needs cannot be met."""
    flow = SimpleMinCostFlow()
    numbers = flow.add_arcs_with_capacity_and_unit_cost(arcs.tails, arcs.heads, arcs.capacities, arcs.costs)
    flow.set_nodes_supplies(np.arange(len(arcs.supplies)), arcs.supplies)
    if flow.solve() != flow.OPTIMAL:
        return None
    used = flow.flows(numbers[: len(arcs.rows)]) > 0
    found = np.zeros(shape, np.bool_)
    found[arcs.rows[used], arcs.columns[used]] = True
    return found


def even_level(table: Table) -> int:
    """The load that everybody would have if sheets were water, within room and least load."""
    low, high = 0, int((table.held + table.room).max(initial=0)) + 1
    total = int(table.need.sum())
    while low + 1 < high:
        middle = (low + high) // 2
        if np.clip(middle - table.held, table.low, table.room).sum() <= total:
            low = middle
        else:
            high = middle
    return low


def evenness(table: Table) -> int:
    """The least sum of squared loads that limits alone allow."""
    level = even_level(table)
    sheets = np.clip(level - table.held, table.low, table.room)
    more = (sheets < table.room) & (table.held + sheets <= level)
    rest = int(table.need.sum() - sheets.sum())
    loads = table.held + sheets
    return int((loads**2).sum() + max(0, min(rest, int(more.sum()))) * (2 * level + 1))


def unevenness(table: Table, dealt: Flags) -> int:
    """The sum of squared loads."""
    return int(((table.held + dealt.sum(axis=0)) ** 2).sum())


def _near(table: Table, loss: Ints, may: Flags, pruned: int) -> Flags:
    """The best judges of every entry, and the best entries of every judge: enough for an even deal in all but odd cases."""
    far = np.int64(2**62)
    price: Ints = np.where(may, loss * CHANCE + (table.chance % np.uint64(CHANCE)).astype(np.int64), far)
    near = np.zeros_like(may)
    count = min(pruned, may.shape[1])
    best = np.argpartition(price, count - 1, axis=1)[:, :count]
    np.put_along_axis(near, best, values=True, axis=1)
    count = min(may.shape[0], pruned, 2 * (even_level(table) + 2))
    best = np.argpartition(price, count - 1, axis=0)[:count]
    np.put_along_axis(near, best, values=True, axis=0)
    return near & may


def mean_match(match: Floats, chosen: Flags) -> float:
    """The sum of matches, to six decimals."""
    return round(float(match[chosen].sum()), 6)
