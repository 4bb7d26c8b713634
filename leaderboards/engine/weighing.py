"""What the marks of a panel weigh on a board that adds up several: how much the score moves with one point of the panel's value.

Told where the score is a weighted sum or mean all the way. Panels that drop or pull marks are taken as their mean; results of attempts,
measurements and automatic checks are facts, about which no judge could have thought otherwise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from leaderboards.engine.names import challenges_of, split_order
from leaderboards.engine.numbers import ONE, total
from leaderboards.engine.outcome import Cell, Outcome, Row, RowStatus
from leaderboards.engine.spec import (
    LIVE_FORMATS,
    Aggregate,
    BoardSpec,
    ChallengeSpec,
    Fold,
    Format,
    Missing,
    RoundSpec,
    Rows,
    Scoring,
    Source,
    board_rounds,
    board_weights,
)

MEANS: Final = frozenset({Fold.MEAN, Fold.SEVERITY, Fold.SEVERITY_CLIP})
POINTS: Final = "places are turned into points"
BEST: Final = "only the best of several results count"
FADES: Final = "results fade with time"
ORDER: Final = "the score is not what orders this board"
PAIRS: Final = "comparisons in pairs are added to other results"
RANKS: Final = "judges' ranks are added to other results"
FOLDS: Final = "a panel's value is not a mean of its marks"
FIELDS: Final = "a score is multiplied by a number of the entry"

type Place = tuple[str, str, str]
"""(round, challenge, panel)"""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A board of several judged results: `why` it cannot be told what a mark weighs, in words, or bracket by bracket its rows, best first.

    `rows`: [(group, score, panel → weight)].
    """

    why: str = ""
    rows: Mapping[str, list[tuple[str, Fraction, Mapping[Place, Fraction]]]] = field(default_factory=dict)


def weighed(scoring: Scoring, board: BoardSpec, outcome: Outcome) -> Weighed | None:
    """What each panel weighs for each row. None where no marks stand behind the board, or only those of one panel on one task."""
    if board.source is not Source.ROUNDS or board.rows is not Rows.GROUPS:
        return None
    tasks = [(one.key, task) for one in board_rounds(scoring, board) for task in challenges_of(scoring, one.key, board)]
    judged = [panel for _, task in tasks if task.format not in LIVE_FORMATS for panel in task.judges_panels]
    if not judged or len(tasks) == len(judged) == 1:
        return None
    why = _why(scoring, board, [task for _, task in tasks])
    if why:
        return Weighed(why)
    rows: dict[str, list[tuple[str, Fraction, Mapping[Place, Fraction]]]] = {}
    for row in outcome.boards[board.id].rows:
        if row.status is RowStatus.RANKED and row.score is not None:
            rows.setdefault(row.within, []).append((row.group, row.score, dict(_shares(scoring, board, outcome, row))))
    return Weighed(rows=rows)


def _why(scoring: Scoring, board: BoardSpec, tasks: list[ChallengeSpec]) -> str:
    """What makes the score something else than a weighted sum; empty if nothing does."""
    rounds = board_rounds(scoring, board)
    first = split_order(board.order[0]) if board.order else None
    names = {"score", rounds[0].key} if len(rounds) == 1 else {"score"}
    checks = (
        (first is None or first[0] not in names, ORDER),
        (board.points is not None, POINTS),
        (board.best is not None or any(one.best is not None for one in rounds), BEST),
        (board.half_life is not None, FADES),
        (any(one.format is Format.PAIRWISE for one in tasks), PAIRS),
        (any(one.format is Format.RANKING for one in tasks), RANKS),
        (any(not _mean(one) for one in tasks if one.format is Format.RUBRIC), FOLDS),
        (any(step.times is not None and isinstance(step.times, str) for one in tasks for step in one.adjust), FIELDS),
    )
    return next((words for found, words in checks if found), "")


def _mean(task: ChallengeSpec) -> bool:
    return all(panel.combine in MEANS and panel.points is None for panel in task.judges_panels)


def _shares(scoring: Scoring, board: BoardSpec, outcome: Outcome, row: Row) -> Iterator[tuple[Place, Fraction]]:
    weights = board_weights(scoring, board)
    rounds = {one.key: one for one in board_rounds(scoring, board)}
    counted = [key for key in rounds if row.rounds.get(key) is not None or board.missing is Missing.ZERO]
    whole = _whole(board, [weights[key] for key in counted])
    for key in counted:
        cells = [
            (task, cell)
            for task in challenges_of(scoring, key, board)
            if (cell := outcome.cells.get((key, task.key, row.group))) is not None
        ]
        yield from _in_round(rounds[key], cells, weights[key] / whole)


def _in_round(spec: RoundSpec, cells: list[tuple[ChallengeSpec, Cell]], share: Fraction) -> Iterator[tuple[Place, Fraction]]:
    present = [task.weight for task, cell in cells if cell.score is not None or spec.missing is Missing.ZERO]
    whole = _whole(spec, present)
    for task, cell in cells:
        if cell.score is not None and task.format is Format.RUBRIC:
            for panel, part in _panels(task):
                yield (cell.round, task.key, panel), share * task.weight / whole * part


def _panels(task: ChallengeSpec) -> Iterator[tuple[str, Fraction]]:
    """What one point of each panel's value moves the score of the task by."""
    marked = {
        panel.key: [one.weight for one in task.marked_criteria if task.panel_of(one) == panel.key] for panel in task.judges_panels
    }
    whole = _whole(task, [weight for weights in marked.values() for weight in weights])
    factor = ONE
    for step in task.adjust:
        if isinstance(step.times, Fraction):
            factor *= step.times
    for panel, weights in marked.items():
        if weights:
            yield panel, factor * (total(weights) / whole if task.combine is Aggregate.MEAN else ONE)


def _whole(spec: BoardSpec | RoundSpec | ChallengeSpec, weights: list[Fraction]) -> Fraction:
    """What a weighted sum is divided by."""
    return (total(weights) if spec.combine is Aggregate.MEAN else ONE) or ONE
