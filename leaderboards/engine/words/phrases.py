"""Small phrases that all rules in words share."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from leaderboards.engine import numbers
from leaderboards.engine.numbers import Rounding
from leaderboards.engine.spec import Aggregate, Missing, Scoring


def listed(words: Iterable[str], last: str = "and") -> str:
    """a, b and c."""
    row = list(words)
    return row[0] if len(row) == 1 else f"{', '.join(row[:-1])} {last} {row[-1]}" if row else ""


def plural(count: int, one: str, many: str = "") -> str:
    """1 mark, 2 marks."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def number(value: Fraction) -> str:
    """A number as people write it."""
    return numbers.text(value)


def percent(share: Fraction) -> str:
    """A share as a percentage."""
    return f"{numbers.text(share * 100)} %"


def ordinal(count: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    suffix = "th" if count % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{suffix}"


def clock(milliseconds: int) -> str:
    """Hours and minutes of a time since opening."""
    minutes = milliseconds // 60_000
    parts = [plural(minutes // 60, "hour")] if minutes >= 60 else []  # noqa: PLR2004 - minutes of an hour
    parts += [plural(minutes % 60, "minute")] if minutes % 60 or not parts else []
    return listed(parts)


def rounding(decimals: int | None, mode: Rounding | None, scoring: Scoring) -> str:
    """How a value is rounded, empty where it stays exact."""
    if decimals is None:
        return ""
    half = "to the even neighbour" if (mode or scoring.rounding) is Rounding.HALF_EVEN else "up"
    return f"rounded to {plural(decimals, 'decimal')}, halves {half}"


def with_rounding(sentence: str, decimals: int | None, mode: Rounding | None, scoring: Scoring) -> str:
    """A sentence, with its rounding if there is one, and its full stop."""
    tail = rounding(decimals, mode, scoring)
    return f"{sentence}, {tail}." if tail else f"{sentence}."


def weighted(names: Sequence[tuple[str, Fraction]], combine: Aggregate, whole: str) -> str:
    """How names add up: "the sum of a and 2 times b", "the weighted mean of a (weight 40) and b (weight 60)"."""
    equal = len({weight for _, weight in names}) == 1
    if combine is Aggregate.MEAN:
        shown = [name if equal else f"{name} (weight {number(weight)})" for name, weight in names]
        kind = "mean" if equal else "weighted mean"
        return f"{whole} is the {kind} of {listed(shown)}" if len(shown) > 1 else f"{whole} is that of {listed(shown)}"
    if equal and len(names) > 1 and names[0][1] != 1:
        return f"{whole} is {number(names[0][1])} times the sum of {listed(name for name, _ in names)}"
    shown = [name if weight == 1 else f"{number(weight)} times {name}" for name, weight in names]
    return f"{whole} is the sum of {listed(shown)}" if len(shown) > 1 else f"{whole} is {listed(shown)}"


def missing(rule: Missing, thing: str, whole: str) -> str:
    """What happens without a value."""
    return {
        Missing.SKIP: f"A {thing} without score is left out.",
        Missing.ZERO: f"A {thing} without score counts 0.",
        Missing.UNSCORED: f"Without a score in every {thing} there is no {whole}.",
    }[rule]


def best_of(count: int | None, thing: str) -> str:
    """What "the n best" means, empty where all count."""
    if count is None:
        return ""
    return (
        f"Of each group only the best {thing} counts. " if count == 1 else f"Of each group only the best {count} {thing}s count. "
    )
