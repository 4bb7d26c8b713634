"""A frozen board is opened in front of everybody: from the last place upward, one held back task of one group at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from leaderboards.engine.boards import compute_board
from leaderboards.engine.cells import cells
from leaderboards.engine.facts import Attempt, Facts
from leaderboards.engine.names import challenges_of
from leaderboards.engine.outcome import BoardResult, Cell, Row, RowStatus
from leaderboards.engine.pipeline import begun, run_rounds
from leaderboards.engine.spec import BoardSpec, ChallengeSpec, RoundSpec, Scoring, board_rounds, expand_boards
from leaderboards.engine.state import State, score_round

STANDING = (RowStatus.RANKED, RowStatus.UNSCORED)

type Pair = tuple[str, str]
"""(group, challenge)"""


class Opened(NamedTuple):
    """One step. With a challenge: its held back attempts are told, and `board` is the board after it. Without: the group keeps its row."""

    group: str
    challenge: str
    before: Cell | None
    after: Cell | None
    board: BoardResult


@dataclass(frozen=True, slots=True)
class Reveal:
    """The board as it was at its freeze, its tasks and their cells then, and the steps to the board as it is."""

    start: BoardResult
    challenges: tuple[ChallengeSpec, ...]
    cells: Mapping[Pair, Cell]
    steps: tuple[Opened, ...]


def reveal(scoring: Scoring, facts: Facts, board: str) -> Reveal | None:
    """The steps from the frozen board to the final one; None where the board has no freeze.

    Whoever stands last opens the first task held back, in order of the tasks. Accepted, the group may climb, and whoever stands on that
    row then goes on; with nothing left to open a group keeps its row and the one above is next. So the first place is told last.
    Where tasks have a fixed worth, a row that was kept stays. Raises KeyError for an unknown board.
    """
    specs = {one.id: one for one in expand_boards(scoring)}
    spec = specs[board]
    if spec.freeze is None:
        return None
    state = begun(scoring, facts)
    run_rounds(state, specs, {})
    stage = _Stage(state, spec)
    start, first = stage.board(), dict(stage.cells())
    return Reveal(start, stage.tasks, first, tuple(_steps(stage, start)))


def _steps(stage: "_Stage", now: BoardResult) -> list[Opened]:
    steps: list[Opened] = []
    at = len(_standing(now)) - 1
    while at >= 0:
        group = _standing(now)[at].group
        challenge = stage.next_of(group)
        if challenge is None:
            steps.append(Opened(group, "", None, None, now))
            at -= 1
            continue
        before = stage.cells()[group, challenge.key]
        stage.open(group, challenge)
        now = stage.board()
        steps.append(Opened(group, challenge.key, before, stage.cells()[group, challenge.key], now))
    return steps


def _standing(board: BoardResult) -> Sequence[Row]:
    return [row for row in board.rows if row.status in STANDING]


class _Stage:
    """The last round of the board, with the attempts after the freeze covered until they are opened."""

    def __init__(self, state: State, spec: BoardSpec) -> None:
        self.spec = spec
        self.round: RoundSpec = board_rounds(state.scoring, spec)[-1]
        self.tasks = tuple(challenges_of(state.scoring, self.round.key, spec))
        tried = {task.key: state.index.attempts.get((self.round.key, task.key), {}) for task in self.tasks}
        self._true = {key: {group: list(row) for group, row in groups.items()} for key, groups in tried.items()}
        self._shown = {key: {group: self._cover(row) for group, row in groups.items()} for key, groups in self._true.items()}
        self._held = {
            (group, key) for key, groups in self._true.items() for group, row in groups.items() if self._shown[key][group] != row
        }
        shown = {(self.round.key, key): rows for key, rows in self._shown.items()}
        index = replace(state.index, attempts={**state.index.attempts, **shown})
        self._state = replace(state, index=index, cells=dict(state.cells), scores=dict(state.scores))
        self._cells: dict[Pair, Cell] = {}
        changed = frozenset[str]().union(*(self._score(task) for task in self.tasks))
        self._count(changed | frozenset(self._state.entrants(self.round.key)))
        # A group that had solved a task before the freeze holds nothing back in it: what came later is ignored.
        self._held = {pair for pair in self._held if pair in self._cells and self._cells[pair].pending}

    def _cover(self, attempts: Sequence[Attempt]) -> list[Attempt]:
        freeze = self.spec.freeze or 0
        return [one._replace(verdict="") if one.at_ms >= freeze else one for one in attempts]

    def _score(self, task: ChallengeSpec) -> frozenset[str]:
        """Score a task again; whose cell changed."""
        entrants = self._state.entrants(self.round.key)
        scored = cells(self._state.index, task, self.round.key, entrants, self._state.scoring.rounding)
        changed = {(one.group, task.key): one for one in scored if self._cells.get((one.group, task.key)) != one}
        self._cells.update(changed)
        return frozenset(group for group, _ in changed)

    def _count(self, changed: frozenset[str]) -> None:
        """Put the cells of these groups together again, in order of the tasks, and score their round."""
        key, order = self.round.key, [task.key for task in self.tasks]
        rows = {group: tuple(self._cells[group, task] for task in order if (group, task) in self._cells) for group in changed}
        self._state.cells[key] = {**self._state.cells.get(key, {}), **rows}
        scores = score_round(self._state, self.round, rows, None if self.spec.challenges is None else self.spec)
        self._state.scores.update({(key, group): score for group, score in scores.items()})

    def cells(self) -> Mapping[Pair, Cell]:
        """How each task of each group stands now."""
        return self._cells

    def board(self) -> BoardResult:
        """The board as it stands now."""
        return replace(compute_board(self._state, self.spec), frozen=bool(self._held))

    def next_of(self, group: str) -> ChallengeSpec | None:
        """The first task of the group that is still covered."""
        return next((task for task in self.tasks if (group, task.key) in self._held), None)

    def open(self, group: str, task: ChallengeSpec) -> None:
        """Uncover; the whole task is scored again, since a solve may change what it is worth to others."""
        self._held.discard((group, task.key))
        self._shown[task.key][group] = self._true[task.key][group]
        self._count(self._score(task))
