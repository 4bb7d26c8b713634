"""Why did a group move between two published states: what each round gave it, and who is ahead of it now and was not. Pure, and exact.

Rows are those that snapshots keep. What is listed always adds up: the parts to the change of score, who came ahead and who fell behind to
the change of rank. What cannot be told apart is one part of its own, named `rest`, never spread over the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from leaderboards.engine import numbers
from leaderboards.engine.aggregate import aggregate, aggregate_rule
from leaderboards.engine.names import Kind, order_keys
from leaderboards.engine.numbers import ZERO, total
from leaderboards.engine.spec import BoardSpec, Scoring, board_rounds, board_weights

type Row = Mapping[str, Any]
"""entry, line, name, bracket, rank, place, score, values, ... with number texts."""


class PartKind(StrEnum):
    """What changed: the rules, a round, points by an act, or what none of these explains."""

    RULES = "rules"
    ROUND = "round"
    POINTS = "points"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the change of score: `change` points, from `before` to `after` where it is a round's score. `key`: the round, or the rule. `seal`, `at`: of the act that earned it."""

    kind: PartKind
    key: str
    change: Fraction
    before: Fraction | None = None
    after: Fraction | None = None
    seal: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Crossing:
    """Another row that changed sides: its score before and now. None: it was not there, or has none."""

    entry: str
    name: str
    before: Fraction | None
    after: Fraction | None


@dataclass(frozen=True, slots=True)
class Others:
    """Who is ahead of us now and was behind, the other way round, who came ahead of us and who left. Their counts make the change of rank."""

    passed_us: tuple[Crossing, ...]
    we_passed: tuple[Crossing, ...]
    came: tuple[Crossing, ...]
    left: tuple[Crossing, ...]

    @property
    def change(self) -> int:
        """Ranks lost (+) or won (-)."""
        return len(self.passed_us) + len(self.came) - len(self.we_passed) - len(self.left)


def number_of(row: Row | None, name: str = "score") -> Fraction | None:
    """The number behind a text of a row; None where there is none."""
    text = row.get(name) if row is not None else None
    return numbers.parse(text) if isinstance(text, str) and text else None


def score_change(before: Row, after: Row) -> Fraction:
    """How much the score changed; no score counts as nothing."""
    return (number_of(after) or ZERO) - (number_of(before) or ZERO)


# --- Our own ------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sum:
    """How a board makes a score of what its rounds count."""

    scoring: Scoring
    board: BoardSpec

    def rounds(self) -> list[str]:
        """Those that count, in order of time."""
        return [one.key for one in board_rounds(self.scoring, self.board)]

    def score(self, values: Mapping[str, Fraction | None]) -> Fraction:
        """The score of these round values; nothing counts as nothing."""
        weights = board_weights(self.scoring, self.board)
        low = any(step.low for step in order_keys(self.scoring, self.board) if step.value.kind is Kind.SCORE)
        rule = aggregate_rule(self.board, self.scoring.rounding)
        return aggregate(rule, [(weights[key], values.get(key)) for key in self.rounds()], low=low) or ZERO


def round_parts(
    before: Row, after: Row, rules: tuple[Scoring, BoardSpec], earlier: tuple[Scoring, BoardSpec] | None = None
) -> list[Part]:
    """What the rules and each round gave, one after the other in order of time, so that they add up whatever the rules are.

    `earlier`: the rules of the state before, where these were others. A round that counts only as one of the best n is told by what it
    changed in the sum; one that replaces another counts the difference.
    """
    now, then = _Sum(*rules), _Sum(*(earlier or rules))
    keys = list(dict.fromkeys([*then.rounds(), *now.rounds()]))
    old, new = ({key: _value(row, key) for key in keys} for row in (before, after))
    found, at, values = [], then.score(old), dict(old)
    if earlier is not None:
        found.append(Part(PartKind.RULES, "", now.score(old) - at))
        at = now.score(old)
    for key in keys:
        if old[key] == new[key]:
            continue
        values[key] = new[key]
        then_at, at = at, now.score(values)
        found.append(Part(PartKind.ROUND, key, at - then_at, old[key], new[key]))
    return with_rest(found, score_change(before, after))


def _value(row: Row, key: str) -> Fraction | None:
    return number_of(row["values"], key)


def with_rest(parts: Sequence[Part], change: Fraction) -> list[Part]:
    """The parts, and what is left of the change as one more; parts that change nothing and never did are left out."""
    rest = change - total([one.change for one in parts])
    kept = [one for one in parts if one.change or one.kind is PartKind.ROUND]
    return kept + ([Part(PartKind.REST, "", rest)] if rest else [])


# --- The others ---------------------------------------------------------------------------------------------------------------------------

NOBODY: Final = Others((), (), (), ())


def crossings(before: Sequence[Row], after: Sequence[Row], was: Row, now: Row) -> Others:
    """Who stands on the other side of us. Both rows are of us, each in its own state (where our key may be another one)."""
    old, new = _inside(before, was), _inside(after, now)
    ahead_then = {line for line, row in old.items() if row["rank"] < was["rank"]}
    ahead_now = {line for line, row in new.items() if row["rank"] < now["rank"]}

    def told(lines: set[tuple[str, int]]) -> tuple[Crossing, ...]:
        ordered = sorted(lines, key=lambda line: (new.get(line) or old[line])["rank"])
        return tuple(
            Crossing(
                line[0],
                str((new.get(line) or old[line])["name"]),
                number_of(old.get(line)),
                number_of(new.get(line)),
            )
            for line in ordered
        )

    above, below = ahead_now - ahead_then, ahead_then - ahead_now
    return Others(
        passed_us=told({line for line in above if line in old}),
        we_passed=told({line for line in below if line in new}),
        came=told({line for line in above if line not in old}),
        left=told({line for line in below if line not in new}),
    )


def _inside(rows: Sequence[Row], own: Row) -> dict[tuple[str, int], Row]:
    """The other rows of our bracket."""
    mine = (own["entry"], own["line"])
    return {
        (row["entry"], row["line"]): row
        for row in rows
        if row["bracket"] == own["bracket"] and (row["entry"], row["line"]) != mine
    }
