"""Credit: what came back to those who were built upon, and why. The table of a cycle, and what other pages tell of it."""

from collections.abc import Collection, Iterable
from fractions import Fraction
from typing import Any, Final

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from backend.api.permissions import access_of
from backend.web.pages.ideas.frame import frame
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.ideas.models import Idea
from games.permissions import Access, visible
from games.playbooks.schema import CREDIT
from games.recognition.models import Credit, CreditLine
from games.recognition.queries import shown_totals
from games.recognition.queries.credit import CreditRow, credit_table, flows_on, standing_lines
from games.recognition.rules.credit_words import credit_rules, told
from leaderboards.engine import numbers

NEWEST: Final = 30
FEW: Final = 12


@require_safe
def credit_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Who was built upon and who builds on others, over the teams this person may see by name; the newest credit with its reasons."""
    context = frame(request, cycle, _("Credit"))
    found: Cycle = context["cycle"]
    design = design_of(found)
    if not flows_on(design):
        raise Http404
    access = access_of(request)
    rows = credit_table(found, _teams(access, found))
    context |= {
        "rules": credit_rules(design),
        "rows": rows,
        "came": sum(row.came for row in rows),
        "table": _table(found, rows),
        "newest": _newest(access, found, {row.group.pk for row in rows}),
    }
    return render(request, "cycles/credit.html", context)


def _teams(access: Access, cycle: Cycle) -> list[Group]:
    """Those with points that this person may see."""
    totals = visible(access, "points_total.view", shown_totals().filter(cycle=cycle))
    return [one.group for one in totals.select_related("group__cycle")]


def _table(cycle: Cycle, rows: Iterable[CreditRow]) -> dict[str, Any]:
    labels = ((_("Team"), False), (_("Came back"), True), (_("Times"), True), (_("From building"), True), (_("Works"), True))
    return {
        "columns": [{"label": label, "number": number} for label, number in labels],
        "rows": [
            {
                "cells": [row.group.name, row.came, row.times, row.built, row.works],
                "url": reverse("group", args=[cycle.key, row.group.key]),
            }
            for row in rows
        ],
    }


def _newest(access: Access, cycle: Cycle, teams: Collection[int]) -> list[dict[str, Any]]:
    """The newest credit to ideas that this person may see, of teams and by teams that are named here. One statement."""
    lines = _seen(access, standing_lines(cycle)).filter(to_seen=True, credit__points__group__in=teams)
    return [line_told(one) for one in lines[:NEWEST]]


def _seen(access: Access, lines: Any) -> Any:
    """Which of the ideas this person may read, and which builder they may know by name, asked in the same statement."""
    ideas = visible(access, "idea.view", Idea.objects.all()).order_by()
    groups = visible(access, "group.view", Group.objects.all()).order_by()
    return lines.annotate(
        to_seen=Exists(ideas.filter(pk=OuterRef("to"))),
        of_seen=Exists(ideas.filter(pk=OuterRef("credit__of"))),
        builder_seen=Exists(groups.filter(pk=OuterRef("credit__award__group"))),
    ).select_related("to__cycle", "credit__of__cycle", "credit__award__group", "credit__points__group")


def line_told(line: Any) -> dict[str, Any]:
    """One line in words: to which idea, from whose work, how much, over how many steps."""
    of = line.credit.of
    return {
        "to": _named(line.to, seen=line.to_seen),
        "receiver": line.credit.points.group.name,
        "of": _named(of, seen=line.of_seen) if of is not None else None,
        "builder": line.credit.award.group.name if line.builder_seen else _("another team"),
        "exact": told(line.exact),
        "steps": steps_told(line),
        "at": line.credit.points.at,
    }


def _named(idea: Idea, *, seen: bool) -> dict[str, str]:
    return {"title": idea.title, "url": reverse("idea", args=[idea.cycle.key, idea.number])} if seen else {"title": "", "url": ""}


def steps_told(line: CreditLine) -> str:
    """How far it came: over how many steps that count, and over how many ideas between, along the shortest way."""
    between = min((len(way) for way in line.ways), default=0)
    said = ngettext("%(depth)d step", "%(depth)d steps", line.depth) % {"depth": line.depth}
    if not between:
        return said
    ideas = ngettext("over %(count)d idea between", "over %(count)d ideas between", between) % {"count": between}
    return f"{said}, {ideas}"


# --- What other pages tell ----------------------------------------------------------------------------------------------------------------


def came_back(access: Access, idea: Idea) -> dict[str, Any] | None:
    """What came back to one idea: the exact sum of all, and the newest that this person may know of. One statement."""
    lines = list(_seen(access, standing_lines(idea.cycle).filter(to=idea)))
    if not lines:
        return None
    total = sum((numbers.parse(one.exact) for one in lines), Fraction(0))
    return {"total": told(numbers.text(total)), "times": len(lines), "lines": [line_told(one) for one in lines[:FEW]]}


def because(access: Access, rows: Iterable[Any]) -> dict[int, dict[str, Any]]:
    """Id of points -> why they came back, in words. Two statements, none where nothing did."""
    found = Credit.objects.in_bulk([row.pk for row in rows if row.rule.endswith(CREDIT)])
    if not found:
        return {}
    lines = CreditLine.objects.filter(credit__in=found).order_by("depth", "pk")
    by_row: dict[int, list[dict[str, Any]]] = {}
    for line in _seen(access, lines):
        by_row.setdefault(line.credit_id, []).append(line_told(line))
    return {pk: {"lines": by_row.get(pk, []), "exact": told(why.exact), "uncapped": why.uncapped} for pk, why in found.items()}
