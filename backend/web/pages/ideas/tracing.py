"""The lineage of an idea: where it came from and what grew from it, drawn, told row by row, and as a table."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.api.permissions import access_of
from backend.web.geometry.lineage import graph
from backend.web.pages.ideas.frame import KINDS, LINKS, frame, idea_seen, idea_url, nameless
from games.cycles.models import Cycle
from games.ideas.models import Idea
from games.ideas.queries import DEEPEST, Lineage, Link, Named, Node, lineage_of
from games.permissions import visible


@require_safe
def lineage_page(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """Ten steps each way, or (`whole`) all the way."""
    found = idea_seen(request, cycle, number)
    whole = request.GET.get("whole") == "1"
    seen = visible(access_of(request), "idea.view", Idea.objects.all())
    told = lineage_of(found, seen, depth=None if whole else DEEPEST)
    context = frame(request, found.cycle, (found.title, idea_url(found)), _("Lineage"))
    drawn = graph([node.key for node in told.nodes], [(one.source, one.target, one.kind) for one in told.links], here=found.pk)
    rows = _rows(told, found)
    context |= {
        "idea": found,
        "rows": rows,
        "graph": drawn,
        "whole": whole,
        "more": told.more or (not whole and len(told.nodes) > DEEPEST),
        "masked": told.hidden,
        "count": len(told.nodes) - 1,
        "table": _table(rows),
    }
    return render(request, "ideas/lineage.html", context)


def _rows(told: Lineage, here: Idea) -> list[dict[str, Any]]:
    names = {node.key: _name(node) for node in told.nodes}
    came: dict[int, list[Link]] = {}
    for one in told.links:
        came.setdefault(one.target, []).append(one)
    return [
        {"name": names[node.key], "here": node.key == here.pk, "came": _came(came.get(node.key, ()), names)}
        | _told(node.idea, here.cycle)
        for node in told.nodes
    ]


def _told(idea: Named | None, here: Cycle) -> dict[str, Any]:
    """What a row says of an idea; of one that may not be seen nothing."""
    if idea is None:
        return {"seen": False, "url": "", "kind": "", "whose": "", "at": None}
    whose = idea.team or nameless(organizers=idea.by_organizers)
    whose = whose if idea.cycle == here.key else f"{whose}, {idea.played}"
    url = reverse("idea", args=[idea.cycle, idea.number])
    return {"seen": True, "url": url, "kind": KINDS[idea.kind], "whose": whose, "at": idea.shared_at}


def _name(node: Node) -> str:
    return node.idea.title if node.idea else _("an idea you cannot see")


def _came(links: Iterable[Link], names: dict[int, str]) -> str:
    """In words what it came from."""
    return "; ".join(f"{LINKS[one.kind]} “{names[one.source]}”" for one in links)


def _table(rows: list[dict[str, Any]]) -> dict[str, Any]:
    labels = (_("Idea"), _("Team"), _("Kind"), _("Came from"))
    return {
        "columns": [{"label": label, "number": False} for label in labels],
        "rows": [{"cells": [row["name"], row["whose"], row["kind"], row["came"]], "url": row["url"]} for row in rows],
    }
