"""How much the judges of a round agree: one value over all its panels, each with the weight of what it rests on. Pure.

Krippendorff's alpha is 1 - observed / expected disagreement, of marks that share an entry. Panels have scales of their own, so disagreement
is measured in each panel's own expected disagreement: the value of the round is the mean of the panels' alphas, weighed by their marks that
share an entry. The reliability of scores is weighed by the scores.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class PanelAgreement:
    """One panel of a task (`challenge`: its key). `paired`: sheets on entries that had two or more; `scores`: entries with a score.

    `alpha`, `reliability`: None where they cannot be estimated.
    """

    challenge: str
    panel: str
    alpha: Fraction | None
    paired: int
    reliability: Fraction | None
    scores: int


@dataclass(frozen=True, slots=True)
class RoundAgreement:
    """Of a round, and over which panels each is; None where no panel has it."""

    alpha: Fraction | None
    alpha_over: tuple[PanelAgreement, ...]
    reliability: Fraction | None
    reliability_over: tuple[PanelAgreement, ...]


def agreement(panels: Iterable[PanelAgreement]) -> RoundAgreement:
    """The values of a round from those of its panels."""
    found = list(panels)
    alphas = [one for one in found if one.alpha is not None and one.paired]
    scores = [one for one in found if one.reliability is not None and one.scores]
    return RoundAgreement(
        _mean(alphas, lambda one: (one.alpha or Fraction(0), one.paired)),
        tuple(alphas),
        _mean(scores, lambda one: (one.reliability or Fraction(0), one.scores)),
        tuple(scores),
    )


def _mean(panels: Sequence[PanelAgreement], of: Callable[[PanelAgreement], tuple[Fraction, int]]) -> Fraction | None:
    pairs = [of(one) for one in panels]
    whole = sum(weight for _, weight in pairs)
    return sum((value * weight for value, weight in pairs), Fraction(0)) / whole if whole else None
