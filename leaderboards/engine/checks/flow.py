"""Checks of rounds, cuts and awards: keys, time, who goes where, what can be won."""

from collections.abc import Iterator

from leaderboards.engine.checks.problem import Problem, Severity, nearest, repeated, share_problem, unknown, weight_problems
from leaderboards.engine.language import gettext as _
from leaderboards.engine.names import RESERVED, challenges_of, known_names, resolve
from leaderboards.engine.spec import (
    Aggregate,
    AwardSpec,
    AwardTies,
    BoardSpec,
    CutSpec,
    Rows,
    Scoring,
    board_rounds,
    expand_boards,
)


def round_problems(scoring: Scoring) -> Iterator[Problem]:
    """Everything wrong with the rounds."""
    if not scoring.rounds:
        yield Problem("rounds", _("at least one round is needed"))
    yield from repeated("rounds", [one.key for one in scoring.rounds], "key")
    before = None
    for one in scoring.rounds:
        path = f'round "{one.key}"'
        if one.key in RESERVED:
            yield Problem(path, _('the key "{key}" has a meaning of its own in boards; choose another', key=one.key))
        if one.opens and one.closes and one.closes <= one.opens:
            yield Problem(
                path, _("closes {closes} before it opens {opens}", closes=one.closes.isoformat(), opens=one.opens.isoformat())
            )
        if before and one.opens and one.opens < before:
            yield Problem(path, _("opens before the round written above it; rounds stand in order of time"), Severity.WARNING)
        before = one.opens or before
        tasks = challenges_of(scoring, one.key)
        weights = {task.key: task.weight for task in tasks}
        yield from weight_problems(f"{path}.challenges", weights, mean=one.combine is Aggregate.MEAN)
        if one.best is not None and one.best > len(tasks):
            yield Problem(
                f"{path}.best",
                _("{best} is more than the {count} challenges of the round", best=one.best, count=len(tasks)),
                Severity.WARNING,
            )
        if not tasks:
            yield Problem(path, _("has no challenge, so nothing is scored in it"), Severity.WARNING)


def cut_problems(scoring: Scoring) -> Iterator[Problem]:
    """Everything wrong with the cuts. A cut only looks back, so no circle is possible."""
    boards = {board.id: board for board in expand_boards(scoring)}
    rounds = [one.key for one in scoring.rounds]
    for cut in scoring.cuts:
        path = f'cut to "{cut.to}"'
        given = [name for name in ("first", "share", "at_least") if getattr(cut, name) is not None] + (["all"] if cut.all else [])
        if len(given) != 1:
            yield Problem(
                path,
                _("exactly one of first, share, at_least, all is needed, found: {names}", names=", ".join(given) or _("none")),
            )
        yield from share_problem(path, cut.share)
        if cut.to not in rounds:
            yield unknown(f"{path}.to", cut.to, "round", rounds)
        if cut.board not in boards:
            yield unknown(f"{path}.board", cut.board, "board", boards)
        else:
            yield from _looks_back(scoring, cut, boards[cut.board], path)


def _looks_back(scoring: Scoring, cut: CutSpec, board: BoardSpec, path: str) -> Iterator[Problem]:
    rounds = [one.key for one in scoring.rounds]
    if board.rows is Rows.RECORDS:
        yield Problem(
            f"{path}.board",
            _('board "{board}" lists records, which have no places; a cut needs a board of groups', board=board.id),
        )
    if isinstance(cut.first, dict) and board.within is None:
        yield Problem(f"{path}.first", _('a number per division needs within on board "{board}"', board=board.id))
    if cut.to in rounds:
        for one in board_rounds(scoring, board):
            if rounds.index(one.key) >= rounds.index(cut.to):
                yield Problem(
                    path,
                    _('board "{board}" counts round "{key}", which is not before "{to}"', board=board.id, key=one.key, to=cut.to),
                )


def award_problems(scoring: Scoring) -> Iterator[Problem]:
    """Everything wrong with the awards."""
    boards = expand_boards(scoring)
    yield from repeated("awards", [award.key for award in scoring.awards], "key")
    if scoring.awards and not boards:
        yield Problem("awards", _("awards need at least one board"))
    for award in scoring.awards:
        path = f'award "{award.key}"'
        board = next((one for one in boards if award.board in {None, one.id}), None)
        if board is None and award.board is not None:
            yield unknown(f"{path}.board", award.board, "board", [one.id for one in boards])
        yield from _award(scoring, award, board, path)


def _award(scoring: Scoring, award: AwardSpec, board: BoardSpec | None, path: str) -> Iterator[Problem]:
    rules = [award.places, award.at_least, award.share, award.amounts, award.pool]
    if not award.decided and all(rule is None for rule in rules):
        yield Problem(path, _("at least one of places, at_least, share, decided, amounts, pool is needed, found: none"))
    yield from _money(award, path)
    yield from _share_of(scoring, award, path)
    if award.places is not None and not 1 <= award.places[0] <= award.places[1]:
        yield Problem(
            f"{path}.places",
            _(
                "expected [from, to] with 1 <= from <= to, found [{places}, {places2}]",
                places=award.places[0],
                places2=award.places[1],
            ),
        )
    yield from share_problem(path, award.share)
    if award.amounts == ():
        yield Problem(f"{path}.amounts", _("at least one amount in cents is needed"))
    if board is None:
        return
    if board.rows is Rows.RECORDS:
        yield Problem(
            f"{path}.board",
            _('board "{board}" lists records, which have no places; an award needs a board of groups', board=board.id),
        )
    if resolve(scoring, board, award.by) is None:
        guess = nearest(award.by, known_names(scoring, board))
        yield Problem(
            f"{path}.by", _('"{by}" is not a known value of board "{board}"{guess}', by=award.by, board=board.id, guess=guess)
        )


def _money(award: AwardSpec, path: str) -> Iterator[Problem]:
    if award.pool is not None and award.amounts is not None:
        yield Problem(f"{path}.pool", _("either amounts or a pool, not both"))
    if award.parts is not None and (award.pool is None or not award.parts or min(award.parts) < 0 or not any(award.parts)):
        yield Problem(f"{path}.parts", _("parts split a pool: numbers from 0 on, one of them more than 0"))
    if award.by_value and (award.pool is None or award.parts is not None):
        yield Problem(f"{path}.by_value", _("by_value splits a pool that has no parts"))
    if award.pool is not None and award.ties is AwardTies.EACH:
        yield Problem(f"{path}.ties", _('a pool is split, so "each" cannot get a whole amount of it'))
    if award.ties is AwardTies.DECIDE and award.pool is not None and award.parts is None:
        yield Problem(f"{path}.ties", _("a pool without parts knows no places, so there is no tie to decide"))


def _share_of(scoring: Scoring, award: AwardSpec, path: str) -> Iterator[Problem]:
    if award.share_of is None:
        return
    other = next((one for one in scoring.awards if one.key == award.share_of), None)
    if award.share is None:
        yield Problem(f"{path}.share_of", _("share_of needs a share"))
    if other is None:
        known = ", ".join(one.key for one in scoring.awards)
        yield Problem(f"{path}.share_of", _('"{share_of}" is not an award; known: {known}', share_of=award.share_of, known=known))
    elif other.share_of is not None or other.decided or other.board != award.board:
        yield Problem(
            f"{path}.share_of", _('"{other}" must be an award of the same board, by itself and not by decision', other=other.key)
        )
