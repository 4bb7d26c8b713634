"""A retrospective's numbers, section by section. A bounded number of statements, each counting in the database; nobody is named."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import Count, Sum

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.learning.queries import latest_of
from games.playbooks.schema import Design
from games.recognition.models import Grant
from games.recognition.rules import GrantState
from games.retrospectives.queries.judged import judging
from games.retrospectives.queries.learned import ideas, learning
from games.retrospectives.queries.people import people, rounds
from games.retrospectives.queries.ruled import rules
from games.suggestions.models import Suggestion, Support
from games.suggestions.rules import SuggestionState
from leaderboards.engine import numbers

MILLION = 1_000_000


def told_by_data(cycle: Cycle, now: datetime) -> dict[str, Any]:
    """Section → its numbers: whole numbers as they are, others as number text, times as ISO text. See SECTIONS."""
    design = design_of(cycle)
    found: dict[str, Any] = {
        "aim": aim(cycle, design),
        "people": people(cycle),
        "rounds": rounds(cycle),
        "judging": judging(cycle),
        "ideas": ideas(cycle),
        "learning": learning(cycle, now),
        "rules": rules(cycle, design, now),
        "prizes": prizes(cycle),
        "suggestions": suggestions(cycle),
    }
    return found


def aim(cycle: Cycle, design: Design) -> dict[str, Any]:
    """From where to where the measure was to move, and what was measured last; empty without an aim. One statement."""
    if not design.aim.measure:
        return {}
    latest = latest_of([cycle]).get(cycle.pk)
    return {
        "measure": design.aim.measure,
        "unit": design.aim.unit,
        "baseline": _text(design.aim.baseline),
        "target": _text(design.aim.target),
        "latest": "" if latest is None else numbers.text(Fraction(latest.value, MILLION)),
        "on": "" if latest is None else latest.period.isoformat(),
    }


def _text(value: Fraction | None) -> str:
    return "" if value is None else numbers.text(value)


def prizes(cycle: Cycle) -> dict[str, Any]:
    """Grants by state, and money in cents by what became of it. One statement."""
    rows = (
        Grant.objects.filter(cycle=cycle).order_by().values_list("state").annotate(number=Count("pk"), cents=Sum("amount_cents"))
    )
    found = {state: (number, cents or 0) for state, number, cents in rows}
    given = [found.get(one.value, (0, 0)) for one in (GrantState.GRANTED, GrantState.DELIVERED)]
    return {
        **{one.value: found.get(one.value, (0, 0))[0] for one in GrantState},
        "given_cents": sum(cents for _, cents in given),
    }


def suggestions(cycle: Cycle) -> dict[str, Any]:
    """Suggestions by what became of them, and how often somebody supported one. Two statements."""
    states = dict(Suggestion.objects.filter(cycle=cycle).order_by().values_list("state").annotate(number=Count("pk")))
    rows = Suggestion.objects.filter(cycle=cycle).aggregate(ruled=Count("design_number"))
    return {
        **{one.value: states.get(one.value, 0) for one in SuggestionState},
        "rules_now": rows["ruled"],
        "support": Support.objects.filter(suggestion__cycle=cycle).count(),
    }
