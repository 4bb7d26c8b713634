"""Cuts: who of a board enters a round: by number, share, value, or all; the tie at the line; wildcards."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from leaderboards.engine.checks import Problem, Severity
from leaderboards.engine.facts import DecisionKind
from leaderboards.engine.index import Index
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext
from leaderboards.engine.names import split_order
from leaderboards.engine.outcome import BoardResult, CutResult, Row, RowStatus
from leaderboards.engine.spec import CutSpec, CutTies


@dataclass(slots=True)
class Line:
    """One bracket's line: who is through for sure, who is tied across it, how many of these may pass."""

    through: list[str] = field(default_factory=list)
    tied: list[str] = field(default_factory=list)
    slots: int = 0


def apply_cut(cut: CutSpec, board: BoardResult, index: Index, problems: list[Problem]) -> CutResult:
    """Draw the line on the placed rows, for each value of `within` alone; then add the groups that advance by decision."""
    advance = [one.group for one in index.decided(DecisionKind.ADVANCE) if one.round == cut.to and one.board == cut.board]
    lines = [_line(cut, rows, within, board, problems) for within, rows in brackets(board.rows)]
    through = [group for line in lines for group in line.through]
    undecided: list[str] = []
    for line in lines:
        chosen = [group for group in line.tied if group in advance]
        through += chosen
        if line.tied and len(chosen) != line.slots:
            undecided += line.tied
            groups = ", ".join(line.tied)
            message = _(
                "a tie must be decided: {slots} of {groups} can go on, but decisions advance {count}",
                slots=line.slots,
                groups=groups,
                count=len(chosen),
            )
            problems.append(Problem(f'cut to "{cut.to}"', message))
    wildcards = [group for group in dict.fromkeys(advance) if group not in through]
    if len(wildcards) > cut.wildcards:
        problems.append(_too_many(cut, len(wildcards)))
    return CutResult(cut.board, cut.to, tuple(through), tuple(wildcards), tuple(undecided))


def _too_many(cut: CutSpec, found: int) -> Problem:
    verb = ngettext("group advances", "groups advance", found)
    allowed = ngettext("{count} wildcard", "{count} wildcards", cut.wildcards, count=cut.wildcards)
    return Problem(
        "decisions",
        _(
            '{found} {verb} from board "{board}" to "{to}" by decision, but the cut allows {allowed}',
            found=found,
            verb=verb,
            board=cut.board,
            to=cut.to,
            allowed=allowed,
        ),
    )


def brackets(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    """The placed rows of each value of `within`, best first."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.status is RowStatus.RANKED:
            found.setdefault(row.within, []).append(row)
    return list(found.items())


def _line(cut: CutSpec, rows: Sequence[Row], within: str, board: BoardResult, problems: list[Problem]) -> Line:
    if cut.all:
        return Line([row.group for row in rows])
    if cut.at_least is not None:
        low = ("score", True) in {split_order(text) for text in board.order}
        return Line(
            [
                row.group
                for row in rows
                if row.score is not None and (row.score <= cut.at_least if low else row.score >= cut.at_least)
            ]
        )
    count = _count(cut, len(rows), within)
    if cut.first is not None and count > len(rows):
        where = _(" in {within}", within=within) if within else ""
        message = _("first = {count}, but only {count2} groups{where} have a place", count=count, count2=len(rows), where=where)
        problems.append(Problem(f'cut to "{cut.to}"', message, Severity.WARNING))
    return _first(rows, count, cut.ties)


def _count(cut: CutSpec, size: int, within: str) -> int:
    """How many go on; a share rounds up."""
    if cut.share is not None:
        return math.ceil(cut.share * size)
    if isinstance(cut.first, dict):
        return cut.first.get(within, 0)
    return cut.first or 0


def _first(rows: Sequence[Row], count: int, rule: CutTies) -> Line:
    """The first n; who shares the last place goes on (include), stays (exclude), or waits for a decision (decide)."""
    if count <= 0:
        return Line()
    if count >= len(rows) or rows[count - 1].place != rows[count].place:
        return Line([row.group for row in rows[:count]])
    edge = rows[count - 1].place
    before = [row.group for row in rows[:count] if row.place != edge]
    tied = [row.group for row in rows if row.place == edge]
    match rule:
        case CutTies.INCLUDE:
            return Line(before + tied)
        case CutTies.EXCLUDE:
            return Line(before)
        case CutTies.DECIDE:
            return Line(before, tied, count - len(before))
