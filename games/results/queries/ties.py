"""Ties at a cut that people have to settle: who shares the place at the line, or cannot be told apart across it by the marks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from games.cycles.models import Cycle
from games.cycles.queries import decisions_in_force, design_of
from games.cycles.rules import DecisionKind
from games.journal.queries import db_now
from games.judging.models import Deliberation
from games.judging.rules import DeliberationState
from games.playbooks.schema import Design
from games.results.models import PanelAnalysis
from games.rounds.models import Round
from games.rounds.rules import RoundState, state_of
from leaderboards.engine.outcome import RowStatus
from leaderboards.engine.spec import CutSpec, CutTies, board_rounds, expand_boards
from leaderboards.models import Standing
from leaderboards.queries import RESTRICTED

ENDED = frozenset({RoundState.LOCKED, RoundState.CLOSED})
CLOSED = DeliberationState.CLOSED.value
type Rows = Sequence[tuple[str, str]]
"""Group and place, best first."""


@dataclass(frozen=True, slots=True)
class CutTie:
    """A tie at the line of a cut. `round`: whose publication settles it. `slots`: how many of `groups` can go on.

    `inside`: who of them would go on as the places stand; empty where they share one place, and the rules leave it to people.
    """

    round: str
    board: str
    to: str
    slots: int
    groups: tuple[str, ...]
    inside: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether they share one place."""
        return not self.inside

    def data(self) -> dict[str, Any]:
        """As a deliberation keeps it."""
        return {
            "round": self.round,
            "board": self.board,
            "to": self.to,
            "slots": self.slots,
            "groups": [*self.groups],
            "inside": [*self.inside],
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "CutTie":
        """From what a deliberation keeps."""
        groups, inside = tuple(data["groups"]), tuple(data["inside"])
        return cls(data["round"], data["board"], data["to"], data["slots"], groups, inside)

    def same(self, other: "CutTie") -> bool:
        """Whether it is the same groups at the same line."""
        return (self.board, self.to, set(self.groups)) == (other.board, other.to, set(other.groups))


def ties_of(cycle: Cycle) -> list[CutTie]:
    """The ties of all rounds that have ended and are not published, as the standings are now. Four statements at most, whatever the size."""
    design, now = design_of(cycle), db_now()
    if not design.cuts:
        return []
    rounds = {one.key for one in Round.objects.filter(cycle=cycle, published_at=None) if state_of(one.clock, now) in ENDED}
    counted = {one.id: [each.key for each in board_rounds(design, one)] for one in expand_boards(design)}
    cuts = [(cut, counted[cut.board]) for cut in design.cuts if counted.get(cut.board) and counted[cut.board][-1] in rounds]
    if not cuts:
        return []
    boards = _standings(cycle, {cut.board for cut, _ in cuts})
    advanced = decisions_in_force(cycle, DecisionKind.ADVANCE).values_list("round", "board", "group")
    chosen = {(round_, board, group) for round_, board, group in advanced}
    found: list[CutTie] = []
    open_: list[tuple[CutSpec, list[str]]] = []
    for cut, of in cuts:
        brackets = boards.get(cut.board, {})
        exact = [tie for bracket, rows in brackets.items() if (tie := _exact(cut, of[-1], bracket, rows)) is not None]
        found += [one for one in exact if sum((one.to, one.board, key) in chosen for key in one.groups) != one.slots]
        if not exact:
            open_.append((cut, of))
    return found + (_close(cycle, design, open_, boards) if open_ else [])


def open_ties(cycle: Cycle) -> list[CutTie]:
    """The same without those that were talked about to the end, and are not exact. One statement more, if there are any."""
    found = ties_of(cycle)
    if not found:
        return []
    talks = Deliberation.objects.filter(challenge__round__cycle=cycle).exclude(tie={})
    told = [(CutTie.of(tie), state) for tie, state in talks.values_list("tie", "state")]
    return [one for one in found if one.exact or {state for what, state in told if what.same(one)} != {CLOSED}]


def _standings(cycle: Cycle, keys: Iterable[str]) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Board → bracket → rows with a place, best first."""
    rows = Standing.objects.filter(
        board__scope=cycle.pk, board__key__in=list(keys), audience=RESTRICTED, status=RowStatus.RANKED.value, line=0
    )
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for board, bracket, entry, place in rows.order_by("bracket", "rank").values_list("board__key", "bracket", "entry", "place"):
        found.setdefault(board, {}).setdefault(bracket, []).append((entry, place))
    return found


def _size(cut: CutSpec, bracket: str, count: int) -> int:
    """How many of a bracket the rule lets on, ties apart; 0 where it does not count heads, or lets everybody on."""
    if cut.share is not None:
        size = ceil(cut.share * count)
    else:
        size = cut.first.get(bracket, 0) if isinstance(cut.first, dict) else cut.first or 0
    return size if size < count else 0


def _exact(cut: CutSpec, round_: str, bracket: str, rows: Rows) -> CutTie | None:
    """Who shares the place at the line, where the rules leave it to people."""
    size = _size(cut, bracket, len(rows))
    if cut.ties is not CutTies.DECIDE or not size or rows[size - 1][1] != rows[size][1]:
        return None
    edge = rows[size][1]
    before = sum(1 for _, place in rows[:size] if place != edge)
    return CutTie(round_, cut.board, cut.to, size - before, tuple(key for key, place in rows if place == edge))


def _close(
    cycle: Cycle,
    design: Design,
    cuts: Sequence[tuple[CutSpec, list[str]]],
    boards: Mapping[str, Mapping[str, Rows]],
) -> list[CutTie]:
    """Who cannot be told apart across the line: by one panel's marks on one task, or by those of several that the board adds up."""
    analyses: dict[tuple[str, str], list[PanelAnalysis]] = {}
    kept = PanelAnalysis.objects.filter(challenge__round__cycle=cycle, challenge__round__published_at=None)
    summed: dict[str, Mapping[str, Sequence[str]]] = {}
    for one in kept.select_related("challenge__round"):
        analyses.setdefault((one.challenge.round.key, one.challenge.key), []).append(one)
        summed |= {key: told["tied"] for key, told in one.body.get("boards", {}).items()}
    found = []
    for cut, of in cuts:
        tasks = [one.key for one in design.challenges if one.in_round(of[0])] if len(of) == 1 else []
        told = analyses.get((of[0], tasks[0]), []) if len(tasks) == 1 else []
        if len(told) == 1:
            tied = {one["group"]: set(one.get("tied_with", ())) for one in told[0].body.get("entries", ())}
        else:
            tied = {key: set(others) for key, others in summed.get(cut.board, {}).items()}
        for bracket, rows in boards.get(cut.board, {}).items():
            tie = _across(cut, of[-1], [key for key, _ in rows], _size(cut, bracket, len(rows)), tied)
            found += [tie] if tie is not None else []
    return found


def _across(cut: CutSpec, round_: str, keys: Sequence[str], size: int, tied: Mapping[str, set[str]]) -> CutTie | None:
    inside = [one for one in keys[:size] if tied.get(one, set()) & set(keys[size:])] if size else []
    beyond = [one for one in keys[size:] if tied.get(one, set()) & set(inside)]
    if not inside or not beyond:
        return None
    return CutTie(round_, cut.board, cut.to, len(inside), (*inside, *beyond), tuple(inside))
