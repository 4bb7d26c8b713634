"""Checks of boards: keys, rounds and weights, order, points, fading, freeze."""

from collections.abc import Iterator

from leaderboards.engine.checks.challenges import label
from leaderboards.engine.checks.problem import Problem, Severity, nearest, repeated, unknown, weight_problems
from leaderboards.engine.language import gettext as _
from leaderboards.engine.names import Kind, cell_names, challenges_of, known_names, resolve, split_order
from leaderboards.engine.spec import (
    Aggregate,
    BoardSpec,
    ChallengeSpec,
    Format,
    Rows,
    Scoring,
    Source,
    board_rounds,
    board_weights,
    expand_boards,
)

TIMED = frozenset({Format.ATTEMPTS, Format.AUTOMATIC, Format.MEASURED})


def board_problems(scoring: Scoring) -> Iterator[Problem]:
    """Everything wrong with the boards."""
    for number, board in enumerate(scoring.boards):
        path = f"boards[{number}]"
        if board.each and (board.key is not None or board.rounds is not None or board.weights is not None):
            yield Problem(path, _("each stands instead of key, rounds and weights: one board per round, named after it"))
        if not board.each and board.key is None:
            yield Problem(path, _("key is missing; expected a key, or each = true"))
    boards = [board for board in expand_boards(scoring) if board.id]
    yield from repeated("boards", [board.id for board in boards], "key")
    for board in boards:
        yield from _board(scoring, board, f'board "{board.id}"')


def _board(scoring: Scoring, board: BoardSpec, path: str) -> Iterator[Problem]:
    rounds = [one.key for one in scoring.rounds]
    for key in (*(board.rounds or ()), *(board.weights or {})):
        if key not in rounds:
            yield unknown(path, key, "round", rounds)
        elif board.rounds is not None and key not in board.rounds:
            yield Problem(f"{path}.weights", _('round "{key}" has a weight but is not among the rounds of the board', key=key))
    tasks = [one.key for one in scoring.challenges]
    for key in board.challenges or ():
        if key not in tasks:
            yield unknown(f"{path}.challenges", key, "challenge", tasks)
    mean = board.combine is Aggregate.MEAN
    yield from weight_problems(f"{path}.weights", board_weights(scoring, board), mean=mean)
    yield from _order(scoring, board, path)
    yield from _options(scoring, board, path)


def _order(scoring: Scoring, board: BoardSpec, path: str) -> Iterator[Problem]:
    if not board.order:
        yield Problem(f"{path}.order", _("at least one value name is needed"))
    for text in board.order:
        split = split_order(text)
        value = resolve(scoring, board, split[0]) if split else None
        if split is None or value is None:
            guess = nearest(split[0] if split else text, known_names(scoring, board))
            yield Problem(
                f"{path}.order", _('"{text}" is not a known value, with "high" or "low" after it{guess}', text=text, guess=guess)
            )
        elif value.kind is Kind.SCORE and board.rows is Rows.GROUPS:
            yield from _direction(scoring, board, low=split[1])
        elif value.kind in {Kind.ROUND, Kind.CHALLENGE} and _also_inside(scoring, board, value.name):
            message = _(
                '"{name}" names a {kind} and also something inside a challenge; the {kind} is meant',
                name=value.name,
                kind=value.kind,
            )
            yield Problem(f"{path}.order", message, Severity.WARNING)


def _counted(scoring: Scoring, board: BoardSpec) -> dict[str, tuple[ChallengeSpec, ...]]:
    return {one.key: challenges_of(scoring, one.key, board) for one in board_rounds(scoring, board)}


def _also_inside(scoring: Scoring, board: BoardSpec, name: str) -> bool:
    return any(name in set(cell_names(task)) for tasks in _counted(scoring, board).values() for task in tasks)


def _direction(scoring: Scoring, board: BoardSpec, *, low: bool) -> Iterator[Problem]:
    """A score where low is better must be ordered low; points by place, by acts and of credit are always high."""
    if board.points is not None or board.source is not Source.ROUNDS:
        return
    tasks = [task for tasks in _counted(scoring, board).values() for task in tasks]
    where = f'board "{board.id}"'
    for task in tasks:
        if task.low and not low:
            yield Problem(label(scoring, task), _("lower is better, but {where} orders score high", where=where))
            return
    if tasks and low and not any(task.low for task in tasks):
        yield Problem(f"{where}.order", _("orders score low, but in all its challenges higher is better"), Severity.WARNING)
    if any(task.low for task in tasks) and not all(task.low for task in tasks):
        yield Problem(where, _("adds scores where lower is better to scores where higher is better"), Severity.WARNING)


def _options(scoring: Scoring, board: BoardSpec, path: str) -> Iterator[Problem]:
    rounds = board_rounds(scoring, board)
    tasks = [task for tasks in _counted(scoring, board).values() for task in tasks]
    if board.points == ():
        yield Problem(f"{path}.points", _('expected "borda" or at least one number'))
    if board.best is not None and board.best > len(rounds):
        yield Problem(
            f"{path}.best",
            _("{best} is more than the {count} rounds of the board", best=board.best, count=len(rounds)),
            Severity.WARNING,
        )
    if board.half_life is not None:
        if board.half_life <= 0:
            yield Problem(
                f"{path}.half_life", _("expected a number of days above 0, found {half_life}", half_life=board.half_life)
            )
        for one in rounds:
            if one.closes is None:
                yield Problem(
                    f"{path}.half_life",
                    _('round "{key}" has no closes, from which the age of its values is counted', key=one.key),
                )
    if board.freeze is not None and not any(task.format in TIMED for task in tasks):
        yield Problem(f"{path}.freeze", _("no challenge of this board has attempts, so nothing freezes"), Severity.WARNING)
    if board.rows is Rows.RECORDS and (not tasks or any(task.format is not Format.MEASURED for task in tasks)):
        yield Problem(f"{path}.rows", _("records need a board of measured challenges only; name them in challenges"))
    if board.within == "":
        yield Problem(f"{path}.within", _("expected the name of a column of the groups"))
