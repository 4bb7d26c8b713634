"""Is what was published what the rules give? Official results, and published states with their digests, against a fresh computation."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from games.bundles.audience import WHOLE
from games.bundles.bundle import Bundle
from games.bundles.official import BESIDE, compare
from games.bundles.proving import BoardProof, How, are_trusted, facts_behind, keys_of, proof_faults
from games.bundles.published import Published
from games.bundles.rows import OfficialRow
from games.bundles.tables import Table
from games.errors import Problem
from games.journal.rules import Kind
from games.results.rules import known_facts
from leaderboards.actions import Line, stored_rows
from leaderboards.computing import compute
from leaderboards.engine.facts import Attempt, Attempts, Facts
from leaderboards.engine.language import gettext as _
from leaderboards.engine.outcome import Outcome
from leaderboards.engine.spec import Source, board_rounds, expand_boards
from leaderboards.queries import content_digest

COMPARED: Final = ("bracket", "rank", "place", "score", "keys", "values", "status", "pending")


@dataclass(frozen=True, slots=True)
class Verified:
    """How many values were compared, by kind, every difference, and what could not be computed from a bundle. `computed`: rows of boards.

    `boards`: what is proven of each published board, and how.
    """

    compared: Counter[str]
    differences: tuple[Problem, ...]
    left_out: tuple[str, ...] = ()
    computed: int = 0
    boards: tuple[BoardProof, ...] = ()

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


def verify(bundle: Bundle, *, pinned: Sequence[str] = (), chain: Sequence[Mapping[str, Any]] = ()) -> Verified:
    """Compute everything again and compare it with official.csv and snapshots.json. `pinned`, `chain`: see `leaderboards.receipts`."""
    looked = _look(bundle)
    official = bundle.tables.official
    unseen = looked.hidden | _not_out(bundle)
    resting = {key for key, counted in looked.rounds.items() if counted & unseen}
    rows = [row for row in official.rows if not unseen or _computable(row, unseen, resting)]
    comparison = compare(Table(rows, official.extra), looked.whole)
    compared, differences = Counter(comparison.compared), list(comparison.differences)
    differences += _announced(bundle, compared)
    left_out = [
        _('round "{key}": its work is not in this bundle, nor what rests on it', key=key)
        for key in sorted(looked.hidden if len(rows) == len(official.rows) else unseen)
    ]
    proofs = []
    for board, states in _by_board(bundle).items():
        compared["snapshot digest"] += len(states)
        broken = [list(proof_faults(bundle.design.cycle.key, board, one)) for one in states]
        faults = [*_chain(board, states), *(fault for found in broken for fault in found)]
        found, why = _board_faults(looked, board, states, compared)
        if why and board in looked.points:
            left_out.append(
                _('board "{board}" ranks points, and this bundle has no points.csv: only its digests were checked', board=board)
            )
        differences += faults + found
        trusted = are_trusted(states, pinned, chain)
        signed = sum(1 for one, found in zip(states, broken, strict=True) if one.proof is not None and not found)
        proofs.append(_proof(looked, states, why, wrong=bool(found), signed=signed, trusted=trusted))
    beside = sorted({row.key for row in official.rows if row.kind == BESIDE})
    left_out += [_('"{title}" is the result of somebody else: it stands beside ours', title=title) for title in beside]
    computed = sum(len(board.rows) for board in looked.whole.boards.values())
    return Verified(compared, tuple(differences), tuple(left_out), computed, tuple(proofs))


@dataclass(frozen=True, slots=True)
class _Look:
    """A bundle with what was computed from it: whole, and as everybody knew it when rounds `out` were published.

    `rounds`: those each board counts; `points`: boards of points and credit; `hidden` rounds are published without their work, so boards
    `without` cannot be computed.
    """

    bundle: Bundle
    facts: Facts
    whole: Outcome
    shown: Outcome
    out: set[str]
    rounds: Mapping[str, set[str]]
    points: set[str]
    hidden: set[str]
    without: set[str]


def _look(bundle: Bundle) -> _Look:
    facts = bundle.facts()
    whole = compute(bundle.design, facts)
    out = {row.round for row in bundle.tables.rounds.rows if row.published is not None}
    shown = compute(bundle.design, known_facts(bundle.design, facts, out)) if out else whole
    hidden, boards = _hidden(bundle), expand_boards(bundle.design)
    rounds = {one.id: {each.key for each in board_rounds(bundle.design, one)} for one in boards}
    points = {one.id for one in boards if one.source is not Source.ROUNDS}
    without = {key for key, counted in rounds.items() if counted & hidden}
    return _Look(bundle, facts, whole, shown, out, rounds, points, hidden, without)


def _board_faults(looked: _Look, board: str, states: Sequence[Published], compared: Counter[str]) -> tuple[list[Problem], str]:
    """Where the rows last published are not those computed; or why they were not computed."""
    bundle, last = looked.bundle, states[-1]
    if board in looked.points and not bundle.tables.points.rows and _scored(last):
        return [], _("this bundle has no points.csv")
    if board in looked.without:
        return [], _("this bundle does not have the work of every round that it counts")
    if board not in looked.whole.boards:
        return [Problem(f'board "{board}"', _("was published, but the rules have no such board"))], ""
    compared["snapshot row"] += len(last.rows)
    moves = board in looked.points or not looked.rounds[board] <= looked.out
    earlier = _by_then(looked, last) if moves else ()
    return _rows(board, last, (*earlier, looked.whole, looked.shown), bundle.unnamed), ""


def _proof(looked: _Look, states: Sequence[Published], why: str, *, wrong: bool, signed: int, trusted: bool | None) -> BoardProof:
    board = states[-1].board
    last = states[-1]
    counted = looked.rounds.get(board, set())
    return BoardProof(
        board=board,
        states=len(states),
        number=last.number,
        rows=len(last.rows),
        how=How.INCLUDED if why else How.DIFFERS if wrong else How.RECOMPUTED,
        facts=facts_behind(looked.bundle, counted, points=board in looked.points, acts=last.acts),
        why=why,
        signed=signed,
        bare=last.proof is None,
        keys=keys_of(states),
        trusted=trusted,
    )


def _scored(state: Published) -> bool:
    return any(row.get("score") not in (None, "", "0") for row in state.rows)


def _by_then(looked: _Look, state: Published) -> tuple[Outcome, ...]:
    """The outcomes with what was known when the state was published: points go on after it, and so do tries in rounds that still run."""
    design = looked.bundle.design
    points = looked.bundle.points(until=state.at, acts=state.acts)
    then = replace(looked.facts, points=points, attempts=Attempts(_tried_by_then(looked, state)))
    return compute(design, then), compute(design, known_facts(design, then, looked.out))


def _tried_by_then(looked: _Look, state: Published) -> Iterator[Attempt]:
    """The tries made before the state was published; all of rounds that were out by then, or that say nothing of when they began."""
    begun = {one.key: one.opens for one in looked.bundle.design.rounds}
    for row in looked.bundle.tables.rounds.rows:
        begun[row.round] = None if _out(row.published, state.at) else row.opened or begun.get(row.round)
    for one in looked.facts.attempts:
        start = begun.get(one.round)
        if start is None or state.at is None or start + timedelta(milliseconds=one.at_ms) <= state.at:
            yield one


def _out(published: datetime | None, at: datetime | None) -> bool:
    return published is not None and (at is None or published <= at)


def _announced(bundle: Bundle, compared: Counter[str]) -> Iterator[Problem]:
    """What the journal says of each publication, against the states: the digest that was told then is the one that is here."""
    digests = {(one.board, str(one.number)): one.digest for one in bundle.snapshots}
    for row in bundle.tables.journal.rows:
        said = json.loads(row.payload) if row.kind == Kind.SNAPSHOT_PUBLISHED else {}
        state = (str(said.get("board", "")), str(said.get("number", "")))
        where = f"journal.csv, act {row.number}"
        if state not in digests and said and bundle.snapshots:
            yield Problem(
                where,
                _('board "{board}", snapshot {number} was published, and is not here', board=state[0], number=state[1]),
            )
        elif said.get("digest"):
            compared["digest in the journal"] += 1
            if digests.get(state) != said["digest"]:
                yield Problem(
                    where,
                    _(
                        'board "{state}", snapshot {state2} was published as {said}…',
                        state=state[0],
                        state2=state[1],
                        said=str(said["digest"])[:12],
                    ),
                )


def _hidden(bundle: Bundle) -> set[str]:
    """Published rounds of which the bundle holds no work: their results were for everybody, their entries were not."""
    shown = {row.round for row in bundle.tables.rounds.rows if row.published is not None and row.visibility not in WHOLE}
    return shown - _with_work(bundle)


def _with_work(bundle: Bundle) -> set[str]:
    tables = bundle.tables
    return {row.round for table in (tables.submissions, tables.marks, tables.attempts, tables.votes) for row in table.rows}


def _not_out(bundle: Bundle) -> set[str]:
    """Rounds that are not published, and of which the bundle holds no work: it is not for everybody yet, or there is none."""
    return {row.round for row in bundle.tables.rounds.rows if row.published is None} - _with_work(bundle)


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
    """Each digest must follow from the rows, the rules' number and the digest before; numbers go up by one."""
    before = ""
    for number, one in enumerate(states, 1):
        where = f'board "{board}", snapshot {one.number}'
        found = content_digest(key=board, rows=one.rows, design_number=one.design, previous=one.previous)
        if one.number != number:
            yield Problem(where, _("expected number {number}: versions are numbered from 1, without a gap", number=number))
        if len({(row["entry"], row["line"]) for row in one.rows}) < len(one.rows):
            yield Problem(where, _("a line of a group is in it twice"))
        if one.previous != before:
            yield Problem(
                where,
                _(
                    "does not follow snapshot {number}: previous digest {previous}",
                    number=one.number - 1,
                    previous=one.previous[:12] or _("none"),
                ),
            )
        elif found != one.digest:
            yield Problem(where, _("published digest {digest}…, computed {found}…", digest=one.digest[:12], found=found[:12]))
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
            found.append(Problem(where, _("was published, but is not computed")))
        elif line not in published:
            found.append(Problem(where, _("is computed, but was not published")))
        else:
            off = [name for name in COMPARED if published[line].get(name) != computed[line][name]]
            if off:
                said = ", ".join(
                    _(
                        "{name} {published}, computed {computed}",
                        name=name,
                        published=published[line].get(name),
                        computed=computed[line][name],
                    )
                    for name in off[:3]
                )
                found.append(Problem(where, _("published {said}", said=said)))
    return found
