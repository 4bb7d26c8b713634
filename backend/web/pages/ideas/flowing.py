"""The idea-flow map of a cycle: who built on whose ideas, drawn, told pair by pair, and as a table."""

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.api.permissions import access_of
from backend.web.geometry.flow import bands
from backend.web.pages.ideas.frame import frame
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.ideas.models import Idea
from games.ideas.queries import Flow, flows_among
from games.permissions import visible
from games.recognition.queries.credit import flows_on

DRAWN: Final = 40
"""So many pairs at most are drawn, the strongest."""
FIRST: Final = 12


@require_safe
def flow_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Over what this person may see."""
    context = frame(request, cycle, _("How ideas flow"))
    found: Cycle = context["cycle"]
    flows = flows_among(visible(access_of(request), "idea.view", Idea.objects.filter(cycle=found)))
    told = flows.told
    context |= {
        "flows": flows,
        "rows": [_row(found, one, told[0].count) for one in told[:FIRST]],
        "drawn": _drawn(told[:DRAWN]),
        "left_out": max(flows.pairs - DRAWN, 0),
        "untold": flows.pairs - len(told),
        "table": _table(told),
        "credited": flows_on(design_of(found)),
    }
    return render(request, "ideas/flow.html", context)


def _row(cycle: Cycle, flow: Flow, most: int) -> dict[str, Any]:
    return {
        "source": _whose(flow.source),
        "target": _whose(flow.target),
        "url": f"{reverse('ideas', args=[cycle.key])}?team={flow.target.key}" if flow.target else "",
        "count": flow.count,
        "most": most,
    }


def _whose(group: Group | None) -> str:
    return group.name if group else _("Without a team")


def _drawn(flows: Sequence[Flow]) -> dict[str, Any]:
    """The bands, with the names beside them."""
    groups = list(dict.fromkeys(group for one in flows for group in (one.source, one.target)))
    names = [_whose(one) for one in groups]
    laid = bands([(groups.index(one.source), groups.index(one.target), one.count) for one in flows])
    return {
        "laid": laid,
        "left": [{"bar": one, "name": names[one.number]} for one in laid.left],
        "right": [{"bar": one, "name": names[one.number]} for one in laid.right],
        "bands": [{"band": one, "words": f"{names[one.source]} → {names[one.target]}: {one.size}"} for one in laid.bands],
    }


def _table(flows: Sequence[Flow]) -> dict[str, Any]:
    labels = ((_("From"), False), (_("Taken up by"), False), (_("Ideas"), True))
    return {
        "columns": [{"label": label, "number": number} for label, number in labels],
        "rows": [{"cells": [_whose(one.source), _whose(one.target), one.count], "url": ""} for one in flows],
    }
