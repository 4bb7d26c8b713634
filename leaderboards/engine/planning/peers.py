"""Entrants judge entrants: if somebody of A judges B, nobody of B judges A."""

from typing import Final

import numpy as np

from leaderboards.engine.planning.flow import deal
from leaderboards.engine.planning.table import Flags, Ints, Table, chances

ROUNDS: Final = 30
ORDERS: Final = 8


def reciprocal(table: Table, chosen: Flags, entry: int, judge: int) -> bool:
    """Whether the pair has its mirror: somebody of the entry judges the entry of the judge."""
    own = table.group[judge]
    return bool(own >= 0 and (chosen[own] & (table.group == entry)).any())


def mirrors(table: Table, chosen: Flags) -> Ints:
    """Pairs of entries (a < b) of which each judges the other, as rows of two."""
    size = len(table.entries)
    judged = np.zeros((size, size), np.bool_)  # [a, b]: somebody of b judges a
    rows, columns = np.nonzero(chosen & (table.group >= 0)[None, :])
    judged[rows, table.group[columns]] = True
    return np.argwhere(np.triu(judged & judged.T, 1)).astype(np.int64)


def deal_to_peers(table: Table, loss: Ints, *, slack: int) -> Flags | None:
    """The best deal, one direction of each mirrored pair closed, again and again; if that ends nowhere, everybody judges who sits next."""
    may = table.open & ~_mirrors_of_kept(table)
    for _ in range(ROUNDS):
        found = deal(table, loss, may, slack=slack)
        if found is None:
            break
        pairs = mirrors(table, table.kept | found)
        if not len(pairs):
            return found
        for a, b in pairs.tolist():
            _close(table, may, found, a, b)
    for seed in range(ORDERS):
        found = deal(table, loss, table.open & ~_mirrors_of_kept(table) & _round_table(table, seed), slack=slack)
        if found is not None:
            return found
    return None


def _close(table: Table, may: Flags, found: Flags, a: int, b: int) -> None:
    """One of the two directions is closed, by chance, unless only one can be: what is kept stays."""
    flip = bool(table.chance[a, np.flatnonzero(table.group == b)[0]] & np.uint64(1))
    for entry, other in ((a, b), (b, a)) if flip else ((b, a), (a, b)):
        theirs = table.group == other
        if (found[entry] & theirs).any() and not (table.kept[entry] & theirs).any():
            may[entry] &= ~theirs
            return


def _mirrors_of_kept(table: Table) -> Flags:
    """Pairs whose mirror is kept already."""
    barred = np.zeros_like(table.open)
    for entry, judge in np.argwhere(table.kept & (table.group >= 0)[None, :]).tolist():
        barred[table.group[judge]] |= table.group == entry
    return barred


def _round_table(table: Table, seed: int) -> Flags:
    """Everybody sits at a round table, in an order of chance, and may judge the nearer half of those on the right."""
    size = len(table.entries)
    draw = chances(seed, table.entries, ("seat",))[:, 0] ^ table.chance[:, 0]
    seat = np.empty(size, np.int64)
    seat[np.argsort(draw, kind="stable")] = np.arange(size)
    own = np.where(table.group >= 0, seat[table.group], 0)
    ahead = (seat[:, None] - own[None, :]) % max(size, 1)
    near: Flags = (ahead >= 1) & (ahead <= (size - 1) // 2)
    return near | (table.group < 0)[None, :]
