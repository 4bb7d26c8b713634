"""Why there is no plan: the smallest cut names the entries and the judges between which too little can flow."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components

from leaderboards.engine.planning.problem import Bar, Block, Infeasible, Limit, Problem
from leaderboards.engine.planning.table import BARS, Flags, Ints, Table, bars_of
from leaderboards.engine.planning.words import words_of


def why_not(problem: Problem, table: Table, may: Flags) -> Infeasible:
    """Name what blocks. Entries with too few judges first; then groups of entries and their judges' loads; then least loads."""
    bars = _bars(problem, table)
    short = np.flatnonzero(table.need > may.sum(axis=1)).tolist()
    if short:
        return _said([_short(table, may, bars, entry) for entry in short])
    entries, _ = _cut(may, table.need, table.room)
    if entries.any():
        return _said(_loads(table, may, bars, entries))
    wanting, _ = _cut(may.T, table.low, table.need)
    if wanting.any():
        return _said([_minimum(table, may, bars, wanting)])
    size = len(table.entries)
    return _said([Block(Limit.PEERS, table.entries, table.judges, problem.per_entry, (size - 1) // 2)])


def _said(blocks: list[Block]) -> Infeasible:
    return Infeasible(" ".join(words_of(block) for block in blocks[:3]), tuple(blocks))


def _bars(problem: Problem, table: Table) -> Mapping[tuple[int, int], Bar]:
    entries = {one.key: one for one in problem.entries}
    judges = {one.key: one for one in problem.judges}
    columns = [number for number, key in enumerate(table.judges) if key in judges]
    found = bars_of(problem, [entries[key] for key in table.entries], [judges[table.judges[number]] for number in columns])
    why = {number: bar for bar, number in BARS.items()}
    return {(row, columns[column]): why[found[row, column]] for row, column in np.argwhere(found).tolist()}


def _why(bars: Mapping[tuple[int, int], Bar], rows: list[int]) -> dict[Bar, int]:
    wanted = set(rows)
    counted = Counter(bar for (row, _), bar in bars.items() if row in wanted)
    return {bar: counted[bar] for bar in Bar if counted[bar]}


def _short(table: Table, may: Flags, bars: Mapping[tuple[int, int], Bar], entry: int) -> Block:
    """An entry that too few judges may have."""
    why = _why(bars, [entry])
    limit = Limit.JUDGES
    if why:
        limit = Limit.LANGUAGE if max(why, key=lambda bar: why[bar]) is Bar.LANGUAGE else Limit.CONFLICTS
    judges = tuple(table.judges[number] for number in np.flatnonzero(may[entry]).tolist())
    return Block(limit, (table.entries[entry],), judges, int(table.need[entry]), len(judges), why, int(table.kept[entry].sum()))


def _loads(table: Table, may: Flags, bars: Mapping[tuple[int, int], Bar], entries: Flags) -> list[Block]:
    """Groups of entries whose judges have no room: the cut, taken apart where it has several parts."""
    blocks = []
    for rows in _parts(may, entries):
        reached = may[rows].any(axis=0)
        need, possible = int(table.need[rows].sum()), int(np.minimum(table.room, may[rows].sum(axis=0)).sum())
        if need > possible:
            judges = tuple(table.judges[number] for number in np.flatnonzero(reached).tolist())
            names = tuple(table.entries[row] for row in rows)
            blocks.append(Block(Limit.LOADS, names, judges, need, possible, _why(bars, rows)))
    return blocks


def _parts(may: Flags, entries: Flags) -> list[list[int]]:
    """The entries of a cut, by which of them share judges."""
    rows = np.flatnonzero(entries)
    shared = may[rows].astype(np.int64)
    _, part = connected_components(shared @ shared.T, directed=False)
    return [rows[part == number].tolist() for number in range(int(part.max(initial=-1)) + 1)]


def _minimum(table: Table, may: Flags, bars: Mapping[tuple[int, int], Bar], wanting: Flags) -> Block:
    """Judges who are to get more than may go to them."""
    columns = np.flatnonzero(wanting)
    possible = int(np.minimum(table.need, may[:, columns].sum(axis=1)).sum())
    why = Counter(bar for (_, column), bar in bars.items() if wanting[column])
    reached = np.flatnonzero(may[:, columns].any(axis=1)).tolist()
    return Block(
        Limit.MINIMUM,
        tuple(table.entries[row] for row in reached),
        tuple(table.judges[column] for column in columns.tolist()),
        int(table.low[columns].sum()),
        possible,
        {bar: why[bar] for bar in Bar if why[bar]},
    )


def _cut(may: Flags, supply: Ints, room: Ints) -> tuple[Flags, Flags]:
    """(rows, columns) on the source's side of a least cut where not all supply can flow; both empty where it can."""
    size, columns = may.shape
    source, sink = size + columns, size + columns + 1
    flow = SimpleMaxFlow()
    rows, heads = np.nonzero(may)
    flow.add_arcs_with_capacity(np.full(size, source), np.arange(size), supply)
    flow.add_arcs_with_capacity(rows, size + heads, np.ones(len(rows), np.int64))
    flow.add_arcs_with_capacity(size + np.arange(columns), np.full(columns, sink), room)
    flow.solve(source, sink)
    near = np.zeros(size + columns + 2, np.bool_)
    if flow.optimal_flow() < supply.sum():
        near[flow.get_source_side_min_cut()] = True
    return near[:size] & (supply > 0), near[size : size + columns]
