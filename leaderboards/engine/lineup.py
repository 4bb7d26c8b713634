"""Who stands in line for an award: without those whom it passes by, ties together, numbered as the board numbers them."""

import hashlib
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from leaderboards.engine.facts import DecisionKind
from leaderboards.engine.index import Index
from leaderboards.engine.outcome import AwardResult, PassWhy, Row
from leaderboards.engine.places import numbered
from leaderboards.engine.spec import AwardSpec, AwardTies, Edge, PlaceStyle

type Given = Sequence[tuple[AwardSpec, AwardResult]]
"""The awards given so far, in order."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Rows that share a place in the line. `waits`: only a decision says which of them is first."""

    place: Fraction | None
    rows: tuple[Row, ...]
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Out:
    """Who cannot get an award. `gone`: those of them who do not stand in its line at all, so that the next move up."""

    why: dict[str, PassWhy]
    gone: frozenset[str]


def who_is_out(award: AwardSpec, awards: Sequence[AwardSpec], given: Given, index: Index, main: str) -> Out:
    """Groups with another prize of the set, and those that forgo this award, or one before it of the same set on the same board.

    Whoever has a prize for a place of the same board that ends before this award's places begin still holds that place in the line.
    """
    why: dict[str, PassWhy] = {}
    holds: set[str] = set()
    for earlier, result in given:
        if award.set is None or earlier.set != award.set:
            continue
        got = [winner.group for winner in result.winners if winner.cents or earlier.kind != "money" or not earlier.pays]
        why.update(dict.fromkeys(got, PassWhy.HAS))
        if _before(earlier, award, main):
            holds.update(got)
    declined = {one.group for one in index.decided(DecisionKind.FORGO) if one.value in _shared_fate(award, awards, main)}
    why.update(dict.fromkeys(declined, PassWhy.DECLINED))
    return Out(why, frozenset(why) - (holds - declined) if award.pass_on else frozenset())


def _before(earlier: AwardSpec, award: AwardSpec, main: str) -> bool:
    same = (earlier.board or main) == (award.board or main)
    return same and earlier.places is not None and award.places is not None and earlier.places[1] < award.places[0]


def _shared_fate(award: AwardSpec, awards: Sequence[AwardSpec], main: str) -> set[str]:
    """The awards that, when forgone, mean this one too."""
    before = awards[: next(number for number, one in enumerate(awards) if one.key == award.key)]
    same = {
        one.key
        for one in before
        if award.set is not None and one.set == award.set and (one.board or main) == (award.board or main)
    }
    return same | {award.key}


def lot(award: str, group: str) -> str:
    """What orders groups that are equal in everything: the SHA-256 of both keys, which nobody can choose. Never the alphabet."""
    return hashlib.sha256(f"{award}\n{group}".encode(errors="surrogatepass")).hexdigest()


def line_up(award: AwardSpec, rows: Sequence[Row], out: Out, style: PlaceStyle, first: Collection[str]) -> list[Tie]:
    """The line, best first. `first`: groups that decisions put first within their tie, where the award asks for that."""
    stays = [row for row in rows if row.group not in out.gone]
    ties = _ties(award, stays)
    waits = [False] * len(ties)
    if award.ties is AwardTies.DECIDE:
        ties = [part for tie in ties for part in _parted(tie, first)]
        waits = _waiting(award, ties)
    if len(stays) == len(rows) and len(ties) == len({row.place for row in rows}):
        places: list[Fraction | None] = [tie[0].place for tie in ties]
    else:
        places = list(numbered(ties, style))
    return [Tie(place, tuple(tie), wait) for place, tie, wait in zip(places, ties, waits, strict=True)]


def _ties(award: AwardSpec, rows: Iterable[Row]) -> list[list[Row]]:
    """Rows that share a place together; inside a tie the lot orders them, which matters for a left-over cent only."""
    found: list[list[Row]] = []
    for row in rows:
        if found and found[-1][0].place == row.place:
            found[-1].append(row)
        else:
            found.append([row])
    return [sorted(tie, key=lambda row: lot(award.key, row.group)) for tie in found]


def _parted(tie: list[Row], first: Collection[str]) -> list[list[Row]]:
    chosen = [row for row in tie if row.group in first]
    rest = [row for row in tie if row.group not in first]
    return [part for part in (chosen, rest) if part]


def _waiting(award: AwardSpec, ties: Sequence[Sequence[Row]]) -> list[bool]:
    """A tie waits where its positions are not worth the same: across the end of the places, or of unequal amounts."""
    found, before, offset = [], 0, award.places[0] - 1 if award.places else 0
    table = award.amounts or award.parts or ()
    for tie in ties:
        positions = range(before, before + len(tie))
        inside = {award.places is None or award.places[0] - 1 <= one < award.places[1] for one in positions}
        worth = {table[one - offset] if 0 <= one - offset < len(table) else 0 for one in positions}
        found.append(len(inside) > 1 or len(worth) > 1)
        before += len(tie)
    return found


def share_count(share: Fraction, base: int, edge: Edge, sizes: Sequence[int]) -> int:
    """How many of the line are in a share of `base`: equal places are never separated. `sizes`: of the ties, best first (O-IMO, O-MED).

    include: rounded down, with all who share the last place. at_most: as many as fit. nearest: whichever comes nearer, fewer if equal.
    """
    wanted, sums = share * base, [0]
    for size in sizes:
        sums.append(sums[-1] + size)
    if edge is Edge.NEAREST:
        return min(sums, key=lambda count: (abs(count - wanted), count))
    if edge is Edge.AT_MOST:
        return max(count for count in sums if count <= wanted)
    return next((count for count in sums if count >= math.floor(wanted)), sums[-1])
