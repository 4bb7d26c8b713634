"""A problem as arrays: rows are entries, columns are judges, both sorted by key, so that the order in which they came does not matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from leaderboards.engine.planning.problem import Bar, Entry, Judge, Pair, Problem

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]

BARS: Final = {bar: number for number, bar in enumerate(Bar, start=1)}
STEPS: Final = 1000
"""A match counts in thousandths."""


@dataclass(slots=True)
class Table:
    """N entries × J judges. `kept`: pairs that are settled before dealing. `open`: pairs that may be dealt. `need`: judges missing, per entry.

    `low`, `room`: sheets that a judge must and may still get; `held`: sheets of the kept pairs. `group`: row of a judge's own entry, or -1.
    `loss`: thousandths that a pair is short of a perfect match. `chance`: a seeded number per pair, which settles what is equal.
    """

    entries: tuple[str, ...]
    judges: tuple[str, ...]
    kept: Flags
    open: Flags
    fixed: Flags
    need: Ints
    low: Ints
    room: Ints
    group: Ints
    match: Floats
    loss: Ints
    chance: NDArray[np.uint64]

    @property
    def held(self) -> Ints:
        """Sheets of the kept pairs, per judge."""
        return self.kept.sum(axis=0, dtype=np.int64)


def table_of(problem: Problem) -> Table:
    """Read a problem; judges who have left, but keep fixed pairs, stand there with no room."""
    entries = sorted(problem.entries, key=lambda one: one.key)
    rows = {one.key: number for number, one in enumerate(entries)}
    present = {one.key for one in problem.judges}
    left = {judge for entry, judge in problem.fixed if judge not in present and entry in rows}
    judges = sorted((*problem.judges, *(Judge(key, max_load=0) for key in left)), key=lambda one: one.key)
    columns = {one.key: number for number, one in enumerate(judges)}
    barred = bars_of(problem, entries, judges) > 0
    fixed = np.zeros(barred.shape, np.bool_)
    for entry, judge in problem.fixed:
        if entry in rows:
            fixed[rows[entry], columns[judge]] = True
    anchors = [rows[key] for key in sorted(set(problem.anchors)) if key in rows]
    here = np.array([one.key in present for one in judges], np.bool_)
    kept = fixed.copy()
    kept[anchors] |= ~barred[anchors] & here
    match = matches(problem, entries, judges)
    wanted = np.array([problem.per_entry if one.wanted is None else one.wanted for one in entries], np.int64)
    need = np.maximum(wanted - kept.sum(axis=1), 0)
    need[anchors] = 0
    held = kept.sum(axis=0)
    most = np.array([len(entries) if one.max_load is None else one.max_load for one in judges], np.int64)
    return Table(
        entries=tuple(rows),
        judges=tuple(columns),
        kept=kept,
        open=~barred & ~kept & here,
        fixed=fixed,
        need=need,
        low=np.maximum(np.array([one.min_load for one in judges], np.int64) - held, 0),
        room=np.where(here, np.maximum(most - held, 0), 0),
        group=np.array([rows.get(one.group, -1) for one in judges], np.int64),
        match=match,
        loss=np.rint(STEPS * (1 - match)).astype(np.int64),
        chance=chances(problem.seed, tuple(rows), tuple(columns)),
    )


def bars_of(problem: Problem, entries: Sequence[Entry], judges: Sequence[Judge]) -> NDArray[np.int8]:
    """Why each pair is barred, as a number of BARS, 0 where it is not: declared, one's own, a language that the judge does not read."""
    found = np.zeros((len(entries), len(judges)), np.int8)
    for language in {one.language for one in entries} - {""}:
        deaf = np.array([bool(one.languages) and language not in one.languages for one in judges], np.bool_)
        spoken = np.array([one.language == language for one in entries], np.bool_)
        found[np.ix_(spoken, deaf)] = BARS[Bar.LANGUAGE]
    rows = {one.key: number for number, one in enumerate(entries)}
    columns = {one.key: number for number, one in enumerate(judges)}
    for (entry, judge), bar in problem.barred.items():
        if entry in rows and judge in columns:
            found[rows[entry], columns[judge]] = BARS[bar]
    for number, one in enumerate(judges):
        if one.group in rows:
            found[rows[one.group], number] = BARS[Bar.OWN]
    return found


def matches(problem: Problem, entries: Sequence[Entry], judges: Sequence[Judge]) -> Floats:
    """How well judges know what entries are about: as declared per pair, else the cosine of their topics; none in common: 0."""
    topics = {name: number for number, name in enumerate(sorted({name for one in entries for name in one.topics}))}
    about, known = np.zeros((len(entries), len(topics))), np.zeros((len(judges), len(topics)))
    for row, entry in zip(about, entries, strict=True):
        row[[topics[name] for name in entry.topics]] = len(entry.topics) ** -0.5 if entry.topics else 0
    for row, judge in zip(known, judges, strict=True):
        row[[topics[name] for name in judge.topics if name in topics]] = len(judge.topics) ** -0.5 if judge.topics else 0
    found: Floats = np.minimum(about @ known.T, 1)
    if problem.match:
        rows = {one.key: number for number, one in enumerate(entries)}
        columns = {one.key: number for number, one in enumerate(judges)}
        for (entry_key, judge_key), value in problem.match.items():
            if entry_key in rows and judge_key in columns:
                found[rows[entry_key], columns[judge_key]] = value
    return found


def chances(seed: int, entries: Sequence[str], judges: Sequence[str]) -> NDArray[np.uint64]:
    """64 seeded bits per pair, from the keys alone: no library's dice, the same on every machine."""
    rows, columns = _drawn(f"{seed}/entry", entries), _drawn(f"{seed}/judge", judges)
    bits = rows[:, None] + columns[None, :]
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        bits ^= bits >> np.uint64(shift)
        bits *= np.uint64(factor)
    bits ^= bits >> np.uint64(31)
    return bits


def _drawn(salt: str, keys: Sequence[str]) -> NDArray[np.uint64]:
    digests = b"".join(blake2b(f"{salt}/{key}".encode(), digest_size=8).digest() for key in keys)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def pairs_of(table: Table, chosen: Flags) -> tuple[Pair, ...]:
    """The pairs of a choice, sorted by key."""
    return tuple((table.entries[row], table.judges[column]) for row, column in np.argwhere(chosen).tolist())
