"""Judges are made comparable: assignments are swapped between judges who have little in common, loads staying as they are."""

from typing import Final, NamedTuple

import numpy as np

from leaderboards.engine.planning.graph import Links, links
from leaderboards.engine.planning.peers import reciprocal
from leaderboards.engine.planning.table import Flags, Floats, Ints, Table

TRIES: Final = 24
"""Swaps that are looked at before giving up on a step."""
MOST: Final = 1000
"""Swaps that are put in order."""
MANY: Final = 40_000
"""Steps times judges at most: the eigenvectors of many judges take long."""
REACH: Final = 400
"""Assignments at each end that a step looks at."""


class Swap(NamedTuple):
    """Judges `a` and `b` change their entries: a leaves `one` for `two`, b the other way."""

    one: int
    a: int
    two: int
    b: int


def linked(table: Table, dealt: Flags, loss: Ints, *, peers: bool) -> Flags:
    """Swap dealt pairs until all judges are linked well, or no swap helps any more."""
    dealt = dealt.copy()
    at_once = max(1, len(table.judges) // 20)
    state = links(table.kept | dealt)
    for _ in range(min(4 * len(table.judges) + 40, MANY // len(table.judges))):
        if state.good:
            break
        swaps = _swaps(table, dealt, loss, state)
        better = None
        while better is None and at_once:
            better = _stepped(table, dealt, swaps, state, at_once, peers=peers)
            if better is None:
                at_once //= 2
        if better is None:
            break
        state = better
    return dealt


def _stepped(table: Table, dealt: Flags, swaps: list[Swap], state: Links, at_once: int, *, peers: bool) -> Links | None:
    """Do as many swaps as asked, or with one at a time the first that helps; None, and nothing done, if the graph is no better for it."""
    for start in range(0, min(len(swaps), TRIES * at_once), at_once):
        done = [swap for swap in swaps[start : start + at_once] if _do(table, dealt, swap, peers=peers)]
        if done:
            found = links(table.kept | dealt)
            if (found.components, found.lacking) < (state.components, state.lacking - 1e-9):
                return found
            for swap in reversed(done):
                _undo(dealt, swap)
        if at_once > 1:
            break
    return None


def _swaps(table: Table, dealt: Flags, loss: Ints, state: Links) -> list[Swap]:
    """Swaps that bring the far ends of the graph together, best first: much gain in the slowest vector, little loss of expertise.

    With v the vector of the second eigenvalue, v'Lv is the sum over entries of the spread of v among their judges: a swap is worth what it
    adds to that spread.
    """
    vector = np.zeros(len(table.judges))
    vector[list(state.judges)] = state.vectors[:, 1]
    chosen = table.kept | dealt
    each = chosen.sum(axis=1)
    total = chosen @ vector
    rows, columns = np.nonzero(dealt & (each > 1)[:, None])
    if not len(rows):
        return []
    order = np.lexsort((table.chance[rows, columns], vector[columns]))
    low, high = order[:REACH], order[-REACH:][::-1]
    one, a, two, b = rows[low][:, None], columns[low][:, None], rows[high][None, :], columns[high][None, :]
    fits = table.open[one, b] & table.open[two, a] & ~chosen[one, b] & ~chosen[two, a] & (one != two) & (a != b)
    step = vector[b] - vector[a]
    gain: Floats = (
        -((total[one] + step) ** 2 - total[one] ** 2) / each[one] - ((total[two] - step) ** 2 - total[two] ** 2) / each[two]
    )
    cost = loss[one, b] + loss[two, a] - loss[one, a] - loss[two, b]
    good = np.argwhere(fits & (gain > 1e-9))  # noqa: PLR2004 -- what a float leaves of nothing
    if not len(good):
        return []
    worth = gain[*good.T] / (1 + np.maximum(cost[*good.T], 0) / 100)
    if len(worth) > MOST:
        likely = np.sort(np.argpartition(-worth, MOST)[:MOST])
        good, worth = good[likely], worth[likely]
    best = np.argsort(-worth, kind="stable")
    return _apart(
        [Swap(int(rows[low[i]]), int(columns[low[i]]), int(rows[high[j]]), int(columns[high[j]])) for i, j in good[best].tolist()]
    )


def _apart(swaps: list[Swap]) -> list[Swap]:
    """Swaps that touch no entry twice come first: they can be done together."""
    touched: set[int] = set()
    first: list[Swap] = []
    rest: list[Swap] = []
    for swap in swaps:
        (rest if touched & {swap.one, swap.two} else first).append(swap)
        touched |= {swap.one, swap.two}
    return first + rest


def _do(table: Table, dealt: Flags, swap: Swap, *, peers: bool) -> bool:
    one, a, two, b = swap
    chosen = table.kept | dealt if peers else None
    if not (dealt[one, a] and dealt[two, b]) or dealt[one, b] or dealt[two, a]:
        return False
    dealt[one, a] = dealt[two, b] = False
    dealt[one, b] = dealt[two, a] = True
    if chosen is not None and (reciprocal(table, table.kept | dealt, one, b) or reciprocal(table, table.kept | dealt, two, a)):
        _undo(dealt, swap)
        return False
    return True


def _undo(dealt: Flags, swap: Swap) -> None:
    one, a, two, b = swap
    dealt[one, b] = dealt[two, a] = False
    dealt[one, a] = dealt[two, b] = True
