"""Panels: the marks of several judges become one value: quorum, band, drop, combine, round."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Final, NamedTuple

from leaderboards.engine.numbers import Rounding, rounded, total
from leaderboards.engine.outcome import Fate, Unscored, UsedMark
from leaderboards.engine.spec import Fold, Panel


def mean(values: Sequence[Fraction]) -> Fraction:
    """The exact arithmetic mean."""
    return total(values) / len(values)


def median(values: Sequence[Fraction]) -> Fraction:
    """The middle value, or the mean of the two middle ones."""
    ranked, half = sorted(values), len(values) // 2
    return ranked[half] if len(values) % 2 else (ranked[half - 1] + ranked[half]) / 2


COMBINERS: Final[Mapping[str, Callable[[Sequence[Fraction]], Fraction]]] = {
    Fold.MEAN: mean,
    Fold.MEDIAN: median,
    Fold.SUM: total,
    Fold.MIN: min,
    Fold.MAX: max,
    Fold.SEVERITY: mean,
    Fold.SEVERITY_CLIP: mean,
}
"""What makes one value of many; where judges' severities were taken off the marks before, the mean is rounded to `QUANTUM` decimals."""
QUANTUM: Final = 6


TAKING_PART: Final = frozenset({Fate.COUNTED, Fate.ADJUSTED})
ADJUSTED: Final = frozenset({Fate.ADJUSTED, Fate.CLIPPED})


@dataclass(frozen=True, slots=True)
class PanelRule:
    """A panel's options, read once before the many folds."""

    key: str
    quorum: int
    width: Fraction | None
    around: Callable[[Sequence[Fraction]], Fraction]
    band_decimals: int | None
    band_mode: Rounding
    high: int
    low: int
    combine: Callable[[Sequence[Fraction]], Fraction]
    sums: bool
    severity: bool
    decimals: int | None
    mode: Rounding


class FoldResult(NamedTuple):
    """The marks with their fates, the centre of the band, the value; and why there is none."""

    marks: tuple[UsedMark, ...]
    centre: Fraction | None
    value: Fraction | None
    unscored: Unscored | None


def panel_rule(panel: Panel, mode: Rounding) -> PanelRule:
    """Read a panel; `mode` is the rounding of the cycle."""
    band = panel.band
    return PanelRule(
        key=panel.key,
        quorum=1 if panel.who == "audience" else panel.quorum,  # an audience's is counted in voters, before
        width=band.width if band else None,
        around=COMBINERS[band.around if band else Fold.MEAN],
        band_decimals=band.decimals if band else None,
        band_mode=(band.rounding if band else None) or mode,
        high=panel.drop_high,
        low=panel.drop_low,
        combine=COMBINERS[panel.combine],
        sums=panel.combine is Fold.SUM,
        severity=panel.combine in {Fold.SEVERITY, Fold.SEVERITY_CLIP},
        decimals=panel.decimals,
        mode=panel.rounding or mode,
    )


def fold(rule: PanelRule, marks: Sequence[UsedMark]) -> FoldResult:
    """Fold the counted marks: too few for the quorum, or none left after dropping, give no value; the sum of nothing is 0."""
    counted = [mark for mark in marks if mark.fate in TAKING_PART]
    if len(counted) < rule.quorum or not (counted or rule.sums):
        return FoldResult(tuple(marks), None, None, Unscored.QUORUM if counted else Unscored.NO_MARKS)
    if rule.width is None and not (rule.high or rule.low):
        return FoldResult(tuple(marks), None, _combined(rule, counted), None)
    if not counted:
        return FoldResult(tuple(marks), None, Fraction(0), None)
    after, centre = (marks, None) if rule.width is None else _pull(rule, rule.width, marks)
    after = _drop(rule, after) if rule.high or rule.low else after
    if all(mark.used is None for mark in after):
        return FoldResult(tuple(after), centre, None, Unscored.QUORUM)
    return FoldResult(tuple(after), centre, _combined(rule, after), None)


def _combined(rule: PanelRule, marks: Sequence[UsedMark]) -> Fraction:
    """The value of the marks used. Adjusted marks are the work of statistics: their mean is rounded before anything is ranked."""
    value = rule.combine([mark.used for mark in marks if mark.used is not None])
    if any(mark.fate in ADJUSTED for mark in marks):
        value = rounded(value, QUANTUM, Rounding.HALF_EVEN)
    return rounded(value, rule.decimals, rule.mode)


def _pull(rule: PanelRule, width: Fraction, marks: Sequence[UsedMark]) -> tuple[list[UsedMark], Fraction]:
    """Pull marks outside the band to its edge, in one pass (oracle O-CHOP)."""
    values = [mark.used for mark in marks if mark.used is not None]
    centre = rounded(rule.around(values), rule.band_decimals, rule.band_mode)
    floor, ceiling = centre - width, centre + width
    pulled = []
    for mark in marks:
        used = mark.used
        if used is not None and not floor <= used <= ceiling:
            fate = Fate.CLIPPED if mark.fate is Fate.ADJUSTED else Fate.PULLED
            pulled.append(mark._replace(used=floor if used < floor else ceiling, fate=fate))
        else:
            pulled.append(mark)
    return pulled, centre


def _drop(rule: PanelRule, marks: Sequence[UsedMark]) -> list[UsedMark]:
    """Leave out the highest and lowest; among equal marks those of the first judges by key, which changes no value (oracle O-TRIM)."""
    there = [(number, mark.used.as_integer_ratio()) for number, mark in enumerate(marks) if mark.used is not None]
    scale = lcm(*(denominator for _, (_, denominator) in there))
    ranked = sorted((numerator * (scale // denominator), number) for number, (numerator, denominator) in there)
    gone = {number for _, number in ranked[: rule.low]}
    gone |= {number for _, number in ranked[max(len(ranked) - rule.high, 0) :]}
    return [UsedMark(mark.judge, mark.given, None, Fate.DROPPED) if number in gone else mark for number, mark in enumerate(marks)]
