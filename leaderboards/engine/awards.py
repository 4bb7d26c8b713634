"""Awards: who earns them by place, value, share or decision, one of a set; and money in whole cents."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from leaderboards.engine.checks import Problem
from leaderboards.engine.cuts import brackets
from leaderboards.engine.facts import DecisionKind
from leaderboards.engine.index import Index
from leaderboards.engine.names import split_order
from leaderboards.engine.outcome import AwardResult, BoardResult, Row, Winner
from leaderboards.engine.spec import AwardSpec, AwardTies, Scoring

type Positions = list[list[Row]]
"""Rows that share a place together, best first: a tie of t rows fills t positions whatever the style of its number."""


def give_awards(
    scoring: Scoring, boards: Mapping[str, BoardResult], index: Index, problems: list[Problem]
) -> tuple[AwardResult, ...]:
    """Give the awards in file order; of the awards of one set a group gets only the first that it earns."""
    taken: dict[str, set[str]] = {}
    results = []
    main = next(iter(boards), "")
    for award in scoring.awards:
        board = boards.get(award.board or main)
        if board is None:
            problems.append(Problem(f'award "{award.key}"', f'"{award.board or main}" is not a board'))
            continue
        excluded = taken.setdefault(award.set, set()) if award.set is not None else set()
        result = _give(award, board, index, frozenset(excluded))
        excluded.update(winner.group for winner in result.winners)
        results.append(result)
    return tuple(results)


def _give(award: AwardSpec, board: BoardResult, index: Index, excluded: frozenset[str]) -> AwardResult:
    winners: list[Winner] = []
    budget = paid = 0
    decided = {one.group for one in index.decided(DecisionKind.AWARD) if one.value == award.key} if award.decided else None
    chosen = brackets(board.rows) if decided is None else [("", [row for row in board.rows if row.group in decided])]
    missing = sorted((decided or set()) - {row.group for row in board.rows})
    for _, rows in chosen:
        cents = _cents(award, board, rows)
        earners = [row for row in rows if _earns(award, board, row, rows)]
        winners += [Winner(row.group, row.place, cents.get(row.group, 0)) for row in earners if row.group not in excluded]
        budget += sum(award.amounts or ())
    winners += [Winner(group, None, 0) for group in missing if group not in excluded]
    if award.places is None and award.at_least is None and award.share is None and not award.decided:
        winners = [winner for winner in winners if winner.cents]
    budget = budget or sum(award.amounts or ())
    paid = sum(winner.cents for winner in winners)
    return AwardResult(award.key, award.kind, tuple(winners), budget, budget - paid)


def _earns(award: AwardSpec, board: BoardResult, row: Row, rows: Sequence[Row]) -> bool:
    """Whether a row meets every condition of the award; a decision needs none beside it."""
    if award.decided:
        return True
    if award.places is not None and not (row.place is not None and award.places[0] <= row.place <= award.places[1]):
        return False
    if award.at_least is not None and not reaches(award, board, row):
        return False
    return award.share is None or in_share(award.share, row, rows)


def reaches(award: AwardSpec, board: BoardResult, row: Row) -> bool:
    """Whether the value is at least (or at most, where the board orders it low) what the award asks for."""
    value = row.values.get(award.by) if award.by != "score" else row.score
    if award.at_least is None or not isinstance(value, Fraction):
        return False
    low = (award.by, True) in {split_order(text) for text in board.order}
    return value <= award.at_least if low else value >= award.at_least


def in_share(share: Fraction, row: Row, rows: Sequence[Row]) -> bool:
    """Whether a row is in the best part of the field: the share rounds down, the tie at its edge goes in."""
    count = math.floor(share * len(rows))
    return count > 0 and row.place is not None and rows[count - 1].place is not None and row.place <= (rows[count - 1].place or 0)


def positions(rows: Sequence[Row]) -> Positions:
    """The ties in order."""
    found: Positions = []
    for row in rows:
        if found and found[-1][0].place == row.place:
            found[-1].append(row)
        else:
            found.append([row])
    return found


def _cents(award: AwardSpec, board: BoardResult, rows: Sequence[Row]) -> dict[str, int]:
    """The cents of each row: by place where places or amounts alone decide, else by order among those who earn the award."""
    if award.amounts is None:
        return {}
    table = award.amounts
    if award.places is not None:
        table = (0,) * (award.places[0] - 1) + table
    elif award.decided or award.at_least is not None or award.share is not None:
        rows = [row for row in rows if _earns(award, board, row, rows)]
    return pay(table, [[row.group for row in tie] for tie in positions(rows)], award.ties)


def pay(table: Sequence[int], ties: Sequence[Sequence[str]], rule: AwardTies) -> dict[str, int]:
    """Cents by position. split: tied groups share what their positions are worth, left-over cents one by one in order (O-PGA, O-TIE).

    each: every tied group gets the amount of the first of their positions. Nothing is rolled down: what no position takes stays unpaid.
    """
    paid: dict[str, int] = {}
    before = 0
    for tie in ties:
        worth = table[before : before + len(tie)]
        if rule is AwardTies.EACH:
            paid.update(dict.fromkeys(tie, worth[0] if worth else 0))
        else:
            each, left = divmod(sum(worth), len(tie))
            paid.update({group: each + (number < left) for number, group in enumerate(tie)})
        before += len(tie)
    return paid


def largest_remainder(cents: int, weights: Sequence[Fraction]) -> list[int]:
    """Split a pool by weights into whole cents whose sum is exact: the largest remainders get the left-over cents, the first in order on equal ones (O-LR)."""
    whole = sum(weights, Fraction(0))
    exact = [cents * weight / whole for weight in weights]
    shares = [math.floor(share) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda number: (shares[number] - exact[number], number))
    for number in by_remainder[: cents - sum(shares)]:
        shares[number] += 1
    return shares
