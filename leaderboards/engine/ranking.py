"""Ranking: sort by the order, equal keys share a place, `equal` joins neighbours, `break` splits a tie."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from leaderboards.engine.checks import Problem
from leaderboards.engine.facts import Decision
from leaderboards.engine.language import gettext as _
from leaderboards.engine.names import OrderKey
from leaderboards.engine.numbers import parse
from leaderboards.engine.outcome import Value

type Keys = tuple[Value | None, ...]


def ties(keys: Mapping[str, Keys], order: Sequence[OrderKey]) -> list[list[str]]:
    """Groups with equal keys together, best first; inside a tie the key of the group sorts only what is shown."""
    groups = sorted(keys)
    columns = [standings([keys[group][number] for group in groups], low=step.low) for number, step in enumerate(order)]
    rows = list(zip(*columns, strict=True)) if columns else [()] * len(groups)
    found: list[list[str]] = []
    last: tuple[int, ...] | None = None
    for row, group in sorted(zip(rows, groups, strict=True)):
        if found and row == last:
            found[-1].append(group)
        else:
            found.append([group])
        last = row
    return found


def standings(column: Sequence[Value | None], *, low: bool) -> list[int]:
    """How each value of a column stands among the different ones, 0 the best; a missing value stands last whatever the direction.

    Lists are compared entry by entry; where all agree, the shorter is the lower.
    """
    distinct = {_identity(value): value for value in column if value is not None}
    best_first = sorted(distinct, key=lambda one: _comparable(distinct[one]), reverse=not low)
    stands = {identity: number for number, identity in enumerate(best_first)}
    return [len(stands) if value is None else stands[_identity(value)] for value in column]


def _identity(value: Value) -> tuple[object, ...]:
    """What is equal exactly when the values are, and quicker to hash than a fraction."""
    return value.as_integer_ratio() if isinstance(value, Fraction) else value


def _comparable(value: Value) -> tuple[Fraction, ...]:
    return (value,) if isinstance(value, Fraction) else value


def join(ties_: Sequence[Sequence[str]], decisions: Iterable[Decision], problems: list[Problem]) -> list[list[str]]:
    """Apply `equal`: the ties of `group` and `other` become one if they are neighbours, also once others between them are joined."""
    result = [list(tie) for tie in ties_]
    waiting = list(decisions)
    while waiting:
        position = {group: number for number, tie in enumerate(result) for group in tie}
        known = [one for one in waiting if one.group in position and one.other in position]
        apart = [one for one in known if position[one.group] != position[one.other]]
        near = next((one for one in apart if abs(position[one.group] - position[one.other]) == 1), None)
        if near is None:
            problems += [_strangers(one) for one in apart]
            return result
        first = min(position[near.group], position[near.other])
        result[first : first + 2] = [sorted(result[first] + result[first + 1])]
        waiting = [one for one in apart if one is not near]
    return result


def _strangers(one: Decision) -> Problem:
    message = _(
        '"{group}" cannot share the place of "{other}" on board "{board}": they are not neighbours',
        group=one.group,
        other=one.other,
        board=one.board,
    )
    return Problem("decisions", message)


def split(ties_: Iterable[Sequence[str]], decisions: Iterable[Decision], problems: list[Problem]) -> list[list[str]]:
    """Apply `break`: its numbers order groups inside a tie; those of the tie without a number stay together behind."""
    numbers: dict[str, Fraction] = {}
    for one in decisions:
        try:
            numbers[one.group] = parse(one.value)
        except ValueError:
            problems.append(
                Problem(
                    "decisions", _('break of "{group}" needs a number 1, 2, …, found "{value}"', group=one.group, value=one.value)
                )
            )
    result: list[list[str]] = []
    for tie in ties_:
        broken = [group for group in tie if group in numbers]
        if len(tie) == 1 and broken:
            problems.append(
                Problem(
                    "decisions", _('break of "{tie}": it shares its place with nobody, so there is no tie to break', tie=tie[0])
                )
            )
        result += [[group for group in broken if numbers[group] == number] for number in sorted({numbers[one] for one in broken})]
        rest = [group for group in tie if group not in numbers]
        if rest:
            result.append(rest)
    return result
