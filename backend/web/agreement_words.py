"""How much the judges of a round agree, in words: the value, and over which panels it is."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from games.results.agreement import PanelAgreement, RoundAgreement
from leaderboards.engine.numbers import fixed

GOOD, FAIR = Fraction("0.8"), Fraction("0.667")  # Krippendorff's limits
DECIMALS: Final = 2

type Titles = Mapping[tuple[str, str], str]
"""(key of a task, key of a panel) → what people read"""


def alpha_words(alpha: Fraction) -> str:
    """Krippendorff's alpha in words."""
    if alpha >= GOOD:
        return _("the judges agree well")
    return _("the judges agree in part") if alpha >= FAIR else _("the judges see it differently")


def round_words(found: RoundAgreement, titles: Titles) -> list[str]:
    """A sentence for each value that the round has."""
    said = []
    if found.alpha is not None:
        words = _("On the whole %(words)s: Krippendorff’s alpha %(alpha)s, over %(panels)s.")
        panels = _panels(found.alpha_over, titles)
        said.append(words % {"words": alpha_words(found.alpha), "alpha": fixed(found.alpha, DECIMALS), "panels": panels})
    if found.reliability is not None:
        panels = _panels(found.reliability_over, titles)
        words = _("Reliability of a score: %(value)s of 1, over %(panels)s.")
        said.append(words % {"value": fixed(found.reliability, DECIMALS), "panels": panels})
    return said


def _panels(panels: Sequence[PanelAgreement], titles: Titles) -> str:
    count = ngettext("%(count)d panel", "%(count)d panels", len(panels)) % {"count": len(panels)}
    return f"{count} ({'; '.join(titles.get((one.challenge, one.panel), one.challenge) for one in panels)})"
