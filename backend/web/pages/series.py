"""Series over the years: who came first in each cycle, how the aim moved, the same teams from cycle to cycle."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import seen
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.retrospective.words import rule_words
from backend.web.paging import kept, page_of
from games.cycles.models import Cycle, Design, Series
from games.cycles.queries import cycles_of
from games.errors import Invalid
from games.learning.queries import latest_of
from games.permissions import visible
from games.progression.series import SeriesRow, SeriesRule, counted_cycles, declared_rule, series_standings
from games.results.queries.winners import first_places

PAGE: Final = 24
SHOWN: Final = 50
FIRST_TEN: Final = tuple(Fraction(one) for one in (25, 18, 15, 12, 10, 8, 6, 4, 2, 1))
OTHERS: Final = {
    "sum": SeriesRule(),
    "best": SeriesRule(best=2),
    "places": SeriesRule(by="place", points=FIRST_TEN),
    "fading": SeriesRule(half_life=Fraction(365)),
    "field": SeriesRule(by="field"),
    "rating": SeriesRule(by="rating"),
}
"""What else can be looked at; what holds is what the rules declare."""
AT_LEAST: Final = 2  # cycles that a team has been in to be seen over the years


@require_safe
def series_list(request: HttpRequest) -> HttpResponse:
    """Every series that has a cycle to see, the one with the newest cycle first; `q` searches names."""
    query = request.GET.get("q", "").replace("\0", "").strip()
    shown = Q(cycles__in=visible(access_of(request), "cycle.view", Cycle.objects.filter(rehearsal=False)))
    rows = Series.objects.annotate(cycle_count=Count("cycles", filter=shown, distinct=True)).filter(cycle_count__gt=0)
    if query:
        rows = rows.filter(Q(name__icontains=query) | Q(key__icontains=query))
    page = page_of(request, rows.order_by("name", "pk"), PAGE)
    cards = [{"title": shapes.series_name(one), "one": one} for one in page]
    context = {"page": page, "cards": cards, "query": query, "kept": kept(request)}
    return render(request, "cycles/series_list.html", context)


@require_safe
def series_page(request: HttpRequest, key: str) -> HttpResponse:
    """A series over the years: who came first in each cycle, what its aims were, and the standings over all of them."""
    series = seen(request, "series.view", Series.objects.all(), key=key)
    listed = visible(access_of(request), "cycle.view", cycles_of(series).filter(rehearsal=False))
    cycles = list(listed.select_related("series", "organization"))
    first = first_places([one.pk for one in cycles])
    asked = _asked(request)
    rows, rule = _standings(series, asked)
    context = {
        "series": series,
        "title": shapes.series_name(series),
        "crumbs": shapes.crumbs((_("Series"), "/series/"), shapes.series_name(series)),
        "years": [{"cycle": one, "badge": shapes.cycle_badge(one), "first": first.get(one.pk, [])} for one in reversed(cycles)],
        "cycles": cycles,
        "aims": _aims(cycles),
        "standings": rows[:SHOWN],
        "more": max(len(rows) - SHOWN, 0),
        "rule": rule,
        "ways": _ways(request, asked),
    }
    return render(request, "cycles/series.html", context)


def _aims(cycles: Sequence[Cycle]) -> list[dict[str, Any]]:
    """What each cycle was for: from where to where its measure was to move, and what was measured last. Two statements."""
    present = Design.objects.filter(cycle__in=cycles, number=F("cycle__design_number")).values_list("cycle_id", "data__aim")
    aims = {pk: aim for pk, aim in present if isinstance(aim, dict) and aim.get("measure")}
    measured = latest_of(aims)
    return [
        {
            "cycle": one,
            "latest": measured.get(one.pk),
            "measure": aims[one.pk]["measure"],
            "unit": aims[one.pk].get("unit", ""),
            "baseline": aims[one.pk].get("baseline"),
            "target": aims[one.pk].get("target"),
        }
        for one in cycles
        if one.pk in aims
    ]


def _asked(request: HttpRequest) -> str:
    """Another way to add up that somebody wants to see; empty: as the rules declare it."""
    asked = request.GET.get("by", "")
    return asked if asked in OTHERS else ""


def _ways(request: HttpRequest, asked: str) -> list[dict[str, Any]]:
    """The ways to add up, the one that is shown marked."""
    labels = {
        "": _("As declared"),
        "sum": _("Sum"),
        "best": _("Best two"),
        "places": _("Points by place"),
        "fading": _("Half-life"),
        "field": _("Weighed by the field"),
        "rating": _("Rating"),
    }
    return [
        {
            "url": f"{request.path}?by={key}#over-all" if key else f"{request.path}#over-all",
            "label": label,
            "current": key == asked,
        }
        for key, label in labels.items()
    ]


def _standings(series: Series, asked: str) -> tuple[list[SeriesRow], list[str]]:
    """Teams over the cycles, where at least one team came back; with the rule in words."""
    rule = OTHERS[asked] if asked else declared_rule(counted_cycles(series))
    try:
        rows = series_standings(series, rule)
    except Invalid as refusal:
        return [], [refusal.message] if asked else []
    if not any(len(one.results) >= AT_LEAST for one in rows):
        return [], []
    return rows, rule_words(rule)
