"""Entries against judges for one panel of a task: tick to give a sheet, untick to take back one that was not begun."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import id_in, me, signed_in
from backend.web.pages.desk.place import desk_page, organized
from backend.web.paging import kept, page_of, place_of
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

ENTRIES: Final = 25
JUDGES: Final = 8
"""So many rows and columns stand on a page: what a screen can take in, and a phone can load."""


class Given(NamedTuple):
    """A sheet as the matrix needs it."""

    pk: int
    state: str


type Pair = tuple[int, int]
"""Group, judge."""
type Sheets = Mapping[Pair, Given]


@never_cache
@signed_in
def matrix_page(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """Who marks what, a page of entries and a page of judges at a time; `q` and `judge` search names, `show` and `who` narrow them."""
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
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "judge", "show", "who")}
    columns = ("group_id", "judge_id", "pk", "state")
    given = Sheet.objects.filter(challenge=task, panel=panel).order_by("pk").values_list(*columns)
    sheets = {(group, judge): Given(pk, state) for group, judge, pk, state in given}
    context = {
        "task": task,
        "panel": panel,
        "panels": panels if len(panels) > 1 else [],
        "asked": asked,
        "narrowed": any(asked.values()),
        "entries": len(groups),
        "everybody": len(judges),
        **_table(request, asked, _entries(groups, sheets), judges, sheets),
        "seated": set(panel_of(task, panel).values_list("pk", flat=True)),
    }
    _fill(context, sheets)
    return desk_page(request, "desk/matrix.html", found, "judging", context, title=task.name)


def _entries(groups: Iterable[Group], sheets: Sheets) -> list[dict[str, Any]]:
    """Each entry with how many sheets it has that count, and how many of them are final."""
    whole, final = Counter[int](), Counter[int]()
    for (group, _judge), one in sheets.items():
        whole[group] += one.state != SheetState.RECUSED.value
        final[group] += one.state == SheetState.FINAL.value
    return [{"group": one, "whole": whole[one.pk], "final": final[one.pk]} for one in groups]


def _table(
    request: HttpRequest, asked: Mapping[str, str], entries: Sequence[dict[str, Any]], judges: Sequence[Person], sheets: Sheets
) -> dict[str, Any]:
    """The entries and the judges of the page, and how many there are of each kind."""
    kinds: dict[str, list[dict[str, Any]]] = {
        "": list(entries),
        "free": [one for one in entries if not one["whole"]],
        "lacking": [one for one in entries if not one["whole"] or one["final"] < one["whole"]],
    }
    chosen = kinds.get(asked["show"], kinds[""])
    chosen = [one for one in chosen if _named(one["group"].name, asked["q"])]
    page = page_of(request, chosen, ENTRIES, holding=place_of(request, "entry", [one["group"].pk for one in chosen]))
    shown = {one["group"].pk for one in page}
    people = [one for one in judges if _named(one.name, asked["judge"])]
    if asked["who"] == "here":
        holders = {judge for group, judge in sheets if group in shown}
        people = [one for one in people if one.pk in holders]
    people.sort(key=lambda one: (one.name.casefold(), one.pk))
    across = page_of(request, people, JUDGES, name="across", holding=place_of(request, "by", [one.pk for one in people]))
    counts = {key: len(rows) for key, rows in kinds.items()}
    return {"page": page, "across": across, "counts": counts, "free": counts["free"]} | {
        "down_kept": kept(request),
        "across_kept": kept(request, "across"),
    }


def _named(name: str, words: str) -> bool:
    return words.casefold() in name.casefold()


def _fill(context: dict[str, Any], sheets: Sheets) -> None:
    """The cells of the page, and how many sheets each of its judges has."""
    entries, judges = list(context["page"]), list(context["across"])
    no, seated = barred([one["group"].pk for one in entries], judges), context["seated"]
    loads = Counter(judge for (_group, judge), one in sheets.items() if one.state != SheetState.RECUSED.value)
    context["judges"] = [{"person": one, "load": loads[one.pk], "left": one.pk not in seated} for one in judges]
    context["rows"] = [one | {"cells": [_cell(one["group"], judge, sheets, no, seated) for judge in judges]} for one in entries]


def _cell(group: Group, judge: Person, sheets: Sheets, no: Mapping[Pair, Bar], seated: Container[int]) -> dict[str, Any]:
    """One place of the matrix: a box to tick, a sheet that has begun, or why not."""
    sheet, bar = sheets.get((group.pk, judge.pk)), no.get((group.pk, judge.pk))
    found: dict[str, Any] = {"value": f"{group.pk}:{judge.pk}", "judge": judge.name, "state": sheet.state if sheet else ""}
    found["sheet"] = sheet.pk if sheet and sheet.state != SheetState.ASSIGNED.value else None
    if bar is not None:
        found["why"] = _("the own team") if bar.own else bar.reason or _("a conflict of interest")
    may_have = {"", SheetState.ASSIGNED.value} if judge.pk in seated else {SheetState.ASSIGNED.value}
    found["box"] = bar is None and found["state"] in may_have
    return found


def matrix_url(sheet: Sheet) -> str:
    """Where the matrix shows this sheet. Its task, round and cycle are loaded."""
    task = sheet.challenge
    asked = urlencode({"panel": sheet.panel, "entry": str(sheet.group_id), "by": str(sheet.judge_id)})
    return f"{reverse('desk-matrix', args=[task.round.cycle.key, task.round.key, task.key])}?{asked}#entry-{sheet.group_id}"


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


def _pairs(values: list[str]) -> set[Pair]:
    """Pairs like 12:7 as numbers; what is no such pair is left out."""
    found = set()
    for one in values:
        group, _colon, judge = one.partition(":")
        if id_in(group) and id_in(judge):
            found.add((id_in(group), id_in(judge)))
    return found
