"""Exact numbers: text to Fraction and back, rounding in the two declared modes, scaled integers."""

import re
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Final

from leaderboards.engine.language import gettext as _

MAX_TEXT: Final = 60
MAX_EXPONENT: Final = 40

_TEXT: Final = re.compile(r"[+-]?\d+(?:\.\d+)?(?:/[1-9]\d*)?", re.ASCII)
ZERO: Final = Fraction(0)
ONE: Final = Fraction(1)


class Rounding(StrEnum):
    """How a value exactly between two neighbours is rounded."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


def parse(value: object) -> Fraction:
    """Read a number exactly from an int, Decimal, Fraction or number text ("21.82", "-3", "1/3").

    Raises ValueError, saying what was expected, for anything else: also for floats, which are not exact.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool):
        msg = _("expected a number, found {value}", value=str(value).lower())
        raise ValueError(msg)  # noqa: TRY004 - pydantic turns ValueError, not TypeError, into a validation error
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, Decimal):
        return _from_decimal(value)
    if isinstance(value, str):
        return _from_text(value)
    kind = _("a binary float, which is not exact; write it as a decimal or as text") if isinstance(value, float) else repr(value)
    msg = _("expected a number, found {kind}", kind=kind)
    raise ValueError(msg)


def _from_decimal(value: Decimal) -> Fraction:
    if not value.is_finite() or abs(value.adjusted()) > MAX_EXPONENT:
        msg = _("expected a number of at most {max_exponent} digits, found {value}", max_exponent=MAX_EXPONENT, value=value)
        raise ValueError(msg)
    return Fraction(value)


@lru_cache(maxsize=4096)
def _from_text(value: str) -> Fraction:
    """Marks repeat by the thousand, and reading one takes longer than finding it."""
    text = value.strip()
    if len(text) > MAX_TEXT or not _TEXT.fullmatch(text) or ("." in text and "/" in text):
        msg = _('expected a number like 3, -0.25 or 1/3, found "{text}"', text=text[:MAX_TEXT])
        raise ValueError(msg)
    return Fraction(text)


def text(value: Fraction) -> str:
    """Number text: a plain decimal if the number terminates ("21.82"), else "p/q". `parse(text(x)) == x` for numbers of ordinary size."""
    return _text(value.numerator, value.denominator)


@lru_cache(maxsize=16_384)
def _text(numerator: int, denominator: int) -> str:
    """Marks and rounded scores repeat by the thousand, so what was written lately is kept."""
    digits = _terminating_digits(denominator)
    if digits is None:
        return f"{numerator}/{denominator}"
    return fixed(Fraction(numerator, denominator), digits) if digits else str(numerator)


def fixed(value: Fraction, decimals: int) -> str:
    """A plain decimal with exactly so many decimals, rounded half away from zero ("21.80" for 109/5 and 2)."""
    scaled = to_scaled(value, decimals)
    sign, digits = ("-" if scaled < 0 else ""), str(abs(scaled)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"


def _terminating_digits(denominator: int) -> int | None:
    """How many decimals the fraction 1/denominator has, None if it never ends."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    return max(twos, fives) if denominator == 1 else None


def to_scaled(value: Fraction, decimals: int, mode: Rounding = Rounding.HALF_UP) -> int:
    """The nearest integer to value x 10^decimals: how a number is stored and compared."""
    scale: int = 10**decimals
    numerator, denominator = value.numerator * scale, value.denominator
    if denominator == 1:
        return numerator
    whole, rest = divmod(abs(numerator), denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and (mode is Rounding.HALF_UP or whole % 2 == 1)):
        whole += 1
    return -whole if numerator < 0 else whole


def from_scaled(scaled: int, decimals: int) -> Fraction:
    """The number behind a scaled integer."""
    return Fraction(scaled, 10**decimals)


def rounded(value: Fraction, decimals: int | None, mode: Rounding = Rounding.HALF_UP) -> Fraction:
    """Round to decimals in the given mode; None leaves the value exact. half_up goes away from zero, half_even to the even neighbour."""
    if decimals is None or value.denominator == 1:
        return value
    return Fraction(to_scaled(value, decimals, mode), 10**decimals)


def total(values: Iterable[Fraction]) -> Fraction:
    """The exact sum. Numerators are added by denominator first, of which marks have few: several times faster than adding fractions."""
    sums: dict[int, int] = {}
    for value in values:
        numerator, denominator = value.as_integer_ratio()
        sums[denominator] = sums.get(denominator, 0) + numerator
    if len(sums) == 1:
        denominator, numerator = next(iter(sums.items()))
        return Fraction(numerator) if denominator == 1 else Fraction(numerator, denominator)
    return sum((Fraction(numerator, denominator) for denominator, numerator in sums.items()), ZERO)
