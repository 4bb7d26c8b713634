"""Entries shared out among judges: so many judges for each entry, loads as even as they can be, nobody where they must not be. Pure.

Greedy and fair, not optimal: who is hardest to place is placed first, and each entry goes to whoever has least to do. Equal loads
are broken by a rotation, so that the same two judges do not meet on every entry.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import NamedTuple


class Shared[E: Hashable, J: Hashable](NamedTuple):
    """New pairs of entry and judge, and the entries that have fewer judges than asked because nobody else may mark them."""

    pairs: list[tuple[E, J]]
    short: list[E]


def shared_out[E: Hashable, J: Hashable](
    entries: Sequence[E],
    judges: Sequence[J],
    *,
    per_entry: int,
    taken: Collection[tuple[E, J]] = (),
    barred: Collection[tuple[E, J]] = (),
    loads: Mapping[J, int] | None = None,
) -> Shared[E, J]:
    """Give each entry as many judges as `per_entry` says, those in `taken` counted. `loads`: what judges have to do already."""
    busy = {judge: (loads or {}).get(judge, 0) for judge in judges}
    has: dict[E, set[J]] = {entry: set() for entry in entries}
    for entry, judge in taken:
        if entry in has:
            has[entry].add(judge)
    no = set(barred)
    free = {entry: [judge for judge in judges if judge not in has[entry] and (entry, judge) not in no] for entry in entries}
    order = sorted(range(len(entries)), key=lambda at: (len(free[entries[at]]), at))
    pairs: list[tuple[E, J]] = []
    short: list[E] = []
    for turn, at in enumerate(order):
        entry = entries[at]
        wanted = max(0, per_entry - len(has[entry]))
        places = {judge: (number - turn) % max(1, len(judges)) for number, judge in enumerate(judges)}
        for judge in sorted(free[entry], key=lambda one: (busy[one], places[one]))[:wanted]:
            pairs.append((entry, judge))
            busy[judge] += 1
        if len(free[entry]) < wanted:
            short.append(entry)
    return Shared(pairs, short)
