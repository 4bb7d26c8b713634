"""What is to mark and how far one is; what was flagged; what is done."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.marking.beside import going_on
from backend.web.pages.marking.offline import facts
from backend.web.paging import kept, page_of
from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.judging.models import Sheet
from games.judging.queries import done_on, judgeable, marked_from, open_on, progress_by_task, refusal, to_mark
from games.judging.queries.desk import TaskProgress
from games.judging.queries.hall import halls_of
from games.judging.queries.pairs import seats_of
from games.judging.queries.replies import to_judges, unanswered
from games.judging.queries.talk import deliberations
from games.judging.rules import DeliberationState, SheetState, criteria_of
from games.permissions import visible
from games.playbooks.rules import Capability
from games.submissions.queries import rules_of
from games.submissions.queries.seeing import eyes, label_of
from leaderboards.engine.numbers import from_scaled, text

PAGE: Final = 60
TALKS: Final = 20
SHEET_BADGES: Final = {
    SheetState.ASSIGNED.value: "planned",
    SheetState.DRAFT.value: "judging",
    SheetState.FINAL.value: "published",
    SheetState.RECUSED.value: "closed",
}


def words_of(state: str) -> str:
    """A sheet's state in words."""
    return {"assigned": _("to mark"), "draft": _("begun"), "final": _("final"), "recused": _("given back")}[state]


def mine(request: HttpRequest) -> QuerySet[Sheet]:
    """This person's sheets, without those on their own group or in conflict."""
    return judgeable(visible(access_of(request), "sheet.mark", Sheet.objects.all()))


def line(request: HttpRequest, sheet: Sheet) -> dict[str, Any]:
    """A sheet in a list, under the name its judge may see."""
    seen_by = eyes(access_of(request), sheet.challenge.round, sheet.group_id)
    return {
        "sheet": sheet,
        "label": label_of(seen_by, sheet.challenge.round, sheet.group, sheet.ordinal),  # type: ignore[attr-defined]
        "badge": {"state": SHEET_BADGES[sheet.state], "label": words_of(sheet.state)},
        "asked": bool(sheet.flag) and sheet.flag_answered_at is None,
    }


def tabs(current: str, progress: Iterable[TaskProgress], *, questions: int = 0) -> list[dict[str, Any]]:
    """The lists of the desk. `questions`: of teams, that wait for an answer; counted where it is the list itself."""
    rows = list(progress)
    parts: list[tuple[str, str, int | None]] = [
        ("queue", _("To mark"), sum(one.to_do for one in rows)),
        ("flagged-sheets", _("Flagged"), sum(one.flagged for one in rows)),
        ("past-sheets", _("Past"), sum(one.final for one in rows)),
        ("from-teams", _("From teams"), questions),
        ("judge-report", _("How I mark"), 0),
        ("my-panels", _("My panels"), None),
    ]
    return [{"label": label, "url": reverse(name), "current": name == current, "count": count} for name, label, count in parts]


def chosen_cycle(request: HttpRequest, cycles: Sequence[Cycle]) -> Cycle | None:
    """The cycle that a list is narrowed to."""
    return next((one for one in cycles if one.key == request.GET.get("cycle", "")), None)


def _challenges(progress: list[TaskProgress]) -> dict[int, Challenge]:
    ids = [one.challenge for one in progress]
    return {one.pk: one for one in Challenge.objects.filter(pk__in=ids).select_related("round__cycle")}


def _shared(sheets: Iterable[Sheet], challenges: dict[int, Challenge]) -> Iterator[Sheet]:
    """The sheets with one row for each task between them, so that its rules are read once, not once for each sheet."""
    for one in sheets:
        one.challenge = challenges.get(one.challenge_id, one.challenge)
        yield one


def _cycles(challenges: Iterable[Challenge]) -> list[Cycle]:
    found = {one.round.cycle_id: one.round.cycle for one in challenges}
    return sorted(found.values(), key=lambda one: (one.name, one.pk))


def talks_for(request: HttpRequest) -> list[dict[str, Any]]:
    """Deliberations that are open, on entries one judges or as the chair of their panel. One statement."""
    access = access_of(request)
    if not access.persons:
        return []
    rows = visible(access, "deliberation.view", deliberations().filter(state=DeliberationState.OPEN.value))
    seats = [cycle for cycle, held in access.cycles.items() if Capability.JUDGE.value in held]
    found = rows.filter(challenge__round__cycle__in=seats).order_by("opened_at", "pk")[:TALKS]
    return [
        {
            "talk": one,
            "label": label_of(eyes(access, one.challenge.round, one.group_id or 0), one.challenge.round, one.group, one.ordinal),  # type: ignore[attr-defined, arg-type]
        }
        for one in found
    ]


@never_cache
@signed_in
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Every sheet of this judge that is open: where to go on, then task by task what is due first."""
    sheets = mine(request)
    progress = progress_by_task(sheets)
    challenges = _challenges(progress)
    cycles = _cycles(challenges.values())
    cycle = chosen_cycle(request, cycles)
    shown = [one for one in progress if cycle is None or challenges[one.challenge].round.cycle_id == cycle.pk]
    rows = [
        (one, refusal(one))
        for one in _shared(open_on(sheets), challenges)
        if cycle is None or one.challenge.round.cycle_id == cycle.pk
    ]
    ready = [one for one, why in rows if not why]
    following = next((one for one in ready if one.state == SheetState.DRAFT.value), next(iter(ready), None))
    page = page_of(request, rows, PAGE)
    context = {
        "tasks": _tasks(request, list(page), {one.challenge: one for one in shown}, challenges),
        "finished": [{"challenge": challenges[one.challenge], "progress": one} for one in shown if not one.to_do and one.final],
        "calibrations": going_on(request, [challenges[one.challenge] for one in shown]),
        "talks": talks_for(request),
        "compares": seats_of(access_of(request).persons),
        "whole": {name: sum(getattr(one, name) for one in shown) for name in ("to_do", "draft", "final", "flagged", "whole")},
        "following": line(request, following) if following else None,
        "hall": halls_of(access_of(request).persons).exists(),
        "later": len(rows) - len(ready),
        "page": page,
        "page_kept": kept(request),
        "cycles": cycles,
        "cycle": cycle,
        "tabs": tabs("queue", progress, questions=questions_waiting(request)),
        "now": access_of(request).now,
        "facts": facts(request, [one.pk for one in ready]),
        "crumbs": shapes.crumbs((_("My desk"), reverse("desk")), _("My sheets")),
    }
    return render(request, "judging/queue.html", context)


def _tasks(
    request: HttpRequest, rows: list[tuple[Sheet, str]], progress: dict[int, TaskProgress], challenges: dict[int, Challenge]
) -> list[dict[str, Any]]:
    """The sheets of this page, task by task."""
    return [
        {"challenge": challenges[pk], "progress": progress[pk], **_lines(request, list(found))}
        for pk, found in groupby(rows, key=lambda row: row[0].challenge_id)
    ]


def _lines(request: HttpRequest, rows: list[tuple[Sheet, str]]) -> dict[str, Any]:
    """The sheets of one task. Why they cannot be marked yet is said once where it is the same for all."""
    lines = [line(request, one) | {"why": why, "from": marked_from(one) if why else None} for one, why in rows]
    shared = lines[0] if len({(one["why"], one["from"]) for one in lines}) == 1 else {"why": "", "from": None}
    return {"lines": lines, "why": shared["why"], "from": shared["from"]}


@never_cache
@signed_in
@require_safe
def flagged(request: HttpRequest) -> HttpResponse:
    """What this judge asked the organizers, with what they answered: what waits stands first."""
    sheets = mine(request)
    rows = to_mark(sheets.exclude(flag="")).order_by(F("flag_answered_at").desc(nulls_first=True), "-flagged_at", "-pk")
    page = page_of(request, rows, PAGE)
    context = {
        "lines": [line(request, one) for one in page],
        "page": page,
        "tabs": tabs("flagged-sheets", progress_by_task(sheets), questions=questions_waiting(request)),
        "facts": facts(request, []),
        "crumbs": shapes.crumbs((_("My desk"), reverse("desk")), (_("My sheets"), reverse("queue")), _("Flagged")),
    }
    return render(request, "judging/flagged.html", context)


@never_cache
@signed_in
@require_safe
def past(request: HttpRequest) -> HttpResponse:
    """What this judge marked: every final sheet with its marks, task by task; for reading again and for printing."""
    sheets = mine(request)
    progress = progress_by_task(sheets)
    challenges = _challenges(progress)
    cycles = _cycles(challenges.values())
    cycle = chosen_cycle(request, cycles)
    wanted = {
        one.challenge for one in progress if one.final and (not cycle or challenges[one.challenge].round.cycle_id == cycle.pk)
    }
    page = page_of(request, range(sum(one.final for one in progress if one.challenge in wanted)), PAGE)
    final = done_on(sheets, cycle).order_by(
        "-challenge__round__cycle_id",
        "-challenge__round__number",
        "challenge__number",
        "challenge_id",
        "panel",
        "-final_at",
        "-pk",
    )
    rows = list(final.prefetch_related("marks")[page.start_index() - 1 : page.end_index()] if page else ())
    context = {
        "tables": [
            _table(request, list(found)) for _place, found in groupby(rows, key=lambda one: (one.challenge_id, one.panel))
        ],
        "given_back": [
            line(request, one) for one in to_mark(sheets.filter(state=SheetState.RECUSED.value)).order_by("-pk")[:PAGE]
        ],
        "page": page,
        "page_kept": kept(request),
        "cycles": cycles,
        "cycle": cycle,
        "tabs": tabs("past-sheets", progress, questions=questions_waiting(request)),
        "facts": facts(request, []),
        "now": access_of(request).now,
        "crumbs": shapes.crumbs((_("My desk"), reverse("desk")), (_("My sheets"), reverse("queue")), _("Past sheets")),
    }
    return render(request, "judging/past.html", context)


def _table(request: HttpRequest, sheets: list[Sheet]) -> dict[str, Any]:
    """The final sheets of one task and panel: a row for each entry, a column for each criterion."""
    challenge = sheets[0].challenge
    design, spec = rules_of(challenge)
    criteria = criteria_of(spec, sheets[0].panel)
    panels = {one.key: one.title for one in spec.judges_panels}
    return {
        "challenge": challenge,
        "panel": panels.get(sheets[0].panel, "") if len(panels) > 1 else "",
        "columns": [one.title for one in criteria],
        "rows": [_row(request, one, [item.key for item in criteria], design.mark_decimals) for one in sheets],
    }


def _row(request: HttpRequest, sheet: Sheet, keys: list[str], decimals: int) -> dict[str, Any]:
    marks = {one.criterion: one for one in sheet.marks.all()}
    values = [marks[key].value if key in marks else None for key in keys]
    return line(request, sheet) | {
        "cells": ["" if value is None else text(from_scaled(value, decimals)) for value in values],
        "remarks": [one.comment for one in marks.values() if one.comment],
    }


def compares_for(request: HttpRequest) -> int:
    """In how many tasks this person compares in pairs."""
    return seats_of(access_of(request).persons).count() if access_of(request).persons else 0


def said_to(request: HttpRequest) -> Any:
    """What teams said to this judge, as far as they may read it."""
    access = access_of(request)
    return visible(access, "feedback_reply.view", to_judges(access.persons))


def questions_waiting(request: HttpRequest) -> int:
    """How many questions of teams wait for this judge's answer."""
    return said_to(request).filter(unanswered()).count() if access_of(request).persons else 0
