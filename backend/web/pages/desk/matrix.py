"""Entries against judges for one panel of a task: tick to give a sheet, untick to take back one that was not begun."""

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import id_in, me, signed_in
from backend.web.pages.desk.place import desk_page, organized
from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.errors import GameError
from games.groups.models import Group
from games.judging import actions
from games.judging.conflicts import Bar, barred
from games.judging.models import Sheet
from games.judging.queries import panel_of
from games.judging.rules import SheetState
from games.judging.seating import MARKED, entries_to_mark
from games.organizations.models import Person

PAGE: Final = 40


@never_cache
@signed_in
def matrix_page(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """Who marks what, a page of entries at a time."""
    found = organized(request, cycle)
    rows = Challenge.objects.filter(round__cycle=found, round__key=key, key=challenge, format__in=MARKED)
    task = rows.select_related("round__cycle").first()
    panels = [one.key for one in spec_of(task).judges_panels if one.who != "audience"] if task is not None else []
    panel = request.GET.get("panel") or next(iter(panels), "")
    if task is None or panel not in panels:
        raise Http404
    groups, judges = entries_to_mark(task), list(panel_of(task, panel, also_left=True))
    if request.method == "POST":
        return _saved(request, task, panel, {one.pk: one for one in groups}, {one.pk: one for one in judges})
    only_free = request.GET.get("show") == "free"
    sheets = {(one.group_id, one.judge_id): one for one in Sheet.objects.filter(challenge=task, panel=panel)}
    live = {group for (group, _judge), one in sheets.items() if one.state != SheetState.RECUSED.value}
    free = [one for one in groups if one.pk not in live]
    page = Paginator(free if only_free else groups, PAGE).get_page(request.GET.get("page"))
    no = barred([one.pk for one in page.object_list], judges)
    here = set(panel_of(task, panel).values_list("pk", flat=True))
    context = {
        "task": task,
        "panel": panel,
        "panels": panels if len(panels) > 1 else [],
        "judges": [{"person": one, "load": _load(one, sheets), "left": one.pk not in here} for one in judges],
        "page": page,
        "kept": f"panel={panel}" + ("&show=free" if only_free else ""),
        "rows": [
            {"group": group, "cells": [_cell(group, one, sheets, no, here) for one in judges]} for group in page.object_list
        ],
        "free": len(free),
        "entries": len(groups),
        "only_free": only_free,
    }
    return desk_page(request, "desk/matrix.html", found, "judging", context, title=task.name)


def _load(judge: Person, sheets: dict[tuple[int, int], Sheet]) -> int:
    return sum(1 for (_group, one), sheet in sheets.items() if one == judge.pk and sheet.state != SheetState.RECUSED.value)


def _cell(
    group: Group, judge: Person, sheets: dict[tuple[int, int], Sheet], no: dict[tuple[int, int], Bar], here: set[int]
) -> dict[str, Any]:
    """One place of the matrix: a box to tick, a sheet that has begun, or why not."""
    sheet, bar = sheets.get((group.pk, judge.pk)), no.get((group.pk, judge.pk))
    found: dict[str, Any] = {"value": f"{group.pk}:{judge.pk}", "judge": judge.name, "state": sheet.state if sheet else ""}
    found["sheet"] = sheet.pk if sheet and sheet.state != SheetState.ASSIGNED.value else None
    if bar is not None:
        found["why"] = _("the own group") if bar.own else bar.reason or _("a conflict of interest")
    may_have = {"", SheetState.ASSIGNED.value} if judge.pk in here else {SheetState.ASSIGNED.value}
    found["box"] = bar is None and found["state"] in may_have
    return found


def _saved(
    request: HttpRequest, task: Challenge, panel: str, groups: dict[int, Group], judges: dict[int, Person]
) -> HttpResponse:
    """What was ticked and was not before is given; what was and is no longer is taken back."""
    had, has = _pairs(request.POST.getlist("had")), _pairs(request.POST.getlist("give"))
    give = [
        actions.Wanted(task, groups[group], judges[judge], panel, f"{groups[group].name}, {judges[judge].name}")
        for group, judge in sorted(has - had)
        if group in groups and judge in judges
    ]
    try:
        new, gone = actions.rearrange(challenge=task, panel=panel, give=give, take=had - has, by=me(request))
    except GameError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("%(new)d given, %(gone)d taken back.") % {"new": new, "gone": gone})
    places = [task.round.cycle.key, task.round.key, task.key]
    return redirect(f"{reverse('desk-matrix', args=places)}?{request.GET.urlencode()}")


def _pairs(values: list[str]) -> set[tuple[int, int]]:
    """Pairs like 12:7 as numbers; what is no such pair is left out."""
    found = set()
    for one in values:
        group, _colon, judge = one.partition(":")
        if id_in(group) and id_in(judge):
            found.add((id_in(group), id_in(judge)))
    return found
