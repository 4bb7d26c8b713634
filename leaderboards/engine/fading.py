"""Half-life: what was won long ago counts less, v x 2^(-age / half-life)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final

from leaderboards.engine.numbers import Rounding, rounded

DIGITS: Final = 40
DECIMALS: Final = 6
MOST: Final = 400
DAY_SECONDS: Final = 86_400


def faded(value: Fraction, age_days: Fraction, half_life_days: Fraction, mode: Rounding) -> Fraction:
    """The value after its age, rounded to 6 decimals because the power has no exact form (oracle O-HL)."""
    if age_days <= 0:
        return value
    return rounded(value * _factor(age_days / half_life_days), DECIMALS, mode)


def _factor(halvings: Fraction) -> Fraction:
    """2^-x: whole halvings exactly, the rest to 40 digits, far below what the rounding can see."""
    whole = halvings.numerator // halvings.denominator
    if whole > MOST:
        return Fraction(0)
    rest = halvings - whole
    with localcontext() as context:
        context.prec = DIGITS
        power = Decimal(2) ** -(Decimal(rest.numerator) / Decimal(rest.denominator))
    scale: int = 2**whole
    return Fraction(power) / scale


def ages(closes: Mapping[str, datetime], scored: frozenset[str]) -> dict[str, Fraction]:
    """The age in days of each round, counted at the closing of the latest round that has scores: pure, so it needs no clock."""
    latest = max((moment for key, moment in closes.items() if key in scored), default=None)
    if latest is None:
        return {}
    return {
        key: max(Fraction(0), Fraction(int((latest - moment).total_seconds()), DAY_SECONDS)) for key, moment in closes.items()
    }
