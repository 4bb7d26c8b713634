"""How much the judges of a round agree, from the kept analyses of its panels: nothing is worked out anew."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

from games.results.agreement import PanelAgreement, RoundAgreement, agreement
from games.results.models import PanelAnalysis
from leaderboards.engine import numbers

PAIR: Final = 2


def agreement_in(rows: Iterable[PanelAnalysis], *, public: bool) -> RoundAgreement:
    """Of these panels with their challenges, as it is now, or (`public`) as it was when the round was published last."""
    told = [(one, one.shown if public else one.body) for one in rows]
    return agreement(_of(one, body) for one, body in told if body)


def _of(row: PanelAnalysis, body: Mapping[str, Any]) -> PanelAgreement:
    """Comparisons in pairs have no alpha: nobody gives a mark."""
    pairs = "pairs" in body
    sheets = [] if pairs else [int(one["n"]) for one in body["entries"]]
    return PanelAgreement(
        challenge=row.challenge.key,
        panel=row.panel,
        alpha=_number(body.get("alpha", "")),
        paired=sum(count for count in sheets if count >= PAIR),
        reliability=_number(body.get("reliability", "")),
        scores=len(body["entries"]),
    )


def _number(text: str) -> Fraction | None:
    return numbers.parse(text) if text else None
