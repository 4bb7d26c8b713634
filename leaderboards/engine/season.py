"""What a place in one cycle is worth in a season: more in a larger field, shared by a team, less as time goes by."""

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final

from leaderboards.engine.numbers import Rounding, rounded

DIGITS: Final = 40
DECIMALS: Final = 4
WHOLE: Final = Decimal(100_000)
FADES: Final = Decimal(500)
POWER: Final = Decimal("-0.75")


def field_points(place: Fraction, teams: int, *, size: int = 1, days: Fraction = Fraction(0)) -> Fraction:
    """100,000 / sqrt(size) * place^-0.75 * log10(1 + log10 teams) * e^(-days / 500), rounded to 4 decimals (oracle O-KAG).

    `place` from 1, `teams` that had a place (at least 1), `size` people in the team, `days` since then. None of these powers has an
    exact form, so it is worked out to 40 digits, far below what the rounding can see. Raises ValueError outside these ranges.
    """
    if place < 1 or teams < 1 or size < 1 or days < 0:
        message = f"expected a place, teams and a size from 1 and days from 0, found {place}, {teams}, {size}, {days}"
        raise ValueError(message)
    with localcontext() as context:
        context.prec = DIGITS
        value = WHOLE / Decimal(size).sqrt() * _decimal(place) ** POWER
        value *= (1 + Decimal(teams).log10()).log10() * (-_decimal(days) / FADES).exp()
    return rounded(Fraction(value), DECIMALS, Rounding.HALF_UP)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
