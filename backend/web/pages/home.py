"""Home and lists: what is next for oneself, what is on, what one can join, what was; series over the years."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.paging import kept, page_of
from backend.web.steps import own_steps
from games.cycles.models import Cycle
from games.cycles.queries import keep_designs
from games.cycles.rules import CycleState
from games.groups.queries import door_of
from games.groups.rules import GroupState
from games.permissions import visible
from games.results.queries.winners import First, first_places
from games.rounds.models import Round
from games.rounds.queries import with_state

NOW: Final = [one.value for one in (CycleState.RUNNING, CycleState.PAUSED, CycleState.AWARDING)]
PAST: Final = [CycleState.CLOSED.value]
SHOWN: Final = 9
STEPS: Final = 4
MOST_FIRST: Final = 3
PAGE: Final = 24


def _cycles(request: HttpRequest) -> QuerySet[Cycle]:
    """The cycles that this person may see, with `group_count`."""
    taking_part = Q(groups__state=GroupState.ACTIVE.value)
    listed = Cycle.objects.filter(rehearsal=False).select_related("series", "organization")
    rows = visible(access_of(request), "cycle.view", listed)
    return rows.annotate(group_count=Count("groups", filter=taking_part, distinct=True))


def _cards(request: HttpRequest, cycles: Iterable[Cycle]) -> list[dict[str, Any]]:
    """Cycles as cards: one statement for the rounds and two for who came first, whatever the number."""
    cycles, now = list(cycles), access_of(request).now
    rounds: dict[int, list[Round]] = {}
    for one in with_state(Round.objects.filter(cycle__in=cycles), now).order_by("number"):
        rounds.setdefault(one.cycle_id, []).append(one)
    first = first_places([one.pk for one in cycles if one.state in PAST])
    return [_card(one, rounds.get(one.pk, []), first.get(one.pk, []), now) for one in cycles]


def _card(cycle: Cycle, rounds: list[Round], first: list[First], now: datetime) -> dict[str, Any]:
    """A cycle as a card: what ends or opens next while it goes on, who came first once it is over."""
    card = shapes.cycle_card(cycle, groups=getattr(cycle, "group_count", 0), rounds=rounds)
    going = cycle.state not in PAST and cycle.state != CycleState.CANCELLED.value
    deadline = shapes.next_deadline(rounds, now) if going else None
    if deadline is not None:
        card |= {"until": deadline[1], "until_label": f"{deadline[0].name}: {deadline[2]}"}
    return card | {"first": [{"name": name, "bracket": bracket} for bracket, _key, name in first[:MOST_FIRST]]}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is next for whoever is signed in, what is on, what one can join, what was."""
    steps = own_steps(access_of(request))
    cycles = _cycles(request)
    current = list(cycles.filter(state__in=[*NOW, CycleState.ENROLLING.value]).order_by("ends_at", "pk")[: 4 * SHOWN])
    past = _last_of_series(cycles.filter(state__in=PAST).order_by("-ends_at", "-pk")[: 8 * SHOWN])
    cards = _cards(request, [*current, *past])
    at = access_of(request).now
    keep_designs(current)
    doors = [one.state == CycleState.ENROLLING.value or door_of(one, at).open for one in current]
    for card, open_ in zip(cards, doors, strict=False):
        card["badge"] = shapes.badge(shapes.CYCLE_BADGES[CycleState.ENROLLING]) if open_ else card["badge"]
    context = {
        "steps": steps[:STEPS],
        "more_steps": max(len(steps) - STEPS, 0),
        "now": at,
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
    query, state = request.GET.get("q", "").replace("\0", "").strip(), request.GET.get("state", "")
    states = {"now": NOW, "open": [CycleState.ENROLLING.value], "past": PAST}
    rows = _cycles(request).order_by("-starts_at", "-pk")
    if state in states:
        rows = rows.filter(state__in=states[state])
    if query:
        rows = rows.filter(Q(name__icontains=query) | Q(summary__icontains=query))
    page = page_of(request, rows, PAGE)
    labels = [("", _("All")), ("now", _("On now")), ("open", _("Open to join")), ("past", _("Past"))]
    context = {
        "cards": _cards(request, page.object_list),
        "now": access_of(request).now,
        "page": page,
        "kept": kept(request),
        "query": query,
        "state": state if state in states else "",
        "tabs": [{"label": label, "url": f"?state={key}" if key else "?", "current": key == state} for key, label in labels],
    }
    return render(request, "cycles/list.html", context)
