"""How far the judges' marks can be relied on, round by round; from the kept analyses, nothing is worked out anew."""

from collections import defaultdict
from datetime import datetime
from fractions import Fraction
from statistics import median
from typing import Any, Final

from games.cycles.models import Cycle
from games.judging.models import Sheet
from games.judging.rules import SheetState
from games.results.models import PanelAnalysis
from games.results.queries.agreement import agreement_in
from games.rounds.models import Round
from leaderboards.engine import numbers

DECIMALS: Final = 3
HOUR: Final = 3600


def judging(cycle: Cycle) -> list[dict[str, Any]]:
    """Rounds that were judged by sheets: agreement, reliability, sheets done and not, hours from a sheet given to it done. Three statements."""
    panels: defaultdict[int, list[PanelAnalysis]] = defaultdict(list)
    for panel in PanelAnalysis.objects.filter(challenge__round__cycle=cycle).select_related("challenge").order_by("pk"):
        panels[panel.challenge.round_id].append(panel)
    sheets: defaultdict[int, list[tuple[str, int, datetime | None, datetime | None]]] = defaultdict(list)
    rows = Sheet.objects.filter(challenge__round__cycle=cycle)
    for round_, *row in rows.values_list("challenge__round_id", "state", "judge_id", "assigned_at", "final_at").order_by("pk"):
        sheets[round_].append(tuple(row))  # type: ignore[arg-type]
    return [
        {"key": one.key, "name": one.name} | _agreed(panels[one.pk]) | _done(sheets[one.pk])
        for one in Round.objects.filter(cycle=cycle).order_by("number")
        if sheets[one.pk] or panels[one.pk]
    ]


def _agreed(rows: list[PanelAnalysis]) -> dict[str, str]:
    found = agreement_in(rows, public=False)
    return {"alpha": _text(found.alpha), "reliability": _text(found.reliability)}


def _done(rows: list[tuple[str, int, datetime | None, datetime | None]]) -> dict[str, Any]:
    final = SheetState.FINAL.value
    hours = [
        Fraction(int((done - given).total_seconds()), HOUR)
        for state, _, given, done in rows
        if state == final and given is not None and done is not None and done >= given
    ]
    return {
        "judges": len({judge for state, judge, _, _ in rows if state == final}),
        "final": sum(state == final for state, *_ in rows),
        "open": sum(state not in {final, SheetState.RECUSED.value} for state, *_ in rows),
        "recused": sum(state == SheetState.RECUSED.value for state, *_ in rows),
        "hours": numbers.fixed(median(hours), 1) if hours else "",
    }


def _text(value: Fraction | None) -> str:
    return "" if value is None else numbers.fixed(value, DECIMALS)
