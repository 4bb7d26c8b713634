"""Awards: who earns them by place, value, share or decision, one of a set; whom they pass by; and money in whole cents."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from leaderboards.engine.checks import Problem, Severity
from leaderboards.engine.cuts import brackets
from leaderboards.engine.facts import DecisionKind
from leaderboards.engine.index import Index
from leaderboards.engine.language import gettext as _
from leaderboards.engine.lineup import Out, Tie, line_up, share_count, who_is_out
from leaderboards.engine.names import split_order
from leaderboards.engine.outcome import AwardResult, BoardResult, Passed, Row, Winner
from leaderboards.engine.spec import AwardSpec, AwardTies, PlaceStyle, Scoring, expand_boards


def give_awards(
    scoring: Scoring, boards: Mapping[str, BoardResult], index: Index, problems: list[Problem]
) -> tuple[AwardResult, ...]:
    """Give the awards in file order; of the awards of one set a group gets only the first that it earns."""
    given: list[tuple[AwardSpec, AwardResult]] = []
    main = next(iter(boards), "")
    styles = {one.id: one.places for one in expand_boards(scoring)}
    for award in scoring.awards:
        board = boards.get(award.board or main)
        if board is None:
            problems.append(Problem(f'award "{award.key}"', _('"{board}" is not a board', board=award.board or main)))
            continue
        out = who_is_out(award, scoring.awards, given, index, main)
        chosen = frozenset(one.group for one in index.decided(DecisionKind.AWARD) if one.value == award.key)
        giving = Giving(award, board, styles[board.key], out, chosen, _base(scoring, award))
        given.append((award, giving.result(problems)))
    return tuple(result for __, result in given)


def _base(scoring: Scoring, award: AwardSpec) -> AwardSpec | None:
    """The award whose earners a share is a share of."""
    return next((one for one in scoring.awards if one.key == award.share_of), None)


@dataclass(frozen=True, slots=True)
class Giving:
    """One award on its board. `chosen`: groups named by decisions for it; `base`: the award whose earners its share counts."""

    award: AwardSpec
    board: BoardResult
    style: PlaceStyle
    out: Out
    chosen: frozenset[str]
    base: AwardSpec | None = None

    def result(self, problems: list[Problem]) -> AwardResult:
        """Winners, money and whom it passed by, for each value of `within` alone."""
        winners: list[Winner] = []
        passed: list[Passed] = []
        budget = 0
        for rows in self._fields():
            line = line_up(self.award, rows, self.out, self.style, self.chosen)
            earners = self._earners(line, rows)
            cents = _cents(self.award, line, earners)
            won = [row for row in earners if row.group not in self.out.why]
            winners += sorted((Winner(row.group, row.place, cents.get(row.group, 0)) for row in won), key=_order(rows))
            passed += self._passed(rows, [row for row in won if cents.get(row.group) or not self._only_pays])
            budget += self._budget
            problems += self._undecided(line)
        winners += [Winner(group, None, 0) for group in self._missing() if group not in self.out.why]
        if self._only_pays:
            winners = [winner for winner in winners if winner.cents]
        budget = budget or self._budget
        paid = sum(winner.cents for winner in winners)
        return AwardResult(self.award.key, self.award.kind, tuple(winners), budget, budget - paid, tuple(passed))

    @property
    def _budget(self) -> int:
        return self.award.pool if self.award.pool is not None else sum(self.award.amounts or ())

    @property
    def _only_pays(self) -> bool:
        """Whether money alone says who wins: then whoever gets none has won nothing."""
        one = self.award
        return one.places is None and one.at_least is None and one.share is None and not one.decided

    def _fields(self) -> list[list[Row]]:
        if self.award.decided:
            return [[row for row in self.board.rows if row.group in self.chosen]]
        return [rows for __, rows in brackets(self.board.rows)]

    def _missing(self) -> list[str]:
        return sorted(self.chosen - {row.group for row in self.board.rows}) if self.award.decided else []

    def _earners(self, line: Sequence[Tie], rows: Sequence[Row]) -> list[Row]:
        """Those of the line who meet every condition; a decision needs none beside it."""
        base = len(rows)
        if self.base is not None:
            alone = Giving(self.base, self.board, self.style, Out({}, frozenset()), frozenset())
            base = len(alone._earners(line_up(self.base, rows, alone.out, self.style, ()), rows))
        return list(_earning(self.award, self.board, line, base))

    def _passed(self, rows: Sequence[Row], won: Collection[Row]) -> list[Passed]:
        """Whom the award passed by on its way down to the last who won it; where nobody is left to win it, all who stood in its way."""
        last = max((number for number, row in enumerate(rows) if row in won), default=len(rows))
        return [
            Passed(row.group, row.place, self.out.why[row.group])
            for row in rows[:last]
            if row.group in self.out.gone and self._steps_down
        ]

    @property
    def _steps_down(self) -> bool:
        """Whether there is a next one: not where a value or a decision alone says who wins."""
        one = self.award
        return not one.decided and (
            one.places is not None or one.share is not None or one.amounts is not None or one.parts is not None
        )

    def _undecided(self, line: Sequence[Tie]) -> Iterator[Problem]:
        for tie in line:
            if tie.waits:
                message = _(
                    "a tie must be decided: who of {names} comes first", names=", ".join(sorted(row.group for row in tie.rows))
                )
                yield Problem(f'award "{self.award.key}"', message, Severity.WARNING)


def _order(rows: Sequence[Row]) -> Callable[[Winner], int]:
    """A key for sorted(): winners as they stand in `rows`."""
    numbers = {row.group: number for number, row in enumerate(rows)}
    return lambda winner: numbers[winner.group]


def _earning(award: AwardSpec, board: BoardResult, line: Sequence[Tie], base: int) -> Iterator[Row]:
    count = None if award.share is None else share_count(award.share, base, award.edge, [len(tie.rows) for tie in line])
    before = 0
    for tie in line:
        here = award.decided or (
            not tie.waits
            and (award.places is None or (tie.place is not None and award.places[0] <= tie.place <= award.places[1]))
            and (count is None or before < count)
        )
        if here:
            yield from (row for row in tie.rows if award.decided or award.at_least is None or reaches(award, board, row))
        before += len(tie.rows)


def reaches(award: AwardSpec, board: BoardResult, row: Row) -> bool:
    """Whether the value is at least (or at most, where the board orders it low) what the award asks for."""
    value = _value(award, row)
    if award.at_least is None or value is None:
        return False
    low = (award.by, True) in {split_order(text) for text in board.order}
    return value <= award.at_least if low else value >= award.at_least


def _value(award: AwardSpec, row: Row) -> Fraction | None:
    value = row.values.get(award.by) if award.by != "score" else row.score
    return value if isinstance(value, Fraction) else None


# --- Money ----------------------------------------------------------------------------------------------------------------------------


def _cents(award: AwardSpec, line: Sequence[Tie], earners: Collection[Row]) -> dict[str, int]:
    """The cents of each row: by place where places or amounts alone decide, else by order among those who earn the award."""
    if award.pool is not None and award.parts is None:
        return _pooled(award, earners)
    table = tuple(largest_remainder(award.pool, award.parts or ())) if award.pool is not None else award.amounts
    if table is None:
        return {}
    ties = [[row.group for row in tie.rows] for tie in line]
    if award.places is not None:
        table = (0,) * (award.places[0] - 1) + table
    elif award.decided or award.at_least is not None or award.share is not None:
        wins = {row.group for row in earners}
        ties = [tie for tie in ([group for group in tie if group in wins] for tie in ties) if tie]
    waiting = {row.group for tie in line if tie.waits for row in tie.rows}
    return {group: cents for group, cents in pay(table, ties, award.ties).items() if group not in waiting}


def _pooled(award: AwardSpec, earners: Collection[Row]) -> dict[str, int]:
    """A pool among all who earn the award: equally, or in proportion to a value; who has none, or less than nothing, gets none."""
    weights = [max(_value(award, row) or Fraction(0), Fraction(0)) if award.by_value else Fraction(1) for row in earners]
    if not any(weights):
        return {}
    return dict(zip((row.group for row in earners), largest_remainder(award.pool or 0, weights), strict=True))


def pay(table: Sequence[int], ties: Sequence[Sequence[str]], rule: AwardTies) -> dict[str, int]:
    """Cents by position. split: tied groups share what their positions are worth, left-over cents one by one in order (O-PGA, O-TIE).

    each: every tied group gets the amount of the first of their positions. What no position takes stays unpaid.
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
