"""Ranking: sort by the order, equal keys share a place, `equal` joins neighbours, `break` splits a tie."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from leaderboards.engine.checks import Problem
from leaderboards.engine.facts import Decision
from leaderboards.engine.names import OrderKey
from leaderboards.engine.numbers import parse
from leaderboards.engine.outcome import Value

type Keys = tuple[Value | None, ...]
type SortKey = tuple[object, ...]


def sort_key(keys: Keys, order: Sequence[OrderKey]) -> SortKey:
    """What sorts a row: best first; a missing value stands last whatever the direction; of two lists that agree, the longer is better."""
    return tuple(_part(value, low=step.low) for value, step in zip(keys, order, strict=True))


def _part(value: Value | None, *, low: bool) -> tuple[object, ...]:
    if value is None:
        return (1,)
    if isinstance(value, Fraction):
        return (0, value if low else -value)
    end = (-1,) if low else (1,)
    return (0, *((0, one if low else -one) for one in value), end)


def ties(keys: Mapping[str, Keys], order: Sequence[OrderKey]) -> list[list[str]]:
    """Groups with equal keys together, best first; inside a tie the key of the group sorts only what is shown."""
    ranked = sorted((sort_key(values, order), group) for group, values in keys.items())
    found: list[list[str]] = []
    last: SortKey | None = None
    for key, group in ranked:
        if found and key == last:
            found[-1].append(group)
        else:
            found.append([group])
        last = key
    return found


def join(ties_: Sequence[Sequence[str]], decisions: Iterable[Decision], problems: list[Problem]) -> list[list[str]]:
    """Apply `equal`: all ties from the one of `group` to the one of `other` must be joined by such decisions, so that only neighbours share."""
    position = {group: number for number, tie in enumerate(ties_) for group in tie}
    joined: set[int] = set()
    pending: list[tuple[int, int, Decision]] = []
    for one in decisions:
        if one.group in position and one.other in position:
            low, high = sorted((position[one.group], position[one.other]))
            if high - low == 1:
                joined.add(low)
            elif high - low > 1:
                pending.append((low, high, one))
    for low, high, one in pending:
        if not all(number in joined for number in range(low, high)):
            message = f'"{one.group}" cannot share the place of "{one.other}" on board "{one.board}": they are not neighbours'
            problems.append(Problem("decisions", message))
    result: list[list[str]] = []
    for number, tie in enumerate(ties_):
        if number - 1 in joined:
            result[-1] = sorted([*result[-1], *tie])
        else:
            result.append(list(tie))
    return result


def split(ties_: Iterable[Sequence[str]], decisions: Iterable[Decision], problems: list[Problem]) -> list[list[str]]:
    """Apply `break`: its numbers order groups inside a tie; those of the tie without a number stay together behind."""
    numbers: dict[str, Fraction] = {}
    for one in decisions:
        try:
            numbers[one.group] = parse(one.value)
        except ValueError:
            problems.append(Problem("decisions", f'break of "{one.group}" needs a number 1, 2, …, found "{one.value}"'))
    result: list[list[str]] = []
    for tie in ties_:
        broken = [group for group in tie if group in numbers]
        if len(tie) == 1 and broken:
            problems.append(
                Problem("decisions", f'break of "{tie[0]}": it shares its place with nobody, so there is no tie to break')
            )
        for number in sorted({numbers[group] for group in broken}):
            result.append([group for group in broken if numbers[group] == number])
        rest = [group for group in tie if group not in numbers]
        if rest:
            result.append(rest)
    return result
