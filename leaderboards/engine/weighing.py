"""What the marks of a panel weigh on a board that adds up several: how much the score moves with one point of the panel's value.

Told where the score is a weighted sum or mean all the way. Panels that drop or pull marks are taken as their mean; results of attempts,
measurements and automatic checks are facts, about which no judge could have thought otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from leaderboards.engine.language import gettext_noop
from leaderboards.engine.names import challenges_of, split_order
from leaderboards.engine.numbers import ONE, total
from leaderboards.engine.outcome import Outcome, Row, RowStatus
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
POINTS: Final = gettext_noop("places are turned into points")
BEST: Final = gettext_noop("only the best of several results count")
FADES: Final = gettext_noop("results fade with time")
ORDER: Final = gettext_noop("the score is not what orders this board")
PAIRS: Final = gettext_noop("comparisons in pairs are added to other results")
RANKS: Final = gettext_noop("judges' ranks are added to other results")
FOLDS: Final = gettext_noop("a panel's value is not a mean of its marks")
DIVISIONS: Final = gettext_noop("tasks of divisions and missing ones share a mean")
FIELDS: Final = gettext_noop("a score is multiplied by a number of the entry")

type Place = tuple[str, str, str]
"""(round, challenge, panel)"""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A board of several judged results: `why` it cannot be told what a mark weighs, in words, or bracket by bracket its rows, best first.

    `rows`: [(group, score, panel → weight)].
    """

    why: str = ""
    rows: Mapping[str, list[tuple[str, Fraction, Mapping[Place, Fraction]]]] = field(default_factory=dict)


def untold(scoring: Scoring, board: BoardSpec) -> str | None:
    """Why the rules of a board let nobody tell what a mark weighs, in words; empty where they do.

    None where no judging stands behind the board, or only that of one panel on one task.
    """
    if board.source is not Source.ROUNDS or board.rows is not Rows.GROUPS:
        return None
    tasks = [task for one in board_rounds(scoring, board) for task in challenges_of(scoring, one.key, board)]
    judged = [panel for task in tasks if task.format not in LIVE_FORMATS for panel in task.judges_panels]
    if not judged or len(tasks) == len(judged) == 1:
        return None
    return _why(scoring, board, tasks)


def weighed(scoring: Scoring, board: BoardSpec, outcome: Outcome) -> Weighed | None:
    """What each panel weighs for each row. None as in `untold`."""
    why = untold(scoring, board)
    if why is None:
        return None
    if why:
        return Weighed(why)
    rounds = [(one, challenges_of(scoring, one.key, board)) for one in board_rounds(scoring, board)]
    rows: dict[str, list[tuple[str, Fraction, Mapping[Place, Fraction]]]] = {}
    known: dict[_Present, Mapping[Place, Fraction]] = {}
    for row in outcome.boards[board.id].rows:
        if row.status is RowStatus.RANKED and row.score is not None:
            there = _present(rounds, board, outcome, row)
            if there not in known:
                known[there] = dict(_shares(board_weights(scoring, board), rounds, board, there))
            rows.setdefault(row.within, []).append((row.group, row.score, known[there]))
    return Weighed(rows=rows)


type _Rounds = Sequence[tuple[RoundSpec, Sequence[ChallengeSpec]]]
type _Present = tuple[tuple[bool, ...] | None, ...]
"""Round by round what is there of a row: None where the round does not count for it, else which of its tasks have a score. Rows alike in it
weigh alike. A task that is not set for the group's division has none.
"""


def _present(rounds: _Rounds, board: BoardSpec, outcome: Outcome, row: Row) -> _Present:
    return tuple(
        tuple(_scored(outcome, (spec.key, task.key, row.group)) for task in tasks)
        if row.rounds.get(spec.key) is not None or board.missing is Missing.ZERO
        else None
        for spec, tasks in rounds
    )


def _scored(outcome: Outcome, unit: tuple[str, str, str]) -> bool:
    cell = outcome.cells.get(unit)
    return cell is not None and cell.score is not None


def _why(scoring: Scoring, board: BoardSpec, tasks: Sequence[ChallengeSpec]) -> str:
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
        (
            any(one.missing is Missing.ZERO and one.combine is Aggregate.MEAN for one in rounds)
            and any(one.division for one in tasks),
            DIVISIONS,
        ),
        (any(step.times is not None and isinstance(step.times, str) for one in tasks for step in one.adjust), FIELDS),
    )
    return next((words for found, words in checks if found), "")


def _mean(task: ChallengeSpec) -> bool:
    return all(panel.combine in MEANS and panel.points is None for panel in task.judges_panels)


def _shares(
    weights: Mapping[str, Fraction], rounds: _Rounds, board: BoardSpec, there: _Present
) -> Iterator[tuple[Place, Fraction]]:
    counted = [(spec, tasks, scored) for (spec, tasks), scored in zip(rounds, there, strict=True) if scored is not None]
    whole = _whole(board, [weights[spec.key] for spec, _, _ in counted])
    for spec, tasks, scored in counted:
        yield from _in_round(spec, list(zip(tasks, scored, strict=True)), weights[spec.key] / whole)


def _in_round(spec: RoundSpec, tasks: Sequence[tuple[ChallengeSpec, bool]], share: Fraction) -> Iterator[tuple[Place, Fraction]]:
    whole = _whole(spec, [task.weight for task, scored in tasks if scored or spec.missing is Missing.ZERO])
    for task, scored in tasks:
        if scored and task.format is Format.RUBRIC:
            for panel, part in _panels(task):
                yield (spec.key, task.key, panel), share * task.weight / whole * part


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
