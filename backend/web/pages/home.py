"""Home and lists: what is on, what one can join, what was; series over the years."""

from collections.abc import Iterable
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import seen
from backend.api.permissions import access_of
from backend.web import shapes
from games.cycles.models import Cycle, Series
from games.cycles.queries import cycles_of
from games.cycles.rules import CycleState
from games.errors import Invalid
from games.groups.queries import door_of
from games.groups.rules import GroupState
from games.permissions import visible
from games.progression.series import SeriesRow, SeriesRule, series_standings
from games.results.queries.winners import First, first_places
from games.rounds.models import Round
from games.rounds.queries import with_state

NOW: Final = [one.value for one in (CycleState.RUNNING, CycleState.PAUSED, CycleState.AWARDING)]
PAST: Final = [CycleState.CLOSED.value]
SHOWN: Final = 9
PAGE: Final = 24


def _cycles(request: HttpRequest) -> QuerySet[Cycle]:
    """The cycles that this person may see, with `group_count`."""
    taking_part = Q(groups__state=GroupState.ACTIVE.value)
    rows = visible(access_of(request), "cycle.view", Cycle.objects.select_related("series", "organization"))
    return rows.annotate(group_count=Count("groups", filter=taking_part, distinct=True))


def _cards(request: HttpRequest, cycles: Iterable[Cycle]) -> list[dict[str, Any]]:
    """Cycles as cards: two statements for the rounds and two for who came first, whatever the number."""
    cycles = list(cycles)
    rounds: dict[int, list[Round]] = {}
    for one in with_state(Round.objects.filter(cycle__in=cycles), access_of(request).now).order_by("number"):
        rounds.setdefault(one.cycle_id, []).append(one)
    first = first_places([one.pk for one in cycles if one.state in PAST])
    return [
        shapes.cycle_card(
            one, groups=getattr(one, "group_count", 0), rounds=rounds.get(one.pk, []), first=first_words(first.get(one.pk, []))
        )
        for one in cycles
    ]


def first_words(found: list[First]) -> str:
    """Who stands first, in one line."""
    if not found:
        return ""
    names = ", ".join(f"{name} ({bracket})" if bracket else name for bracket, _key, name in found)
    return _("First: %(names)s") % {"names": names}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is on, what one can join, what was."""
    cycles = _cycles(request)
    current = list(cycles.filter(state__in=[*NOW, CycleState.ENROLLING.value]).order_by("ends_at", "pk")[: 4 * SHOWN])
    past = _last_of_series(cycles.filter(state__in=PAST).order_by("-ends_at", "-pk")[: 8 * SHOWN])
    cards = _cards(request, [*current, *past])
    at = access_of(request).now
    doors = [one.state == CycleState.ENROLLING.value or door_of(one, at).open for one in current]
    for card, open_ in zip(cards, doors, strict=False):
        card["badge"] = shapes.badge(shapes.CYCLE_BADGES[CycleState.ENROLLING]) if open_ else card["badge"]
    context = {
        "running": [card for card, open_ in zip(cards, doors, strict=False) if not open_],
        "joining": [card for card, open_ in zip(cards, doors, strict=False) if open_],
        "past": cards[len(current) :],
    }
    return render(request, "web/home.html", context)


def _last_of_series(cycles: Iterable[Cycle]) -> list[Cycle]:
    """The newest cycle of each series, and those without one."""
    found: list[Cycle] = []
    known: set[int] = set()
    for one in cycles:
        if one.series_id is None or one.series_id not in known:
            found.append(one)
            known |= {one.series_id} if one.series_id is not None else set()
    return found[:SHOWN]


@require_safe
def cycles_page(request: HttpRequest) -> HttpResponse:
    """Every cycle, the newest first; `q` searches names, `state` is now, open or past."""
    query, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    states = {"now": NOW, "open": [CycleState.ENROLLING.value], "past": PAST}
    rows = _cycles(request).order_by("-starts_at", "-pk")
    if state in states:
        rows = rows.filter(state__in=states[state])
    if query:
        rows = rows.filter(Q(name__icontains=query) | Q(summary__icontains=query))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    labels = [("", _("All")), ("now", _("On now")), ("open", _("Open to join")), ("past", _("Past"))]
    context = {
        "cards": _cards(request, page.object_list),
        "page": page,
        "query": query,
        "state": state if state in states else "",
        "tabs": [{"label": label, "url": f"?state={key}" if key else "?", "current": key == state} for key, label in labels],
    }
    return render(request, "cycles/list.html", context)


@require_safe
def series_list(request: HttpRequest) -> HttpResponse:
    """Every series that has a cycle to see."""
    shown = Q(cycles__in=visible(access_of(request), "cycle.view", Cycle.objects.all()))
    rows = Series.objects.annotate(cycle_count=Count("cycles", filter=shown, distinct=True)).filter(cycle_count__gt=0)
    page = Paginator(rows.order_by("name", "pk"), PAGE).get_page(request.GET.get("page"))
    cards = [{"title": shapes.series_name(one), "one": one} for one in page]
    return render(request, "cycles/series_list.html", {"page": page, "cards": cards})


@require_safe
def series_page(request: HttpRequest, key: str) -> HttpResponse:
    """A series over the years: who came first in each cycle, and the standings over all of them."""
    series = seen(request, "series.view", Series.objects.all(), key=key)
    cycles = list(visible(access_of(request), "cycle.view", cycles_of(series)).select_related("series", "organization"))
    first = first_places([one.pk for one in cycles])
    rows, rule = _standings(series)
    context = {
        "series": series,
        "title": shapes.series_name(series),
        "crumbs": shapes.crumbs((_("Series"), "/series/"), shapes.series_name(series)),
        "years": [{"cycle": one, "badge": shapes.cycle_badge(one), "first": first.get(one.pk, [])} for one in reversed(cycles)],
        "cycles": cycles,
        "standings": rows[:50],
        "more": max(len(rows) - 50, 0),
        "rule": rule,
    }
    return render(request, "cycles/series.html", context)


def _standings(series: Series) -> tuple[list[SeriesRow], str]:
    """Teams over the cycles, where at least one team came back; with the rule in words."""
    try:
        rows = series_standings(series)
    except Invalid:
        return [], ""
    if not any(len(one.results) > 1 for one in rows):
        return [], ""
    return rows, _("The sum of the scores on the main boards.") if SeriesRule().by == "score" else ""
