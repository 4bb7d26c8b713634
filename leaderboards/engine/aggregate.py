"""Several weighted values become one: missing, best n, sum or mean, rounding. Rounds do it with challenges, boards with rounds."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from leaderboards.engine.numbers import ONE, ZERO, Rounding, rounded, total
from leaderboards.engine.spec import Aggregate, BoardSpec, Missing, RoundSpec

type Part = tuple[Fraction, Fraction | None]
"""(weight, value)."""


@dataclass(frozen=True, slots=True)
class AggregateRule:
    """The options of a round or a board, read once."""

    missing: Missing
    best: int | None
    mean: bool
    decimals: int | None
    mode: Rounding


def aggregate_rule(spec: RoundSpec | BoardSpec, mode: Rounding) -> AggregateRule:
    """Read the options; `mode` is the rounding of the cycle."""
    return AggregateRule(spec.missing, spec.best, spec.combine is Aggregate.MEAN, spec.decimals, spec.rounding or mode)


def aggregate(rule: AggregateRule, parts: Iterable[Part], *, low: bool) -> Fraction | None:
    """Sum of weight x value, or that divided by the weights present; None if there is nothing, or something missing must not be."""
    present: list[tuple[Fraction, Fraction]] = []
    for weight, value in parts:
        if value is not None:
            present.append((weight, value))
        elif rule.missing is Missing.ZERO:
            present.append((weight, ZERO))
        elif rule.missing is Missing.UNSCORED:
            return None
    if rule.best is not None and len(present) > rule.best:
        present = _best(rule, present, rule.best, low=low)
    if not present:
        return None
    value = total([value if weight == ONE else weight * value for weight, value in present])
    if rule.mean:
        weights = total([weight for weight, _ in present])
        if not weights:
            return None
        value = value / weights
    return rounded(value, rule.decimals, rule.mode)


def _best(
    rule: AggregateRule, parts: list[tuple[Fraction, Fraction]], count: int, *, low: bool
) -> list[tuple[Fraction, Fraction]]:
    """The n best: by value for a mean (of equal ones the heavier), by weight x value for a sum."""
    sign = 1 if low else -1

    def goodness(part: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
        weight, value = part
        return (sign * (value if rule.mean else weight * value), -weight)

    return sorted(parts, key=goodness)[:count]
