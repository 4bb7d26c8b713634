"""Small phrases that all rules in words share."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final

from leaderboards.engine import numbers
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop, ngettext
from leaderboards.engine.numbers import Rounding
from leaderboards.engine.spec import Aggregate, Missing, Scoring

EITHER: Final = gettext_noop("{names} or {last}")
"""How `listed` ends where one of them is meant."""
ORDINALS: Final = {1: gettext_noop("{count}st"), 2: gettext_noop("{count}nd"), 3: gettext_noop("{count}rd")}


def listed(words: Iterable[str], last: str = gettext_noop("{names} and {last}")) -> str:
    """a, b and c; with `EITHER`, a, b or c."""
    row = list(words)
    return row[0] if len(row) == 1 else _(last, names=", ".join(row[:-1]), last=row[-1]) if row else ""


def number(value: Fraction) -> str:
    """A number as people write it."""
    return numbers.text(value)


def percent(share: Fraction) -> str:
    """A share as a percentage."""
    return f"{numbers.text(share * 100)} %"


def ordinal(count: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    if count % 100 in {11, 12, 13} or count % 10 not in ORDINALS:
        return _("{count}th", count=count)
    return _(ORDINALS[count % 10], count=count)


def clock(milliseconds: int) -> str:
    """Hours and minutes of a time since opening."""
    minutes = milliseconds // 60_000
    parts = [ngettext("{count} hour", "{count} hours", minutes // 60, count=minutes // 60)] if minutes >= 60 else []  # noqa: PLR2004 - minutes of an hour
    parts += (
        [ngettext("{count} minute", "{count} minutes", minutes % 60, count=minutes % 60)] if minutes % 60 or not parts else []
    )
    return listed(parts)


def rounding(decimals: int | None, mode: Rounding | None, scoring: Scoring) -> str:
    """How a value is rounded, empty where it stays exact."""
    if decimals is None:
        return ""
    half = _("to the even neighbour") if (mode or scoring.rounding) is Rounding.HALF_EVEN else _("up")
    return ngettext(
        "rounded to {count} decimal, halves {half}",
        "rounded to {count} decimals, halves {half}",
        decimals,
        count=decimals,
        half=half,
    )


def with_rounding(sentence: str, decimals: int | None, mode: Rounding | None, scoring: Scoring) -> str:
    """A sentence, with its rounding if there is one, and its full stop."""
    tail = rounding(decimals, mode, scoring)
    return _("{sentence}, {rounding}.", sentence=sentence, rounding=tail) if tail else f"{sentence}."


def weighted(names: Sequence[tuple[str, Fraction]], combine: Aggregate, whole: str) -> str:
    """How names add up: "the sum of a and 2 times b", "the weighted mean of a (weight 40) and b (weight 60)"."""
    equal = len({weight for __, weight in names}) == 1
    if combine is Aggregate.MEAN:
        shown = [name if equal else _("{name} (weight {weight})", name=name, weight=number(weight)) for name, weight in names]
        if len(shown) == 1:
            return _("{whole} is that of {name}", whole=whole, name=shown[0])
        if equal:
            return _("{whole} is the mean of {names}", whole=whole, names=listed(shown))
        return _("{whole} is the weighted mean of {names}", whole=whole, names=listed(shown))
    if equal and len(names) > 1 and names[0][1] != 1:
        titles = listed(name for name, __ in names)
        return _("{whole} is {weight} times the sum of {names}", whole=whole, weight=number(names[0][1]), names=titles)
    shown = [name if weight == 1 else _("{weight} times {name}", weight=number(weight), name=name) for name, weight in names]
    if len(shown) == 1:
        return _("{whole} is {names}", whole=whole, names=shown[0])
    return _("{whole} is the sum of {names}", whole=whole, names=listed(shown))


def missing(rule: Missing, thing: str, whole: str) -> str:
    """What happens without a value."""
    return {
        Missing.SKIP: _("A {thing} without score is left out.", thing=thing),
        Missing.ZERO: _("A {thing} without score counts 0.", thing=thing),
        Missing.UNSCORED: _("Without a score in every {thing} there is no {whole}.", thing=thing, whole=whole),
    }[rule]


def best_of(count: int | None, thing: str, things: str) -> str:
    """What "the n best" of things means, empty where all count."""
    if count is None:
        return ""
    return ngettext(
        "Of each team only the best {thing} counts. ",
        "Of each team only the best {count} {things} count. ",
        count,
        count=count,
        thing=thing,
        things=things,
    )
