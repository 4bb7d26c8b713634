"""Is what was published what the rules give? Official results, and published states with their digests, against a fresh computation."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from games.bundles.audience import WHOLE
from games.bundles.bundle import Bundle
from games.bundles.official import BESIDE, compare
from games.bundles.published import Published
from games.bundles.rows import OfficialRow
from games.bundles.tables import Table
from games.errors import Problem
from games.journal.rules import Kind
from games.results.rules import known_facts
from leaderboards.actions import Line, stored_rows
from leaderboards.computing import compute
from leaderboards.engine.facts import Facts
from leaderboards.engine.outcome import Outcome
from leaderboards.engine.spec import Source, board_rounds, expand_boards
from leaderboards.queries import content_digest

COMPARED: Final = ("bracket", "rank", "place", "score", "keys", "values", "status", "pending")


@dataclass(frozen=True, slots=True)
class Verified:
    """How many values were compared, by kind, every difference, and what could not be computed from a bundle. `computed`: rows of boards."""

    compared: Counter[str]
    differences: tuple[Problem, ...]
    left_out: tuple[str, ...] = ()
    computed: int = 0

    def __str__(self) -> str:
        """What was found, in one line."""
        total = self.compared.total()
        if not total and not self.differences:
            rows = "1 row" if self.computed == 1 else f"{self.computed} rows"
            return f"nothing official to compare with; computed without fault ({rows} on its boards)"
        parts = ", ".join(f"{count} {kind}" for kind, count in sorted(self.compared.items()))
        return f"{self.equal} of {total} equal" + (f" ({parts})" if parts else "")

    @property
    def equal(self) -> int:
        """How many of the values compared are as published."""
        return max(self.compared.total() - len(self.differences), 0)


def verify(bundle: Bundle) -> Verified:
    """Compute everything again and compare it with official.csv and snapshots.json."""
    facts = bundle.facts()
    outcome = compute(bundle.design, facts)
    out = {row.round for row in bundle.tables.rounds.rows if row.published is not None}
    shown = compute(bundle.design, known_facts(bundle.design, facts, out)) if out else outcome
    hidden = _hidden(bundle)
    boards = {one.id: {each.key for each in board_rounds(bundle.design, one)} for one in expand_boards(bundle.design)}
    without = {key for key, rounds in boards.items() if rounds & hidden}
    official = bundle.tables.official
    rows = [row for row in official.rows if not hidden or _computable(row, hidden, without)]
    comparison = compare(Table(rows, official.extra), outcome)
    compared, differences = Counter(comparison.compared), list(comparison.differences)
    points = {one.id for one in expand_boards(bundle.design) if one.source is not Source.ROUNDS}
    differences += _announced(bundle, compared)
    left_out = [f'round "{key}": its work is not in this bundle, nor what rests on it' for key in sorted(hidden)]
    names = bundle.unnamed
    for board, states in _by_board(bundle).items():
        compared["snapshot digest"] += len(states)
        differences += _chain(board, states)
        if board in points and not bundle.tables.points.rows and _scored(states[-1]):
            left_out.append(f'board "{board}" ranks points, and this bundle has no points.csv: only its digests were checked')
        elif board in without:
            continue
        elif board not in outcome.boards:
            differences.append(Problem(f'board "{board}"', "was published, but the rules have no such board"))
        else:
            compared["snapshot row"] += len(states[-1].rows)
            earlier = _by_then(bundle, facts, out, states[-1]) if board in points else ()
            differences += _rows(board, states[-1], (outcome, shown, *earlier), names)
    beside = sorted({row.key for row in official.rows if row.kind == BESIDE})
    left_out += [f'"{title}" is the result of somebody else: it stands beside ours' for title in beside]
    computed = sum(len(board.rows) for board in outcome.boards.values())
    return Verified(compared, tuple(differences), tuple(left_out), computed)


def _scored(state: Published) -> bool:
    return any(row.get("score") not in (None, "", "0") for row in state.rows)


def _by_then(bundle: Bundle, facts: Facts, out: Collection[str], state: Published) -> tuple[Outcome, ...]:
    """The outcomes with the points that were given when the state was published: they go on after it."""
    then = replace(facts, points=bundle.points(until=state.at))
    return compute(bundle.design, then), compute(bundle.design, known_facts(bundle.design, then, out))


def _announced(bundle: Bundle, compared: Counter[str]) -> Iterator[Problem]:
    """What the journal says of each publication, against the states: the digest that was told then is the one that is here."""
    digests = {(one.board, one.number): one.digest for one in bundle.snapshots}
    for row in bundle.tables.journal.rows:
        said = json.loads(row.payload) if row.kind == Kind.SNAPSHOT_PUBLISHED else {}
        state = (str(said.get("board", "")), said.get("number"))
        if state in digests and said.get("digest"):
            compared["digest in the journal"] += 1
            if digests[state] != said["digest"]:
                where = f"journal.csv, act {row.number}"
                yield Problem(where, f'board "{state[0]}", snapshot {state[1]} was published as {str(said["digest"])[:12]}…')


def _hidden(bundle: Bundle) -> set[str]:
    """Published rounds of which the bundle holds no work: their results were for everybody, their entries were not."""
    tables = bundle.tables
    there = {row.round for table in (tables.submissions, tables.marks, tables.attempts, tables.votes) for row in table.rows}
    shown = {row.round for row in tables.rounds.rows if row.published is not None and row.visibility not in WHOLE}
    return shown - there


def _computable(row: OfficialRow, hidden: set[str], without: set[str]) -> bool:
    """Whether a published value can be computed without the work of the hidden rounds."""
    if row.kind in {"board", "record"}:
        return row.key not in without
    return row.kind in {"value", "round"} and row.key.partition("/")[0] not in hidden


def _by_board(bundle: Bundle) -> Mapping[str, list[Published]]:
    found: defaultdict[str, list[Published]] = defaultdict(list)
    for one in sorted(bundle.snapshots, key=lambda one: one.number):
        found[one.board].append(one)
    return found


def _chain(board: str, states: list[Published]) -> Iterator[Problem]:
    """Each digest must follow from the rows, the rules' number and the digest before."""
    before = ""
    for one in states:
        where = f'board "{board}", snapshot {one.number}'
        found = content_digest(key=board, rows=one.rows, design_number=one.design, previous=one.previous)
        if one.previous != before:
            yield Problem(where, f"does not follow snapshot {one.number - 1}: previous digest {one.previous[:12] or 'none'}")
        elif found != one.digest:
            yield Problem(where, f"published digest {one.digest[:12]}…, computed {found[:12]}…")
        before = one.digest


def _rows(board: str, state: Published, outcomes: Sequence[Outcome], names: Mapping[str, str]) -> list[Problem]:
    """The rows last published against those computed now, with or without rounds not yet out; a board may have been published frozen."""
    published = {(names.get(row["entry"], row["entry"]), row["line"]): row for row in state.rows}
    computed = [stored_rows(one.board(board, frozen=frozen).rows) for one in outcomes for frozen in (False, True)]
    tries = [_differences(board, state, published, rows) for rows in computed]
    return min(tries, key=len)


def _differences(
    board: str, state: Published, published: Mapping[Line, Mapping[str, Any]], computed: Mapping[Line, Mapping[str, Any]]
) -> list[Problem]:
    found = []
    for line in sorted(published.keys() | computed.keys()):
        where = f'board "{board}", snapshot {state.number}, group {line[0]}'
        if line not in computed:
            found.append(Problem(where, "was published, but is not computed"))
        elif line not in published:
            found.append(Problem(where, "is computed, but was not published"))
        else:
            off = [name for name in COMPARED if published[line].get(name) != computed[line][name]]
            if off:
                said = ", ".join(f"{name} {published[line].get(name)}, computed {computed[line][name]}" for name in off[:3])
                found.append(Problem(where, f"published {said}"))
    return found
