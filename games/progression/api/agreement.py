"""How much the judges of a round agree, as data."""

from typing import Any

from rest_framework import serializers

from games.permissions import Access, visible
from games.results.agreement import PanelAgreement, RoundAgreement
from games.results.models import PanelAnalysis
from games.results.queries.agreement import agreement_in
from games.rounds.models import Round
from leaderboards.engine.numbers import fixed

DECIMALS = 4


class PanelAgreementShape(serializers.Serializer[Any]):
    """One panel: `paired` sheets on entries that had two or more weigh its alpha, `scores` its reliability; "" where not estimable."""

    challenge = serializers.CharField()
    panel = serializers.CharField()
    alpha = serializers.CharField(allow_blank=True)
    paired = serializers.IntegerField()
    reliability = serializers.CharField(allow_blank=True)
    scores = serializers.IntegerField()


class AgreementShape(serializers.Serializer[Any]):
    """Krippendorff's alpha (interval) and the reliability of scores over the panels of a round; "" where no panel has it.

    A panel is in `panels` if you may see how sure its judging makes us, and it has one of the two.
    """

    alpha = serializers.CharField(allow_blank=True)
    reliability = serializers.CharField(allow_blank=True)
    panels = PanelAgreementShape(many=True)


def told_agreement(round_: Round, access: Access) -> RoundAgreement:
    """What this person may know of it: of the panels whose analyses they see, as they are while nothing is published, else as published.

    Organizers always know how it is now. One statement.
    """
    rows = visible(access, "analysis.view", PanelAnalysis.objects.filter(challenge__round=round_))
    rows = rows.select_related("challenge").order_by("challenge__number", "panel")
    now = access.reads(round_.cycle_id) or round_.published_at is None
    return agreement_in(rows, public=not now)


def agreement_data(found: RoundAgreement) -> dict[str, Any]:
    """As JSON."""
    panels = [*found.alpha_over, *(one for one in found.reliability_over if one not in found.alpha_over)]
    return {
        "alpha": _text(found.alpha),
        "reliability": _text(found.reliability),
        "panels": [_panel(one) for one in panels],
    }


def _panel(one: PanelAgreement) -> dict[str, Any]:
    return {
        "challenge": one.challenge,
        "panel": one.panel,
        "alpha": _text(one.alpha),
        "paired": one.paired,
        "reliability": _text(one.reliability),
        "scores": one.scores,
    }


def _text(value: Any) -> str:
    return "" if value is None else fixed(value, DECIMALS)
