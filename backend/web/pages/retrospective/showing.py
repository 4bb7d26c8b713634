"""A published retrospective as everybody reads it, as a page and as files; and what teams brought along from the cycle before."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.api.permissions import access_of
from backend.web.pages.cycle import boards_seen, crumbs_of, cycle_seen, tabs
from backend.web.pages.retrospective.frame import paged, parts_of, retrospective_seen
from backend.web.pages.retrospective.telling import as_text
from backend.web.pages.retrospective.words import WAYS, carry_words
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.permissions import allows, visible
from games.progression.models import Carried
from games.progression.succeeding import CarriedKind
from games.retrospectives.models import Adoption, Retrospective

SHOWN = 300


@never_cache
@require_safe
def retrospective_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """What a cycle learned about itself: its numbers, what organizers say to them, what shall change, what became of the winner's idea."""
    found, access = cycle_seen(request, cycle), access_of(request)
    row = retrospective_seen(request, found)
    adoptions = visible(access, "adoption.view", Adoption.objects.filter(cycle=found)).select_related("idea__group", "decision")
    context = _frame(request, found, _("Looking back")) | {
        "row": row,
        "parts": paged(request, parts_of(request, row)),
        "adoptions": [{"row": one, "way": str(WAYS[one.way])} for one in adoptions.order_by("at")],
        "steers": allows(access, "cycle.organize", found),
        "files": True,
    }
    return render(request, "retrospective/page.html", context)


@never_cache
@require_safe
def retrospective_file(request: HttpRequest, cycle: str, form: str) -> HttpResponse:
    """The same as a file: json (the numbers as they are kept) or md (in words)."""
    found = cycle_seen(request, cycle)
    row = retrospective_seen(request, found)
    if form == "json":
        return _attached(JsonResponse(_data(request, row), json_dumps_params={"indent": 2}), f"{found.key}-retrospective.json")
    if form != "md":
        raise Http404
    parts = parts_of(request, row)
    words = {one["section"].key: one["words"] for one in parts}
    proposed = [f"{each['title']} ({each['label']})" for one in parts for each in one["proposals"]]
    text = as_text(found.name, row.made_at, [one["section"] for one in parts], words, proposed)
    return _attached(HttpResponse(text, content_type="text/markdown; charset=utf-8"), f"{found.key}-retrospective.md")


def _attached(answer: HttpResponse, name: str) -> HttpResponse:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _data(request: HttpRequest, row: Retrospective) -> dict[str, Any]:
    parts = parts_of(request, row)
    return {
        "cycle": row.cycle.key,
        "design": row.design_number,
        "seal": row.seal,
        "made": row.made_at.isoformat() if row.made_at else None,
        "sections": row.data,
        "words": {one["section"].key: one["words"] for one in parts if one["words"]},
        "proposals": [
            {"code": each["row"].code, "about": each["row"].about, "facts": each["row"].facts}
            | {"change": each["row"].change, "state": each["state"], "reason": each["row"].reason}
            for one in parts
            for each in one["proposals"]
        ],
    }


def _frame(request: HttpRequest, cycle: Cycle, title: str) -> dict[str, Any]:
    access = access_of(request)
    main = boards_seen(access, cycle).first()
    return {
        "cycle": cycle,
        "crumbs": crumbs_of(cycle, title),
        "tabs": tabs(cycle, "", main=main, access=access),
        "title": title,
    }


@never_cache
@require_safe
def brought_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """What teams brought along from the cycle before: everybody's points, head starts and badges; of one's own team what it meant to try."""
    found, access = cycle_seen(request, cycle), access_of(request)
    seen = visible(access, "carried.view", Carried.objects.filter(cycle=found)).select_related("group", "test")
    rows = list(seen.order_by("group__name", "kind", "key")[: SHOWN * 8])
    words = carry_words(design_of(found).carry)
    if found.predecessor_id is None or not (rows or words):
        raise Http404
    before = visible(access, "cycle.view", Cycle.objects.filter(pk=found.predecessor_id)).first()
    context = _frame(request, found, _("Brought along")) | {
        "before": before,
        "words": words,
        "teams": _teams(rows, found.key)[:SHOWN],
    }
    return render(request, "retrospective/brought.html", context)


def _teams(rows: list[Carried], key: str) -> list[dict[str, Any]]:
    """Team by team: points (what they were there), head start, badges, what it meant to try."""
    found: dict[int, dict[str, Any]] = {}
    for one in rows:
        new: dict[str, Any] = {"group": one.group, "points": None, "handicap": None, "badges": [], "tries": []}
        team = found.setdefault(one.group_id, new)
        if one.kind in {CarriedKind.POINTS.value, CarriedKind.HANDICAP.value}:
            team[one.kind] = one
        elif one.kind == CarriedKind.BADGE.value:
            team["badges"].append(one.name)
        else:
            test = reverse("team-test", args=[key, one.group.key, one.test.number]) if one.test is not None else ""
            team["tries"].append({"name": one.name, "url": test})
    return list(found.values())
