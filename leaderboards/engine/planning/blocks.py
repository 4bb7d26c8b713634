"""Small panels: every two judges meet as often as any other two, as in a balanced incomplete block design."""

from typing import Final

import numpy as np

from leaderboards.engine.planning.peers import reciprocal
from leaderboards.engine.planning.table import Flags, Ints, Table

SMALL: Final = 40
"""More judges than this meet evenly enough by chance."""
PAIRS: Final = 600
"""More assignments than this take longer than they gain."""
STEPS: Final = 6000
"""Swaps tried in one cooling, for each of a few."""
ROUNDS: Final = 8


def evened(table: Table, dealt: Flags, loss: Ints, *, seed: int, peers: bool) -> Flags:
    """Swap dealt pairs so that meetings of judges are even; loads and the sum of matches stay as good as they are."""
    rows = np.nonzero(dealt)[0]
    active = int((table.kept | dealt).any(axis=0).sum())
    if not 2 < active <= SMALL or not 1 < len(rows) <= PAIRS:  # noqa: PLR2004 -- two judges always meet
        return dealt
    search = _Search(table, dealt, loss, peers=peers)
    best, least = dealt.copy(), search.sum
    dice = np.random.default_rng([seed % 2**63, 7])
    for _ in range(ROUNDS):
        if least <= search.bound:
            break
        search.cool(dice)
        if search.sum < least:
            best, least = search.dealt.copy(), search.sum
    return best


class _Search:
    """A deal on its way: `meets` counts for every two judges the entries that both mark, `sum` adds their squares."""

    def __init__(self, table: Table, dealt: Flags, loss: Ints, *, peers: bool) -> None:
        self.table, self.loss, self.peers = table, loss.tolist(), peers
        self.dealt = dealt.copy()
        self.open = table.open.tolist()
        chosen = table.kept | dealt
        self.crew = [set(np.flatnonzero(row).tolist()) for row in chosen]
        meets = chosen.astype(np.int64).T @ chosen.astype(np.int64)
        np.fill_diagonal(meets, 0)
        self.meets = meets.tolist()
        self.sum = int((meets**2).sum()) // 2
        self.pairs = list(zip(*(column.tolist() for column in np.nonzero(dealt)), strict=True))
        judges = int(chosen.any(axis=0).sum())
        each, rest = divmod(int(meets.sum()) // 2, judges * (judges - 1) // 2)
        self.bound = each * each * (judges * (judges - 1) // 2) + rest * (2 * each + 1)

    def cool(self, dice: np.random.Generator) -> None:
        """Try many swaps, at first also some that make it worse."""
        picks = dice.integers(len(self.pairs), size=(STEPS, 2)).tolist()
        luck = np.log(dice.random(STEPS)).tolist()
        for number, (first, second) in enumerate(picks):
            heat = 1.5 * (1 - number / STEPS) ** 2 + 0.05
            self._try(first, second, -heat * luck[number])
            if self.sum <= self.bound:
                return

    def _try(self, first: int, second: int, allowed: float) -> None:
        (one, a), (two, b) = self.pairs[first], self.pairs[second]
        if one == two or a == b or b in self.crew[one] or a in self.crew[two]:
            return
        loss = self.loss
        if not (self.open[one][b] and self.open[two][a]) or loss[one][b] + loss[two][a] > loss[one][a] + loss[two][b]:
            return
        before = self.sum
        self._move(first, one, a, b)
        self._move(second, two, b, a)
        if self.sum - before > allowed or (self.peers and self._mirrored(one, b, two, a)):
            self._move(first, one, b, a)
            self._move(second, two, a, b)

    def _mirrored(self, one: int, b: int, two: int, a: int) -> bool:
        chosen = self.table.kept | self.dealt
        return reciprocal(self.table, chosen, one, b) or reciprocal(self.table, chosen, two, a)

    def _move(self, number: int, entry: int, old: int, new: int) -> None:
        """On this entry `new` takes the seat of `old`."""
        crew = self.crew[entry]
        crew.discard(old)
        for judge in crew:
            self.sum += 2 * (self.meets[new][judge] - self.meets[old][judge]) + 2 if judge != new else 0
            self.meets[old][judge] -= 1
            self.meets[judge][old] -= 1
            self.meets[new][judge] += 1
            self.meets[judge][new] += 1
        crew.add(new)
        self.dealt[entry, old], self.dealt[entry, new] = False, True
        self.pairs[number] = (entry, new)
